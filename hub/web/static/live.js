// The live page: joins the stream, the band, the tiles and the signal.

import { Acts } from "./acts.js";
import { Alarms } from "./alarms.js";
import { sayConnected, saySignedOut, saySilent, sayLost } from "./banner.js";
import { Choices } from "./choices.js";
import { strike } from "./clock.js";
import { icon, title } from "./headline.js";
import { listen } from "./keys.js";
import { Levels } from "./levels.js";
import { Notices } from "./notify.js";
import { FloorPlans } from "./plans.js";
import { clock, kinds, label, stands } from "./say.js";
import { show, slotsOf, write } from "./slots.js";
import { Sound } from "./sound.js";
import { Stream } from "./stream.js";
import { Tiles } from "./tiles.js";
import { Told } from "./told.js";
import { Troubles } from "./troubles.js";
import { word } from "./words.js";

const at = (id) => document.getElementById(id);
const read = (id) => JSON.parse(at(id).textContent);
const about = read("about"); // who looks, and how
const band = at("band");
const announcer = at("announcer");
const summary = at("summary");
const slots = slotsOf(summary);
const calmTitle = document.title;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const choices = new Choices(about.login);

const snapshot = read("snapshot");
const tiles = new Tiles(at("areas"), snapshot.areas);
const plans = new FloorPlans(tiles);
const alarms = new Alarms(at("alarms"), (unit) => {
  const counter = tiles.counter(unit);
  return { counter, area: counter ? tiles.areaLabel(counter.area) : word("Not registered") };
});
const acts = about.acts ? new Acts(alarms) : null;
const told = about.reads ? new Told(alarms) : null;
const notices = new Notices(at("ask-notices"), at("notices-state"));
const troubles = new Troubles(at("troubles"), about.parts, tiles);
const sound = new Sound(sayChecks, about.sound === "low");
let levels = null;
let beat = false;
let stream = null;

function placeName(incident) {
  const counter = tiles.counter(incident.unit);
  return counter ? `${label(counter, "number")} ${label(counter, "name")}`.trim() : incident.unit;
}

function onIncident(incident) {
  const previous = alarms.update(incident, stream.now());
  tiles.incident(incident);
  announce(incident, previous);
  if (!stands(previous, incident)) settle();
}

// What follows from the whole: signal, band, title, the calm line.
function settle() {
  show(band, alarms.size > 0);
  signal();
  sayWell();
  told?.changed();
  levels?.change();
}

function signal() {
  sound.repeat(alarms.loudest?.severity ?? (stream?.lost || stream?.signedOut ? "lost" : null));
}

// Spoken by a screen reader, and told by the computer: what is new or has become more serious.
function announce(incident, previous) {
  if (incident.state !== "open") {
    notices.drop(incident.id);
    return;
  }
  if (previous?.state === "open" && previous.severity === incident.severity) return;
  announcer.textContent = `${placeName(incident)}: ${kinds(incident)}`;
  if (incident.severity !== "drill") notices.tell(incident, loud(incident), kinds(incident));
}

function loud(incident) {
  return `${incident.severity === "alarm" ? word("Alarm") : word("Attention")}: ${placeName(incident)}`;
}

function onCounter(counter) {
  tiles.update(counter, stream.now());
  show(at("nothing"), false);
  sayWell();
}

function replaceAll(now, known) {
  tiles.nameAreas(known.areas);
  for (const counter of known.counters) tiles.update(counter, now);
  tiles.forgetCounters(new Set(known.counters.map((counter) => counter.unit)));
  tiles.forgetIncidents();
  plans.replaceAll(known.plans);
  tiles.hideEmpty();
  offerViews();
  alarms.keepOnly(new Set(known.incidents.map((incident) => incident.id)));
  for (const incident of known.incidents) {
    const previous = alarms.update(incident, now);
    tiles.incident(incident);
    announce(incident, previous);
  }
  sayRefused(known.quarantined);
  settle();
}

function sayWell() {
  const total = tiles.tiles.size;
  const lost = stream === null || stream.lost;
  const state = lost ? "lost" : alarms.size ? "alarm" : tiles.well < total ? "trouble" : "well";
  if (summary.dataset.state !== state) summary.dataset.state = state;
  const every = tiles.well === total;
  let text = every ? word("All {n} counters are well", { n: total }) : word("{n} of {total} counters are well", { n: tiles.well, total });
  if (total === 0) text = word("No counters");
  if (alarms.size) {
    // A counter with an alarm is not well, however well its unit works.
    const units = every ? word("all {n} units work", { n: total }) : word("{n} of {total} units work", { n: tiles.well, total });
    text = `${word("Alarms: {n}", { n: alarms.size })} · ${units}`;
  }
  if (lost) text = word("Disconnected");
  write(slots.well, text);
}

