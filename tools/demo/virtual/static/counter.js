// One unit: its buttons, its lights in words, its microphone.

import { show, slotsOf, write } from "../slots.js";
import { word } from "../words.js";
import { samplesOf, TooLong } from "./pcm.js";

const MEANS = JSON.parse(document.getElementById("means").textContent);
const LOWEST_DBA = 30; // the left end of the meter
const HIGHEST_DBA = 100;
const METER_WIDTH = 400;

export class Counter {
  constructor(element) {
    this.element = element;
    this.unit = element.dataset.unit;
    this.slots = slotsOf(element);
    this.lights = {};
    this.fitted = new Set();
    this.held = new Set();
    this.owed = new Set(); // buttons whose release did not reach the unit
    this.queue = Promise.resolve(); // presses and releases reach the unit in the order they were made
    this.lamps = new Map([...element.querySelectorAll("[data-light]")].map((lamp) => [lamp.dataset.light, lamp]));
    this.buttons = new Map([...element.querySelectorAll("[data-button]")].map((key) => [key.dataset.button, key]));
    for (const [name, key] of this.buttons) this.hands(name, key);
    element.querySelector("[data-act=play]").addEventListener("click", () => this.play());
    element.querySelector("[data-act=quiet]").addEventListener("click", () => this.post("quiet"));
    this.slots.choice.addEventListener("change", () => this.choose());
    this.choose();
  }

  // ---- hands ----

