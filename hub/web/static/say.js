// What counters and incidents are called, from the objects of the API. hub/web/paint.py says the same on the
// server for the first paint; a browser test holds the two against each other.

import { language, word } from "./words.js";

const KINDS = {
  panic: word("Emergency button"),
  assist: word("Assist request"),
  shout: word("Shout (estimated by the unit)"),
  bang: word("Bang (estimated by the unit)"),
};

const PARTS = {
  panic: word("Emergency button"),
  assist: word("Assist button"),
  session: word("Session button"),
  record: word("Record button"),
  microphone: word("Microphone"),
  disk: word("Storage"),
  clock: word("Clock"),
};

// In the zone of the hub, as everything else that it writes.
const CLOCK = new Intl.DateTimeFormat("ja-JP", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZone: document.documentElement.dataset.zone || undefined,
});

// Seconds from an instant of the API to `now` (milliseconds of the hub's clock), never below zero.
export function since(instant, now) {
  return Math.max((now - Date.parse(instant)) / 1000, 0);
}

export function label(shown, field) {
  if (field === "number" && shown.known === false) return shown.unit; // not registered: it has no number yet
  const english = language === "en" ? shown[`${field}_en`] || "" : "";
  return english || shown[field] || "";
}

export function tileState(counter, now) {
  const session = counter.session;
  if (!session) return "free";
  const lasted = since(session.started, now);
  if (lasted >= session.limit_s) return "over";
  return lasted >= session.limit_s - session.warn_s ? "near" : "meeting";
}

export function meeting(counter, now, state) {
  if (state === "free") return word("Free");
  const lasted = since(counter.session.started, now);
  const limit = counter.session.limit_s;
  const m = Math.floor(lasted / 60);
  if (state === "over") {
    return word("Meeting {m} min, {over} min over the limit", { m, over: Math.floor((lasted - limit) / 60) });
  }
  if (state === "near") return word("Meeting {m} of {limit} min", { m, limit: Math.floor(limit / 60) });
  return word("Meeting {m} min", { m });
}

export function agreed(counter) {
  if (!counter.session?.agreed) return "";
  const m = Math.floor(counter.session.limit_s / 60);
  const said = [word("Under an agreement"), word("at most {minutes}", { minutes: word("{m} min", { m }) })];
  if (counter.session.agreed.two_staff) said.push(word("two of the staff"));
  return said.join(" · ");
}

export function trouble(counter, now) {
  const said = [];
  if (counter.link === "never") {
    said.push(word("Unit has never reported"));
  } else if (counter.link !== "online") {
    let text = counter.link === "silent" ? word("Unit not answering") : word("Unit not connected");
    if (counter.since) text += " " + word("for {t}", { t: roughly(since(counter.since, now)) });
    said.push(text);
  }
  if (counter.faults.length) {
    const parts = counter.faults.map((part) => PARTS[part] ?? part).join(", ");
    said.push(word("Equipment fault: {parts}", { parts }));
  }
  return said.join(" · ");
}

export function kinds(incident) {
  const drill = incident.severity === "drill" ? [word("Drill")] : [];
  return [...drill, ...incident.kinds.map((kind) => KINDS[kind] ?? kind)].join(" · ");
}

export function running(incident, now) {
  const whole = Math.floor(since(incident.opened, now));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

// Somebody still has to answer: nobody has, or what was answered calls again.
export function calls(incident) {
  return incident.severity !== "drill" && (incident.state === "open" || incident.tier !== null);
}

// A further sign changes nothing of what the whole page says: who is called, and whether anybody comes, is as before.
export function stands(previous, incident) {
  return (
    previous !== null &&
    ["state", "severity", "snoozed_until"].every((key) => previous[key] === incident[key]) &&
    previous.tier?.index === incident.tier?.index &&
    previous.tier?.round === incident.tier?.round
  );
}

// A person has put the call off.
export function putOff(incident, now) {
  return Boolean(incident.snoozed_until) && Date.parse(incident.snoozed_until) > now;
}

export function answer(incident) {
  const name = incident.helper ?? incident.acknowledged_by;
  const tier = incident.tier ? label(incident.tier, "name") : "";
  if (incident.state === "acknowledged" || incident.state === "responding") {
    const comes = incident.state === "responding" ? word("At the counter: {name}", { name }) : word("On the way: {name}", { name });
    return tier ? `${comes} · ${word("Calling again: {tier}", { tier })}` : comes;
  }
  if (!tier) return word("Nobody has answered yet");
  const round = incident.tier.round;
  if (round > 1) return word("Nobody has answered yet. Calling: {tier} (round {round})", { tier, round });
  return word("Nobody has answered yet. Calling: {tier}", { tier });
}

export function putOffUntil(incident) {
  return word("Put off until {clock}: no sound until then", { clock: clock(incident.snoozed_until) });
}

export function late(incident) {
  return word("Arrived late by {t}; it happened at {clock}", { t: duration(incident.late_s), clock: clock(incident.opened) });
}

export function level(incident) {
  const shown = incident.level_dba.toFixed(0);
  if (incident.calibrated === false) return word("{level} dB(A), not calibrated", { level: shown });
  return word("{level} dB(A)", { level: shown });
}

export function duration(seconds) {
  const whole = Math.max(Math.floor(seconds), 0);
  if (whole < 60) return word("{s} s", { s: whole });
  if (whole < 3600) return word("{m} min {s} s", { m: Math.floor(whole / 60), s: whole % 60 });
  return word("{h} h {m} min", { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
}

// For what changes slowly: one unit less to read, and no text that moves every second.
function roughly(seconds) {
  const whole = Math.floor(seconds);
  return whole >= 60 && whole < 3600 ? word("{m} min", { m: Math.floor(whole / 60) }) : duration(whole);
}

export function clock(instant) {
  return CLOCK.format(new Date(instant));
}