function sayChecks() {
  if (stream) write(slots.checked, word("Last checked {s} s ago", { s: Math.floor(stream.secondsSinceHeard()) }));
  summary.dataset.sound = sound.on ? "on" : "off";
  write(slots.sound, sound.on ? word("Sound ON") : word("Sound OFF"));
  if (sound.on) saySilent(false);
}

function sayRefused(count) {
  show(slots.refused, count > 0);
  write(slots.refused, word("Messages not accepted: {n}", { n: count }));
}

// It flashes where nothing else of the page can be seen: in a hidden tab.
function sayTitle() {
  const loudest = alarms.loudest;
  if (stream.lost) {
    title(`${word("Disconnected")} — ${calmTitle}`);
    icon("lost");
  } else if (loudest) {
    const on = beat || still.matches || !document.hidden;
    title(on ? loud(loudest) : `${word("Open: {n}", { n: alarms.countCalling() })} — ${calmTitle}`);
    icon(beat || still.matches ? "alarm" : "calm");
  } else {
    title(calmTitle);
    icon("calm");
  }
}

function onTick() {
  beat = !beat;
  stream.tick();
  // Two changes a second at most are one flash a second.
  alarms.beat(beat && !still.matches);
  sayTitle();
  if (!beat) return;
  const now = stream.now();
  alarms.tick(now);
  tiles.tick(now);
  levels.tick();
  signal(); // what was put off calls again when its time has come
  sayChecks();
  saySilent(!sound.on);
  if (about.wall) write(at("wall-clock"), clock(now));
}

// A hidden tab that holds a lock is not frozen by the browser; a lit screen is not switched off.
function stayAwake() {
  navigator.locks?.request("madomori-live", { mode: "shared" }, () => new Promise(() => {}));
  if (!navigator.wakeLock) return;
  const hold = () => {
    if (document.visibilityState === "visible") {
      navigator.wakeLock.request("screen").catch((refused) => console.info("wake lock:", refused.message));
    }
  };
  document.addEventListener("visibilitychange", hold);
  hold();
}

// List or floor plan, and what else a person chooses for this browser.
function offerViews() {
  for (const choice of document.querySelectorAll("input[name=view]")) {
    choice.disabled = !plans.any;
    choice.checked = choice.value === plans.view;
  }
  const offer = at("views");
  if (offer) show(offer, plans.any);
}

function offerChoices() {
  const asked = new URLSearchParams(location.search).get("view");
  plans.view = asked === "plan" || asked === "list" ? asked : choices.get("view", "list");
  const dialog = at("choices");
  if (!dialog) return;
  for (const choice of document.querySelectorAll("input[name=view]")) {
    choice.addEventListener("change", () => {
      choices.set("view", choice.value);
      plans.choose(choice.value);
    });
  }
  const keys = at("keys");
  keys.checked = choices.get("keys", "on") === "on";
  keys.addEventListener("change", () => choices.set("keys", keys.checked ? "on" : "off"));
  const open = () => dialog.showModal();
  at("open-choices").addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  for (const id of ["try-sound", "give-sound"]) at(id).addEventListener("click", () => sound.test());
  const does = { n: () => alarms.focusNext(), "?": open };
  if (acts) Object.assign(does, { a: () => acts.answer(), m: () => acts.mute() });
  listen(does, () => keys.checked);
}

offerChoices();
stream = new Stream(snapshot, {
  incident: onIncident,
  counter: onCounter,
  plan: (plan) => {
    plans.set(plan);
    offerViews();
  },
  trouble: () => troubles.changed(),
  levels: (heard) => levels.show(heard),
  quarantined: sayRefused,
  reset: (known) => {
    replaceAll(stream.now(), known);
    troubles.changed();
  },
  alive: () => {
    sayConnected();
    signal();
    sayWell();
  },
  lost: (seconds) => {
    sayLost(seconds);
    signal();
    sayWell();
  },
  signedOut: () => {
    saySignedOut();
    signal();
  },
}, { ahead: true });
levels = new Levels(tiles, stream.page);
levels.close = () => alarms.order.map((alarm) => alarm.incident.unit);
tiles.watched = (element) => levels.watch(element);
replaceAll(Date.parse(snapshot.now), snapshot);
for (const { element } of tiles.tiles.values()) levels.watch(element);
sayChecks();
strike(onTick);
stayAwake();
troubles.load();
at("not-started").remove(); // the last line: whatever failed before leaves its warning
