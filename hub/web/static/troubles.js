// What is wrong with the equipment: calm, beneath the counters, with who sees to it.

import { clock, label } from "./say.js";
import { clone, show, slotsOf, write } from "./slots.js";
import { word } from "./words.js";

const SOON_MS = 500; // a hundred units that lose their power are one list
const AGAIN_MS = 60_000;

export class Troubles {
  constructor(section, parts, tiles) {
    this.section = section;
    this.parts = parts; // part -> what it is called
    this.tiles = tiles;
    this.list = section.querySelector("ul");
    this.title = section.querySelector("h3");
    this.rows = new Map(); // number -> {element, slots}
    this.soon = 0;
    this.list.addEventListener("click", (event) => this.pressed(event));
    setInterval(() => this.load(), AGAIN_MS);
  }

  // Something changed: the whole list is short and is read anew.
  changed() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.load(), SOON_MS);
  }

  async load() {
    try {
      const response = await fetch("/api/v1/troubles", { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (response.ok) this.fill((await response.json()).troubles);
    } catch {
      // The hub is away, which the page says elsewhere; after that the list is read again.
    }
  }

  fill(troubles) {
    const open = troubles.filter((trouble) => trouble.state !== "over");
    show(this.section, open.length > 0);
    write(this.title, word("Trouble with equipment: {n}", { n: open.length }));
    const kept = new Set(open.map((trouble) => trouble.id));
    for (const [id, row] of this.rows) {
      if (kept.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    for (const trouble of open) this.put(trouble);
  }

  put(trouble) {
    let row = this.rows.get(trouble.id);
    if (!row) {
      const element = clone("trouble-template");
      element.dataset.trouble = trouble.id;
      row = { element, slots: slotsOf(element) };
      this.rows.set(trouble.id, row);
      this.list.append(element);
    }
    const counter = this.tiles.counter(trouble.unit);
    const hub = trouble.unit === "hub" ? word("Hub") : trouble.unit;
    write(row.slots.place, counter ? `${label(counter, "number")} ${label(counter, "name")}`.trim() : hub);
    const what = Object.hasOwn(this.parts, trouble.part) ? this.parts[trouble.part] : trouble.part;
    write(row.slots.what, trouble.present ? what : word("{what} (well again)", { what }));
    write(row.slots.since, word("since {clock}", { clock: clock(trouble.since) }));
    const by = trouble.acknowledged_by;
    const muted = trouble.muted_until ? word("Planned work until {clock}", { clock: clock(trouble.muted_until) }) : "";
    write(row.slots.who, by ? word("Seen to by {name}", { name: by }) : muted);
    if (row.slots.seen) show(row.slots.seen, !by);
  }

  async pressed(event) {
    const button = event.target.closest("button");
    if (!button) return;
    button.ariaDisabled = "true";
    const number = button.closest("[data-trouble]").dataset.trouble;
    try {
      await fetch(`/api/v1/troubles/${number}/acknowledge`, { method: "POST", signal: AbortSignal.timeout(8000) });
    } catch {
      // What the hub did is shown by the list that is read next.
    }
    button.ariaDisabled = null;
    this.load();
  }
}
