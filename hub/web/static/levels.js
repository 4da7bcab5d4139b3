// How loud it is. The page tells the hub what is on its screen, and hears of nothing else; a hidden tab asks for
// nothing. A bar moves without anything being laid out anew.

import { write } from "./slots.js";
import { word } from "./words.js";

const AGAIN_MS = 10_000;
const SOON_MS = 400; // several changes at once are told as one
const CLOSE_MAX = 16; // as the hub allows
const QUIET_DB = 30;
const LOUD_DB = 100;
const STALE_MS = 12_000; // two heartbeats

export class Levels {
  constructor(tiles, page) {
    this.tiles = tiles;
    this.page = page;
    this.seen = new Set(); // units whose tile is on the screen
    this.close = () => []; // units that matter more
    this.pointed = null;
    this.soon = 0;
    this.told = "";
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.seen.add(target.dataset.unit);
        else this.seen.delete(target.dataset.unit);
      }
      this.change();
    });
    // Each element that is observed costs every frame: tiles are, while their section is on the screen.
    this.onScreen = new Set();
    this.sections = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.onScreen.add(target);
        else this.onScreen.delete(target);
        for (const tile of target.querySelectorAll(".tile")) this.follow(tile, isIntersecting);
      }
      this.change();
    });
    document.addEventListener("visibilitychange", () => this.look());
    for (const kind of ["pointerover", "focusin"]) tiles.root.addEventListener(kind, (event) => this.point(event));
    setInterval(() => this.look(), AGAIN_MS);
  }

  watch(element) {
    const section = element.closest(".area");
    this.sections.observe(section); // once, however often it is said
    if (this.onScreen.has(section)) this.follow(element, true);
  }

  follow(tile, seen) {
    if (seen) return this.observer.observe(tile);
    this.observer.unobserve(tile);
    this.forget(tile.dataset.unit);
  }

  forget(unit) {
    this.seen.delete(unit);
  }

  point(event) {
    const unit = event.target.closest(".tile")?.dataset.unit ?? null;
    if (unit === this.pointed) return;
    this.pointed = unit;
    this.change();
  }

  // Something changed in what is looked at.
  change() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      const { units, close } = this.wanted();
      if (`${units} ${close}` !== this.told) this.look();
    }, SOON_MS);
  }

  wanted() {
    if (document.hidden) return { units: [], close: [] };
    const close = [...new Set([...this.close(), ...(this.pointed ? [this.pointed] : [])])];
    return { units: [...new Set([...this.seen, ...close])].slice(0, 500), close: close.slice(0, CLOSE_MAX) };
  }

  async look() {
    const wanted = this.wanted();
    this.told = `${wanted.units} ${wanted.close}`;
    try {
      await fetch("/api/v1/live/looking", {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ page: this.page, ...wanted }),
        signal: AbortSignal.timeout(5000),
      });
    } catch {
      // The hub is away, which the page says elsewhere; it is asked again in a while.
    }
  }

  // unit -> [level, background or null], in dB(A)
  show(levels) {
    const now = performance.now();
    for (const unit of Object.keys(levels)) {
      const tile = this.tiles.tiles.get(unit);
      if (!tile) continue;
      const [level] = levels[unit];
      tile.loud = { level, at: now };
      const share = Math.min(Math.max((level - QUIET_DB) / (LOUD_DB - QUIET_DB), 0), 1);
      const steps = Math.round(share * 50);
      if (tile.steps === steps) continue;
      tile.steps = steps;
      tile.slots.loud.style.transform = `scaleX(${steps / 50})`;
    }
  }

  // Once a second: the figures, and bars of which nothing was heard for a while.
  tick() {
    const now = performance.now();
    for (const tile of this.tiles.tiles.values()) {
      if (!tile.loud) continue;
      if (now - tile.loud.at > STALE_MS) {
        tile.loud = null;
        tile.steps = -1;
        delete tile.element.dataset.loud;
        continue;
      }
      if (tile.element.dataset.loud === undefined) tile.element.dataset.loud = "";
      write(tile.slots.decibel, word("{level} dB(A)", { level: Math.round(tile.loud.level) }));
    }
  }
}
