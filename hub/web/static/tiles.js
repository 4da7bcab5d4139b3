// The calm part: a tile for each counter, grouped by section. A message touches one tile only.

import { agreed, calls, label, meeting, since, tileState, trouble } from "./say.js";
import { clone, mark, show, slotsOf, write } from "./slots.js";
import { word } from "./words.js";

function badge(incident) {
  if (incident.severity === "drill") return word("Drill");
  if (!calls(incident)) return word("Answered");
  return incident.severity === "alarm" ? word("Alarm") : word("Attention");
}

export class Tiles {
  constructor(root, areaNames) {
    this.root = root;
    this.areaNames = areaNames; // area id -> {name, name_en}
    this.tiles = new Map(); // unit -> {element, slots, counter, well}
    this.well = 0;
    this.changing = new Set(); // of tiles that say something about time
    this.placed = () => {}; // told which tile is new or has come to another area
    this.watched = () => {}; // told which element is new
    for (const element of root.querySelectorAll(".tile")) this.adopt(element);
  }

  adopt(element) {
    const tile = { element, slots: slotsOf(element), counter: null, well: false };
    this.tiles.set(element.dataset.unit, tile);
    return tile;
  }

  counter(unit) {
    return this.tiles.get(unit)?.counter ?? null;
  }

  areaLabel(areaId) {
    return Object.hasOwn(this.areaNames, areaId) ? label(this.areaNames[areaId], "name") : word("Not registered");
  }

  update(counter, now) {
    const tile = this.tiles.get(counter.unit) ?? this.add(counter);
    const moved = tile.counter?.area !== counter.area;
    tile.counter = counter;
    if (moved) this.placed(counter.unit);
    write(tile.slots.number, label(counter, "number"));
    write(tile.slots.name, label(counter, "name"));
    const well = counter.link === "online" && counter.faults.length === 0;
    this.well += Number(well) - Number(tile.well);
    tile.well = well;
    mark(tile.element, "link", counter.link);
    show(tile.slots.rec, Boolean(counter.recording));
    write(tile.slots.agreed, agreed(counter));
    show(tile.slots.agreed, Boolean(counter.session?.agreed));
    if (counter.session || !well) this.changing.add(tile);
    else this.changing.delete(tile);
    this.tickOne(tile, now);
  }

  add(counter) {
    const element = clone("tile-template");
    element.dataset.unit = counter.unit;
    this.section(counter.area).querySelector(".tiles").append(element);
    this.watched(element);
    return this.adopt(element);
  }

  section(areaId) {
    const id = Object.hasOwn(this.areaNames, areaId) ? areaId : "";
    let area = this.root.querySelector(`.area[data-area="${CSS.escape(id)}"]`);
    if (!area) {
      area = clone("area-template");
      area.dataset.area = id;
      area.ariaLabel = this.areaLabel(id);
      area.querySelector(".area-name").textContent = this.areaLabel(id);
      this.root.append(area);
    }
    return area;
  }

  // The administrator may have given areas other names.
  nameAreas(names) {
    this.areaNames = names;
    for (const area of this.root.querySelectorAll(".area")) {
      const name = this.areaLabel(area.dataset.area);
      if (area.ariaLabel !== name) area.ariaLabel = name;
      write(area.querySelector(".area-name"), name);
    }
  }

  // Sections of which no counter is left are not shown; a wall screen has to show all the others at once.
  hideEmpty() {
    const many = this.tiles.size;
    document.documentElement.dataset.many = many > 60 ? "all" : many > 24 ? "some" : "few";
    for (const area of this.root.querySelectorAll(".area")) show(area, area.querySelector(".tile") !== null);
  }

  // An incident of this unit: its tile says so, and carries the same event as the band.
  incident(incident) {
    const tile = this.tiles.get(incident.unit);
    if (!tile) return;
    const over = incident.state === "resolved" || incident.state === "closed";
    if (over && tile.element.dataset.incident !== String(incident.id)) return;
    mark(tile.element, "incident", over ? "" : incident.id);
    mark(tile.element, "severity", over ? "" : incident.severity);
    mark(tile.element, "answered", !over && !calls(incident));
    show(tile.slots.alarm, !over);
    if (!over) write(tile.slots.alarm, badge(incident));
    mark(tile.element, "lastEvent", incident.last_event);
  }

  // After a reconnect, what is no longer told is no longer so.
  forgetIncidents() {
    for (const { element, slots } of this.tiles.values()) {
      mark(element, "incident", "");
      mark(element, "severity", "");
      show(slots.alarm, false);
    }
  }

  forgetCounters(kept) {
    for (const [unit, tile] of this.tiles) {
      if (kept.has(unit)) continue;
      this.well -= Number(tile.well);
      this.changing.delete(tile);
      tile.element.remove();
      this.tiles.delete(unit);
    }
  }

  tick(now) {
    for (const tile of this.changing) this.tickOne(tile, now);
  }

  tickOne(tile, now) {
    const { counter, slots, element } = tile;
    const state = tileState(counter, now);
    mark(element, "state", state);
    write(slots.meeting, meeting(counter, now, state));
    show(slots.bar, state !== "free");
    if (state !== "free") {
      const share = Math.min(since(counter.session.started, now) / Math.max(counter.session.limit_s, 1), 1);
      const rounded = Math.round(share * 200) / 200; // the bar is some 200 pixels long: finer steps show nothing
      if (slots.bar.value !== rounded) slots.bar.value = rounded;
    }
    const text = trouble(counter, now);
    write(slots.trouble, text);
    show(slots.trouble, text !== "");
  }
}