  hands(name, key) {
    key.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.press(name);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
      key.addEventListener(end, () => this.release(name));
    }
    key.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a long press
    key.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this.press(name);
    });
    key.addEventListener("keyup", (event) => {
      if (event.key === " " || event.key === "Enter") this.release(name);
    });
  }

  press(name) {
    if (this.held.has(name)) return;
    this.held.add(name);
    this.note("");
    this.send("press", name);
  }

  release(name) {
    if (this.held.delete(name)) this.send("release", name);
  }

  send(what, name) {
    this.queue = this.queue.then(async () => {
      const told = await this.post(what, JSON.stringify({ button: name }), "application/json");
      if (what === "release" && !told) this.owed.add(name);
    });
  }

  letGo() {
    for (const name of this.held) {
      fetch(`/counters/${this.unit}/release`, {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ button: name }),
      });
    }
    this.held.clear();
  }

  async post(what, body, type) {
    try {
      const answer = await fetch(`/counters/${this.unit}/${what}`, {
        method: "POST",
        headers: type ? { "Content-Type": type } : {},
        body,
        keepalive: what === "release", // the browser sends it even while the page goes away
        signal: AbortSignal.timeout(10000),
      });
      if (answer.status === 409) this.note(word("The unit is not running."));
      else if (!answer.ok) this.note(word("The unit did not take this ({status}).", { status: answer.status }));
      return answer.ok;
    } catch {
      this.note(word("This did not reach the server."));
      return false;
    }
  }

  note(text) {
    write(this.slots.note, text);
    show(this.slots.note, text !== "");
  }

  // ---- what the unit says ----

  hear(kind, line) {
    if (kind === "desk") this.desk(line);
    if (kind === "light") this.light(line.light, line.pattern);
    if (kind === "button") this.buttons.get(line.button)?.classList.toggle("down", line.pressed);
    if (kind === "level") this.level(line);
    if (kind === "refused") this.note(word("The unit refused: {why}", { why: line.why }));
  }

  desk(line) {
    if (!line.running) return this.away();
    this.element.dataset.running = "true";
    // What was let go of while the unit was away is told now, so that no button stays down.
    for (const name of [...this.held, ...this.owed]) this.send("release", name);
    this.held.clear();
    this.owed.clear();
    show(this.slots.stopped, false);
    show(this.slots.ear, line.microphone);
    this.fitted = new Set(line.lights);
    for (const [name, key] of this.buttons) this.fit(key, line.buttons.includes(name));
    for (const [name, lamp] of this.lamps) this.fit(lamp, this.fitted.has(name));
    this.sayLights();
  }

  fit(part, fitted) {
    part.dataset.fitted = String(fitted);
    if ("disabled" in part) part.disabled = !fitted;
    part.title = fitted ? "" : word("not fitted");
    const name = part.querySelector(".key-name") ?? part.parentNode.querySelector(".lamp-name");
    name.dataset.name ??= name.textContent;
    write(name, fitted ? name.dataset.name : `${name.dataset.name}\n${word("not fitted")}`);
  }

  away() {
    this.element.dataset.running = "false";
    this.lights = {};
    for (const lamp of this.lamps.values()) lamp.dataset.pattern = "off";
    for (const key of this.buttons.values()) {
      key.disabled = true;
      key.classList.remove("down");
    }
    show(this.slots.stopped, true);
    show(this.slots.ear, false);
    write(this.slots.alarm, word("Unit stopped"));
    write(this.slots.timer, "");
    write(this.slots.rec, "");
    write(this.slots.link, "");
  }

  light(name, pattern) {
    this.lights[name] = pattern;
    const lamp = this.lamps.get(name);
    if (lamp) lamp.dataset.pattern = pattern;
    this.sayLights();
  }

  sayLights() {
    const means = MEANS[this.lights.alarm ?? "off"];
    write(this.slots.alarm, means ? word(means) : "");
    this.element.dataset.alarm = this.lights.alarm ?? "off";
    write(this.slots.timer, this.timerWords());
    write(this.slots.rec, this.recWords());
    write(this.slots.link, this.linkWords());
  }

  timerWords() {
    const { green, amber, red } = this.lights;
    if (amber === "identify") return "";
    if (amber === "unknown") return word("Session: how long it has lasted is not known");
    if (red === "blink") return word("Session: the grace time has passed");
    if (red === "steady") return word("Session: over the time limit");
    if (amber === "steady") return word("Session: near the time limit");
    if (green === "steady") return word("Session: within the time limit");
    return word("No session");
  }

  recWords() {
    if (!this.fitted.has("rec")) return "";
    return this.lights.rec === "steady" ? word("Sound is being recorded") : word("Nothing is being recorded");
  }

  linkWords() {
    if (this.lights.link === "identify") return word("This unit shows where it is");
    if (this.lights.link === "fault") return word("The unit reports a fault");
    return this.lights.link === "steady" ? word("Connected to the hub") : word("Not connected to the hub");
  }

  // ---- microphone ----

  level(line) {
    const at = (dba) => (METER_WIDTH * Math.min(Math.max(dba - LOWEST_DBA, 0), HIGHEST_DBA - LOWEST_DBA)) / (HIGHEST_DBA - LOWEST_DBA);
    const meter = this.slots.meter;
    const heard = line.level_dba !== null;
    meter.querySelector(".meter-level").setAttribute("width", heard ? at(line.level_dba).toFixed(1) : "0");
    const loud = heard && line.threshold_dba !== null && line.level_dba >= line.threshold_dba;
    meter.classList.toggle("loud", loud);
    const shown = (dba) => word("{level} dB(A)", { level: dba.toFixed(0) });
    write(this.slots.level, heard ? shown(line.level_dba) : "");
    for (const [name, dba, text] of [
      ["background", line.background_dba, (level) => word("Background {level}", { level })],
      ["threshold", line.threshold_dba, (level) => word("Threshold {level}", { level })],
    ]) {
      const markLine = meter.querySelector(`.meter-${name}`);
      markLine.classList.toggle("unknown", dba === null);
      if (dba !== null) markLine.setAttribute("transform", `translate(${at(dba).toFixed(1)} 0)`);
      write(this.slots[name], dba === null ? "" : text(shown(dba)));
    }
    this.element.dataset.playing = String(line.playing);
  }

  choose() {
    const own = this.slots.choice.value === "";
    show(this.slots.file, own);
    show(this.slots["file-label"], own);
  }

  async play() {
    const file = this.slots.choice.value;
    const wanted = this.slots.wanted.value;
    this.note("");
    try {
      const samples = await samplesOf(file ? await this.libraryFile(file) : await this.ownFile());
      const meant = this.slots.choice.selectedOptions[0].dataset.level;
      const level = wanted === "own" ? meant : wanted;
      await this.post(level ? `sound?level=${level}` : "sound", samples, "application/octet-stream");
    } catch (error) {
      this.note(this.why(error));
    }
  }

  async libraryFile(file) {
    const answer = await fetch(`/counters/sounds/${file}`);
    if (!answer.ok) throw new TypeError(`HTTP ${answer.status}`);
    return answer.arrayBuffer();
  }

  async ownFile() {
    const file = this.slots.file.files[0];
    if (!file) throw new NothingChosen();
    return file.arrayBuffer();
  }

  why(error) {
    if (error instanceof NothingChosen) return word("Please choose a file.");
    if (error instanceof TooLong) return word("The sound is longer than 30 seconds.");
    if (error instanceof DOMException) return word("This file holds no sound that the browser can read.");
    return word("This did not reach the server.");
  }
}

class NothingChosen extends Error {}
