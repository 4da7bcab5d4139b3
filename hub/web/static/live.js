// The live page: joins the stream, the band, the tiles and the signal.

import { Alarms } from "./alarms.js";
import { strike } from "./clock.js";
import { kinds, label } from "./say.js";
import { show, slotsOf, write } from "./slots.js";
import { Sound } from "./sound.js";
import { Stream } from "./stream.js";
import { Tiles } from "./tiles.js";
import { word } from "./words.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const band = document.getElementById("band");
const cutOff = document.getElementById("cut-off");
const announcer = document.getElementById("announcer");
const summary = document.getElementById("summary");
const slots = slotsOf(summary);
const calmTitle = document.title;
const still = matchMedia("(prefers-reduced-motion: reduce)");

const tiles = new Tiles(document.getElementById("areas"), read("areas-known"));
const alarms = new Alarms(document.getElementById("alarms"), (unit) => {
  const counter = tiles.counter(unit);
  return { counter, area: counter ? tiles.areaLabel(counter.area) : word("Not registered") };
});
const sound = new Sound(sayChecks);
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
  settle();
}

// What follows from the whole: signal, band, title, the calm line.
function settle() {
  show(band, alarms.size > 0);
  sound.repeat(alarms.unanswered);
  sayWell();
}

// Spoken by a screen reader: what is new or has become more serious.
function announce(incident, previous) {
  if (incident.state !== "open") return;
  if (previous?.state === "open" && previous.severity === incident.severity) return;
  announcer.textContent = `${placeName(incident)}: ${kinds(incident)}`;
}

function onCounter(counter) {
  tiles.update(counter, stream.now());
  show(document.getElementById("nothing"), false);
  sayWell();
}

function replaceAll(snapshot) {
  const now = Date.parse(snapshot.now);
  for (const counter of snapshot.counters) tiles.update(counter, now);
  tiles.forgetCounters(new Set(snapshot.counters.map((counter) => counter.unit)));
  tiles.forgetIncidents();
  alarms.keepOnly(new Set(snapshot.incidents.map((incident) => incident.id)));
  for (const incident of snapshot.incidents) {
    const previous = alarms.update(incident, now);
    tiles.incident(incident);
    announce(incident, previous);
  }
  sayRefused(snapshot.quarantined);
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
  write(slots.sound, sound.on ? word("Sound ON") : word("Sound OFF: please click once"));
}

function sayRefused(count) {
  show(slots.refused, count > 0);
  write(slots.refused, word("Messages not accepted: {n}", { n: count }));
}

function sayTitle() {
  let title = calmTitle;
  if (stream.lost) title = `${word("Disconnected")} — ${calmTitle}`;
  else if (alarms.unanswered) {
    const what = alarms.unanswered === "alarm" ? word("Alarm") : word("Attention");
    const loud = `${what}: ${placeName(alarms.first)}`;
    // It flashes where nothing else of the page can be seen: in a hidden tab.
    title = beat || still.matches || !document.hidden ? loud : `${word("Open: {n}", { n: alarms.countOpen() })} — ${calmTitle}`;
  }
  if (document.title !== title) document.title = title;
}

function sayLost(seconds) {
  show(cutOff, true);
  const text = word("Disconnected from the server. This page cannot receive alarms.");
  const what = word("For {s} s. Use the telephone until this band is gone.", { s: seconds });
  if (cutOff.childElementCount === 0) {
    cutOff.append(document.createElement("strong"), document.createElement("span"));
    cutOff.firstElementChild.textContent = text;
  }
  // The seconds change all the time: spoken once, seen always.
  cutOff.lastElementChild.ariaHidden = "true";
  write(cutOff.lastElementChild, what);
  sayWell();
}

function saySignedOut() {
  show(cutOff, true);
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = word("Sign in");
  const strong = document.createElement("strong");
  strong.textContent = word("You are signed out. This page cannot receive alarms.");
  cutOff.replaceChildren(strong, link);
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
  sayChecks();
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

const snapshot = read("snapshot");
stream = new Stream(snapshot, {
  incident: onIncident,
  counter: onCounter,
  quarantined: sayRefused,
  reset: replaceAll,
  alive: () => {
    if (!cutOff.hidden) {
      show(cutOff, false);
      cutOff.replaceChildren();
    }
    sayWell();
  },
  lost: sayLost,
  signedOut: saySignedOut,
});
replaceAll(snapshot);
sayChecks();
document.getElementById("try-sound")?.addEventListener("click", () => sound.test());
strike(onTick);
stayAwake();
document.getElementById("not-started").remove(); // the last line: whatever failed before leaves its warning
