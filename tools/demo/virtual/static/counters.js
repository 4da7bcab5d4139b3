// The virtual counters: hands for the buttons, and what each unit shows.

import { Counter } from "./counter.js";
import { Tower } from "./tower.js";

const counters = new Map();
for (const element of document.querySelectorAll(".counter")) {
  counters.set(element.dataset.unit, new Counter(element));
}

const drawn = document.getElementById("tower");
const tower = drawn && new Tower(drawn);

const cutOff = document.getElementById("cut-off");
const AGAIN_MS = 1000;

function follow() {
  const stream = new EventSource("/counters/stream");
  const on = (name) =>
    stream.addEventListener(name, (event) => {
      cutOff.hidden = true;
      const line = JSON.parse(event.data);
      counters.get(line.unit)?.hear(name, line);
    });
  for (const name of ["desk", "light", "button", "level", "refused", "alive"]) on(name);
  stream.addEventListener("tower", (event) => {
    cutOff.hidden = true;
    tower?.hear(JSON.parse(event.data));
  });
  stream.onerror = () => {
    stream.close();
    cutOff.hidden = false;
    for (const counter of counters.values()) counter.away();
    tower?.away();
    setTimeout(follow, AGAIN_MS);
  };
}

// A finger that was on a button when the page went away does not hold it for ever.
addEventListener("pagehide", () => {
  for (const counter of counters.values()) counter.letGo();
});

follow();
