// The page's own clock, two strokes a second. A hidden tab's timers are slowed down to one a minute and a
// worker's are not, so a worker strikes; but the worker is a file that must be fetched, and a server that dies
// at that moment must still be noticed, so the page's own timer strikes as well.

const PERIOD_MS = 500;
const TOO_SOON_MS = 400; // the other timer has just struck
const AGAIN_MS = 5000;

export function strike(act) {
  let last = -Infinity;
  const stroke = () => {
    const now = performance.now();
    if (now - last < TOO_SOON_MS) return;
    last = now;
    act();
  };
  setInterval(stroke, PERIOD_MS);
  const employ = () => {
    const worker = new Worker(new URL("./tick.js", import.meta.url));
    worker.onmessage = stroke;
    worker.onerror = () => setTimeout(employ, AGAIN_MS);
  };
  employ();
}
