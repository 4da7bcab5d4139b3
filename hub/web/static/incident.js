// The page of one incident: its running time, and its parts renewed when the hub tells of a change. The parts are
// painted by the hub alone; what somebody is writing or has opened stays.

import { strike } from "./clock.js";
import { duration } from "./say.js";
import { show, write } from "./slots.js";
import { Stream } from "./stream.js";
import { word } from "./words.js";

const snapshot = JSON.parse(document.getElementById("snapshot").textContent);
const cutOff = document.getElementById("cut-off");
let renewing = false;
let again = false;

function busy(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  if (part.querySelector("details[open]")) return true;
  return [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
}

function replace(part, fresh) {
  if (part.innerHTML === fresh.innerHTML || busy(part)) return;
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...fresh.childNodes);
  // Whoever works with the keyboard goes on where they were.
  if (held) (part.querySelector("button") ?? document.getElementById("main")).focus({ preventScroll: true });
}

async function renew() {
  if (renewing) {
    again = true;
    return;
  }
  renewing = true;
  try {
    const address = new URL(location.href);
    address.searchParams.delete("said");
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(part.id);
        if (fresh) replace(part, fresh);
      }
    }
  } catch (failed) {
    console.info("not renewed:", failed.message); // the stream says so when the hub is away
  }
  renewing = false;
  if (again) {
    again = false;
    renew();
  }
}

function tick() {
  stream.tick();
  for (const running of document.querySelectorAll("[data-since]")) {
    write(running, duration((stream.now() - Date.parse(running.dataset.since)) / 1000));
  }
}

const nothing = () => {}; // of what the stream tells, this page follows one incident
const stream = new Stream(snapshot, {
  incident: (incident) => {
    if (incident.id === snapshot.incident || incident.merged_into === snapshot.incident) renew();
  },
  ...{ counter: nothing, plan: nothing, trouble: nothing, levels: nothing, quarantined: nothing },
  reset: renew,
  alive: () => show(cutOff, false),
  lost: (s) => {
    show(cutOff, true);
    write(cutOff, word("Disconnected for {s} s: what is shown may be old.", { s }));
  },
  signedOut: () => location.reload(),
});
strike(tick);
tick();
