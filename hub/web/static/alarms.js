// The band: every incident that is not resolved, the most pressing first. A message touches one element; only
// an incident whose rank changed is moved.

import { answer, calls, clock, kinds, label, late, level, putOff, putOffUntil, running } from "./say.js";
import { clone, mark, show, slotsOf, write } from "./slots.js";

const OVER = new Set(["resolved", "closed"]);
const UNSEEN_AT_ONCE = 10; // rows off the screen whose running time is renewed in one stroke of the clock
const DRILL = 4;

// What calls before what is answered, alarms before attention, then the oldest; the press of a drill last of all.
function rank(incident) {
  if (incident.severity === "drill") return DRILL;
  return (calls(incident) ? 0 : 2) + (incident.severity === "alarm" ? 0 : 1);
}

function before(a, b) {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.opened !== b.opened) return a.opened < b.opened;
  return a.incident.id < b.incident.id;
}

export class Alarms {
  constructor(list, placeOf) {
    this.list = list;
    this.placeOf = placeOf; // unit -> counter object or null, and the name of its section
    this.shown = new Map(); // id -> alarm
    this.order = []; // of alarms, as they stand in the list
    for (const element of list.querySelectorAll(".alarm")) {
      const id = Number(element.dataset.incident);
      this.shown.set(id, this.adopt(element));
    }
    this.beating = null; // the element that is in its bright half second
    this.turn = 0;
    this.now = 0; // of the last stroke
  }

  adopt(element) {
    const alarm = { element, slots: slotsOf(element), incident: null, rank: -1, opened: 0, busy: false, unseen: false, offered: "" };
    // The browser lays out only the rows on the screen and tells which they are.
    element.addEventListener("contentvisibilityautostatechange", (event) => {
      alarm.unseen = event.skipped;
      if (!event.skipped && alarm.incident) write(alarm.slots.running, running(alarm.incident, this.now));
    });
    return alarm;
  }

  get size() {
    return this.order.length;
  }

  get first() {
    return this.order[0]?.incident ?? null;
  }

  // The most pressing incident that calls and that nobody has put off, or null.
  get loudest() {
    for (const { incident, rank: its } of this.order) {
      if (its >= 2) return null;
      if (!putOff(incident, this.now)) return incident;
    }
    return null;
  }

  countCalling() {
    let calling = 0;
    while (calling < this.order.length && this.order[calling].rank < 2) calling += 1;
    return calling;
  }

  // Returns the incident as it was shown before, or null.
  update(incident, now) {
    this.now = now;
    let alarm = this.shown.get(incident.id);
    const previous = alarm?.incident ?? null;
    if (OVER.has(incident.state)) {
      if (alarm) this.remove(alarm);
      return previous;
    }
    if (!alarm) {
      alarm = this.adopt(clone("alarm-template"));
      this.shown.set(incident.id, alarm);
    }
    this.fill(alarm, incident, now);
    const nowRank = rank(incident);
    const opened = Date.parse(incident.opened);
    if (nowRank !== alarm.rank || opened !== alarm.opened) this.place(alarm, nowRank, opened);
    // Last, so that whoever waits for this event finds everything else already said.
    mark(alarm.element, "lastEvent", incident.last_event);
    return previous;
  }

  fill(alarm, incident, now) {
    const { element, slots } = alarm;
    const previous = alarm.incident;
    alarm.incident = incident;
    if (!previous) {
      mark(element, "unit", incident.unit);
      mark(element, "incident", incident.id);
      write(slots.opened, clock(incident.opened));
      slots.opened.dateTime = incident.opened;
      if (slots.link) slots.link.href = `/incidents/${incident.id}`;
    }
    const { counter, area } = this.placeOf(incident.unit);
    write(slots.area, area);
    write(slots.number, counter ? label(counter, "number") : "");
    write(slots.name, counter ? label(counter, "name") : incident.unit);
    mark(element, "severity", incident.severity);
    mark(element, "state", incident.state);
    mark(element, "calls", calls(incident));
    write(slots.kinds, kinds(incident));
    write(slots.answer, answer(incident));
    write(slots.running, running(incident, now));
    show(slots["presses-row"], incident.presses > 0);
    write(slots.presses, String(incident.presses));
    show(slots["level-row"], incident.level_dba !== null);
    if (incident.level_dba !== null) write(slots.level, level(incident));
    show(slots.late, incident.late_s > 0);
    if (incident.late_s > 0) write(slots.late, late(incident));
    show(slots.withdrawn, incident.withdrawn);
    this.offer(alarm, now);
  }

