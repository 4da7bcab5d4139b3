// One recording: a reason, then sound with seeking; holds and disclosures. Everything asks the API.

import { Wave } from "./wave.js";
import { word } from "./words.js";

const about = JSON.parse(document.getElementById("snapshot").textContent);
const address = `/api/v1/recordings/${about.id}`;
const by = (id) => document.getElementById(id);
const audio = new Audio();
audio.preload = "auto";
let grant = null;

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${String(Math.floor(whole / 60) % 60).padStart(whole >= 3600 ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest;
}

// The time of day where the hub stands, wherever the browser is.
function wall(seconds) {
  const day = Math.floor(about.clock + seconds) % 86400;
  return [day / 3600, (day / 60) % 60, day % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

function fault(text) {
  by("fault").textContent = text;
  by("fault").hidden = text === "";
}

function explain(status) {
  if (status === 401) return word("You are signed out. Please sign in again.");
  if (status === 403) return word("Your role may not do this.");
  if (status === 404) return word("This recording is not there any more.");
  if (status === 409) return word("Somebody was faster: this is how it stands now.");
  if (status === 422) return word("Please write a little more.");
  return word("It did not work. Please try again.");
}

async function post(path, body) {
  try {
    return await fetch(address + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { ok: false, status: 0 };
  }
}

const wave = new Wave(by("wave"), by("canvas"), about.seconds, about.marks, {
  onSeek: seek,
  spoken: (at) => word("{at} of {whole}", { at: clock(at), whole: clock(about.seconds) }),
});

function moved(at) {
  wave.move(at);
  by("at").textContent = clock(at);
  by("wall").textContent = wall(at);
}

function seek(at) {
  audio.currentTime = at;
  moved(at);
}

async function shape() {
  const answer = await fetch(`${address}/waveform.json?points=1600`).catch(() => null);
  if (answer === null || !answer.ok) {
    by("wave-note").textContent = word("The waveform cannot be shown.");
    return;
  }
  wave.show(await answer.json());
  by("wave-note").hidden = true;
}

function source() {
  return `${address}/audio.${by("line").value}?grant=${encodeURIComponent(grant)}`;
}

function load(at, play) {
  audio.src = source();
  audio.currentTime = at;
  audio.playbackRate = Number(by("speed").value);
  if (play) audio.play().catch(() => fault(word("The sound cannot be played.")));
}

function unlock(given) {
  grant = given;
  wave.unlock();
  for (const button of document.querySelectorAll("[data-skip], [data-at]")) button.disabled = false;
  by("files").hidden = false;
  by("flac").href = `${address}/audio.flac?grant=${encodeURIComponent(grant)}`;
  load(0, true);
}

// The dialog that asks for a reason. Gives it, or null.
function ask(title, yes) {
  const dialog = by("ask");
  by("ask-title").textContent = title;
  by("ask-yes").textContent = yes;
  by("reason").value = "";
  by("ask-fault").hidden = true;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "yes" ? by("reason").value.trim() : null),
      { once: true },
    );
  });
}

async function listen() {
  const reason = await ask(word("Why do you listen?"), word("Listen"));
  if (reason === null) return;
  const answer = await post("/plays", { reason });
  fault(answer.ok ? "" : explain(answer.status));
  if (answer.ok) unlock((await answer.json()).grant);
}

by("play").addEventListener("click", () => {
  if (grant === null) listen();
  else if (audio.paused) audio.play().catch(() => fault(word("The sound cannot be played.")));
  else audio.pause();
});
audio.addEventListener("play", () => (by("play").textContent = word("Pause")));
audio.addEventListener("pause", () => (by("play").textContent = word("Go on")));
audio.addEventListener("timeupdate", () => moved(audio.currentTime));
audio.addEventListener("error", async () => {
  const answer = await fetch(source(), { headers: { range: "bytes=0-0" } }).catch(() => ({ status: 0 }));
  if (answer.status === 403) {
    grant = null;
    by("play").textContent = word("Listen");
    fault(word("The time for this reason is over. Please give it again."));
  } else fault(word("The sound cannot be played."));
});
for (const button of document.querySelectorAll("[data-skip]")) {
  button.addEventListener("click", () => {
    seek(Math.min(Math.max(audio.currentTime + Number(button.dataset.skip), 0), about.seconds));
  });
}
for (const button of document.querySelectorAll("[data-at]")) {
  button.addEventListener("click", () => seek(Math.max(0, Number(button.dataset.at) - 3)));
}
by("speed").addEventListener("change", () => (audio.playbackRate = Number(by("speed").value)));
by("line").addEventListener("change", () => grant !== null && load(audio.currentTime, !audio.paused));

document.querySelector("[data-ask]").addEventListener("click", async (event) => {
  const act = event.currentTarget.dataset.ask;
  const title = act === "hold" ? word("Why must it not be deleted?") : word("Why may it be deleted again?");
  const reason = await ask(title, event.target.textContent);
  if (reason === null) return;
  const answer = await post(`/${act}`, { reason });
  if (answer.ok || answer.status === 409) location.reload();
  else fault(explain(answer.status));
});

by("give")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await post("/disclosures", Object.fromEntries(new FormData(event.target)));
  if (answer.ok) location.reload();
  else fault(explain(answer.status));
});

by("whole").textContent = clock(about.seconds);
moved(0);
shape();
// The last line: a press before it would do nothing.
for (const button of document.querySelectorAll("[data-scripted]")) button.disabled = false;
