// A clock for the page. A hidden tab's own timers are slowed down to one a minute, a worker's are not; the page
// must notice within three seconds that it has lost its server, whether somebody looks at it or not.

setInterval(() => postMessage(null), 500);
