// The connection to the hub: server-sent events after a snapshot. It always knows since when nothing was heard.
// A connection that broke starts from a new snapshot and follows from its number on, so nothing is missed.

const SILENT_MS = 3000; // no sign of life for this long: the page says that it receives nothing
const GIVE_UP_MS = 6000; // then the connection is made anew, since a dead one may never report an error
const AGAIN_MS = 1000;
const ANSWER_MS = 5000; // a request into a dead network would otherwise never end
const SLEPT_MS = 5000; // the clock went on by so much more than the page did: the computer slept

function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Stream {
  // handlers: incident(object), counter(object), plan(object), trouble(object), levels(object), quarantined(count),
  // reset(snapshot), lost(seconds), alive(), signedOut(). ahead: be told what the hub is about to write down, too.
  constructor(snapshot, handlers, { ahead = false } = {}) {
    this.handlers = handlers;
    this.heard = performance.now();
    this.seq = snapshot.seq;
    this.offset = Date.parse(snapshot.now) - Date.now(); // the hub's clock minus this computer's, in ms
    this.lost = false;
    this.signedOut = false;
    this.retryAt = 0;
    this.ahead = ahead;
    this.page = newName(); // by which the hub finds this stream again
    this.ticked = { steady: performance.now(), wall: Date.now() };
    // A page that was frozen, kept for going back, or off the network does not wait for its next stroke.
    for (const [target, kind] of [[document, "resume"], [window, "pageshow"], [window, "online"]]) {
      target.addEventListener(kind, () => performance.now() - this.heard > AGAIN_MS && !this.signedOut && this.again());
    }
    this.open();
  }

  // Milliseconds of the hub's clock.
  now() {
    return Date.now() + this.offset;
  }

  secondsSinceHeard() {
    return (performance.now() - this.heard) / 1000;
  }

  open() {
    this.retryAt = 0;
    this.opened = performance.now();
    const source = new EventSource(`/api/v1/live/stream?since=${this.seq}&page=${this.page}&ahead=${this.ahead}`);
    this.source = source;
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        act(event);
        this.sign();
      });
    on("incident", (event) => this.handlers.incident(JSON.parse(event.data)));
    on("counter", (event) => this.handlers.counter(JSON.parse(event.data)));
    on("plan", (event) => this.handlers.plan(JSON.parse(event.data)));
    on("trouble", (event) => this.handlers.trouble(JSON.parse(event.data)));
    on("levels", (event) => this.handlers.levels(JSON.parse(event.data)));
    on("quarantined", (event) => this.handlers.quarantined(JSON.parse(event.data).count));
    on("reset", () => this.again());
    on("alive", (event) => {
      const alive = JSON.parse(event.data);
      this.offset = Date.parse(alive.now) - Date.now();
      this.handlers.alive();
    });
    // The browser's own retry gives up for good at any HTTP error; ours never does.
    source.onerror = () => this.close();
  }

  close() {
    this.source?.close();
    this.source = null;
    this.retryAt = performance.now() + AGAIN_MS;
  }

  sign() {
    this.heard = performance.now();
    if (this.lost) {
      this.lost = false;
      this.handlers.alive();
    }
  }

  // Called twice a second.
  tick() {
    const now = performance.now();
    if (this.signedOut) return;
    this.wake(now);
    if (now - this.heard >= SILENT_MS) {
      this.lost = true;
      this.handlers.lost(Math.floor((now - this.heard) / 1000));
    }
    if (this.source && now - Math.max(this.heard, this.opened) >= GIVE_UP_MS) this.close();
    if (!this.source && this.retryAt && now >= this.retryAt) this.retry();
  }

  // While a computer sleeps, the steady clock may stand still. What was missed is fetched at once.
  wake(now) {
    const slept = Date.now() - this.ticked.wall - (now - this.ticked.steady);
    this.ticked = { steady: now, wall: Date.now() };
    if (slept < SLEPT_MS) return;
    this.heard -= slept;
    if (this.source) this.again();
  }

  // An EventSource cannot tell "signed out" from "server gone", so a plain request asks first.
  async retry() {
    this.retryAt = 0;
    try {
      const answer = await fetch("/api/v1/live", {
        headers: { Accept: "application/json" },
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (answer.status === 401) {
        this.signedOut = this.lost = true;
        this.handlers.signedOut();
        return;
      }
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      this.replace(await answer.json());
      this.open();
    } catch {
      this.retryAt = performance.now() + AGAIN_MS; // still away; the band says so
    }
  }

  replace(snapshot) {
    this.seq = snapshot.seq;
    this.offset = Date.parse(snapshot.now) - Date.now();
    this.handlers.reset(snapshot);
  }

  again() {
    this.close();
    this.retryAt = performance.now();
  }
}