  // What the state allows, and that a call is put off; the focus stays with the alarm when its button goes.
  offer(alarm, now) {
    const { incident, slots } = alarm;
    const off = putOff(incident, now);
    const calling = calls(incident);
    const key = `${incident.state} ${calling} ${off && incident.snoozed_until}`;
    if (alarm.offered === key) return;
    alarm.offered = key;
    show(slots.snoozed, off);
    if (off) write(slots.snoozed, putOffUntil(incident));
    const answered = incident.state === "acknowledged" || incident.state === "responding";
    const offered = {
      acknowledge: incident.state === "open" || calling,
      arrive: incident.state === "acknowledged",
      "hand-over": answered,
      snooze: calling && !off,
      resolve: answered,
    };
    const buttons = [...alarm.element.querySelectorAll("[data-do]")];
    const held = buttons.find((button) => button === document.activeElement);
    for (const button of buttons) show(button, offered[button.dataset.do]);
    alarm.busy = false; // the news may be faster than the answer to the press
    if (held?.hidden) buttons.find((button) => !button.hidden)?.focus({ preventScroll: true });
    if (slots.note.dataset.for !== incident.state) this.say(alarm, "");
  }

  place(alarm, newRank, opened) {
    const focused = alarm.element.contains(document.activeElement) ? document.activeElement : null;
    const old = this.order.indexOf(alarm);
    if (old >= 0) this.order.splice(old, 1);
    alarm.rank = newRank;
    alarm.opened = opened;
    let at = this.order.length;
    while (at > 0 && before(alarm, this.order[at - 1])) at -= 1;
    this.order.splice(at, 0, alarm);
    const next = this.order[at + 1]?.element ?? null;
    if (alarm.element.parentNode !== this.list || alarm.element.nextElementSibling !== next) {
      this.list.insertBefore(alarm.element, next);
      focused?.focus({ preventScroll: true });
    }
  }

  remove(alarm) {
    this.shown.delete(Number(alarm.element.dataset.incident));
    const at = this.order.indexOf(alarm);
    if (at >= 0) this.order.splice(at, 1);
    alarm.element.remove();
  }

  // Drop what the hub no longer tells.
  keepOnly(ids) {
    for (const [id, alarm] of this.shown) if (!ids.has(id)) this.remove(alarm);
  }

  // A hundred running times at once would make the next alarm wait: all that are seen, and some of the others.
  tick(now) {
    this.now = now;
    const count = this.order.length;
    for (let n = 0; n < count; n += 1) {
      const { incident, slots, unseen } = this.order[n];
      const itsTurn = (n - this.turn + count) % count < UNSEEN_AT_ONCE;
      if (!unseen || itsTurn) write(slots.running, running(incident, now));
      if (incident.snoozed_until) this.offer(this.order[n], now);
    }
    this.turn = count > 0 ? (this.turn + UNSEEN_AT_ONCE) % count : 0;
  }

  // Only an alarm that calls moves, and only the first; one element changes, not the whole band.
  beat(on) {
    const top = this.first;
    const first = on && top && calls(top) && top.severity === "alarm" ? this.order[0].element : null;
    if (first === this.beating) return;
    this.beating?.classList.remove("beat");
    first?.classList.add("beat");
    this.beating = first;
  }

  // The alarm that holds the focus, or null.
  get focused() {
    const element = document.activeElement?.closest(".alarm");
    return element ? (this.shown.get(Number(element.dataset.incident)) ?? null) : null;
  }

  // The focus goes to the next alarm's first button, round and round.
  focusNext() {
    if (this.order.length === 0) return;
    const next = this.order[(this.order.indexOf(this.focused) + 1) % this.order.length];
    const { element } = next;
    (element.querySelector("[data-do]:not([hidden])") ?? element.querySelector("a"))?.focus();
    element.scrollIntoView({ block: "nearest" });
  }

  say(alarm, text, forState = "") {
    alarm.slots.note.dataset.for = forState;
    write(alarm.slots.note, text);
    show(alarm.slots.note, text !== "");
  }
}
