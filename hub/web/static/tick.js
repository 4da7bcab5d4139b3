// The worker's half of clock.js: it goes on in a hidden tab, whose own timers are slowed down to one a minute.

setInterval(() => postMessage(null), 500);
