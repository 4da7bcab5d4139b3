// Who has been told of the most pressing incident, and whether it reached them. Asked for a moment after the
// alarm is on the screen: the alarm itself waits for nothing.

import { show, write } from "./slots.js";
import { word } from "./words.js";

const SOON_MS = 1500;
const AGAIN_MS = 15_000;
const NAMES_MAX = 6;

export class Told {
  constructor(alarms) {
    this.alarms = alarms;
    this.soon = 0;
    this.of = "";
    setInterval(() => this.load(), AGAIN_MS);
  }

  // The incident at the top, or how far its call has come, may have changed.
  changed() {
    const first = this.alarms.first;
    const of = first ? `${first.id} ${first.state} ${first.tier?.index} ${first.tier?.round}` : "";
    if (of === this.of) return;
    this.of = of;
    clearTimeout(this.soon);
    if (first) this.soon = setTimeout(() => this.load(), SOON_MS);
  }

  async load() {
    const alarm = this.alarms.order[0];
    if (!alarm || document.hidden) return;
    try {
      const response = await fetch(`/api/v1/incidents/${alarm.incident.id}`, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (response.ok) this.fill(alarm, (await response.json()).told ?? []);
    } catch {
      // The hub is away, which the page says elsewhere.
    }
  }

  fill(alarm, notices) {
    const calls = notices.filter((notice) => notice.state !== "replaced");
    const names = (state) => [...new Set(calls.filter((notice) => state(notice.state)).map((notice) => notice.name ?? notice.address))];
    const reached = names((state) => state === "sent");
    const waiting = names((state) => state !== "sent").filter((name) => !reached.includes(name));
    const list = (all) => all.slice(0, NAMES_MAX).join(", ") + (all.length > NAMES_MAX ? word(" and {n} more", { n: all.length - NAMES_MAX }) : "");
    const said = [];
    if (reached.length) said.push(word("Told: {names}", { names: list(reached) }));
    if (waiting.length) said.push(word("Not yet reached: {names}", { names: list(waiting) }));
    write(alarm.slots.told, said.join(" · "));
    show(alarm.slots.told, said.length > 0);
  }
}
