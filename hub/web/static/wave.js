// The waveform: drawn once from the hub's figures, with a place in it that the mouse and the keys move.

const STEP_S = 5;
const PAGE_S = 30;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export class Wave {
  #box;
  #canvas;
  #shape = null;
  #seconds;
  #marks;
  #at = 0;
  #open = false;

  constructor(box, canvas, seconds, marks, { onSeek, spoken }) {
    this.#box = box;
    this.#canvas = canvas;
    this.#seconds = seconds;
    this.#marks = marks;
    this.spoken = spoken;
    const go = (at) => this.#open && onSeek(Math.min(Math.max(at, 0), seconds));
    box.addEventListener("pointerdown", (event) => {
      const frame = canvas.getBoundingClientRect();
      go(((event.clientX - frame.left) / frame.width) * seconds);
    });
    box.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: this.#at + STEP_S,
        ArrowLeft: this.#at - STEP_S,
        PageUp: this.#at + PAGE_S,
        PageDown: this.#at - PAGE_S,
        Home: 0,
        End: seconds,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    });
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  show(shape) {
    this.#shape = shape;
    this.#draw();
  }

  unlock() {
    this.#open = true;
    this.#box.removeAttribute("aria-disabled");
    this.#box.classList.add("open");
  }

  move(at) {
    this.#at = at;
    this.#box.setAttribute("aria-valuenow", at.toFixed(1));
    this.#box.setAttribute("aria-valuetext", this.spoken(at));
    this.#draw();
  }

  #draw() {
    const canvas = this.#canvas;
    const scale = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const paint = canvas.getContext("2d");
    paint.scale(scale, scale);
    const x = (at) => (at / this.#seconds) * width;
    const middle = height / 2;
    if (this.#shape === null) return;
    const { low, high, step_s: step, missing, altered } = this.#shape;
    this.#stripes(paint, missing, x, height, colour("--near-tint"), colour("--near"));
    this.#stripes(paint, altered, x, height, colour("--emergency-tint"), colour("--emergency"));
    const thick = Math.max(1, x(step));
    const most = Math.max(24, ...high, ...low.map(Math.abs));
    for (let n = 0; n < low.length; n += 1) {
      const top = middle - (high[n] / most) * (middle - 12);
      const bottom = middle - (low[n] / most) * (middle - 12);
      paint.fillStyle = n * step < this.#at ? colour("--action") : colour("--quiet");
      paint.fillRect(x(n * step), top, thick, Math.max(1, bottom - top));
    }
    for (const mark of this.#marks) {
      paint.fillStyle = mark.kind === "panic" || mark.kind === "assist" ? colour("--emergency") : colour("--attention");
      paint.fillRect(x(mark.at_s) - 1, 0, 3, height);
      paint.beginPath();
      paint.moveTo(x(mark.at_s) - 6, 0);
      paint.lineTo(x(mark.at_s) + 7, 0);
      paint.lineTo(x(mark.at_s) + 0.5, 10);
      paint.fill();
    }
    if (this.#open) {
      paint.fillStyle = colour("--text");
      paint.fillRect(x(this.#at) - 1, 0, 2, height);
    }
  }

  // Parts without sound of their own: a tint, and lines so that colour is not all that tells.
  #stripes(paint, parts, x, height, tint, line) {
    for (const [begin, length] of parts) {
      const left = x(begin);
      const width = Math.max(3, x(length));
      paint.fillStyle = tint;
      paint.fillRect(left, 0, width, height);
      paint.strokeStyle = line;
      paint.save();
      paint.beginPath();
      paint.rect(left, 0, width, height);
      paint.clip();
      paint.beginPath();
      for (let at = left - height; at < left + width; at += 8) {
        paint.moveTo(at, height);
        paint.lineTo(at + height, 0);
      }
      paint.stroke();
      paint.restore();
    }
  }
}
