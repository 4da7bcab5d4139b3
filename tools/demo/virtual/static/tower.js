// The signal tower: its lamps and its buzzer, drawn and in words.

import { word } from "../words.js";

export class Tower {
  constructor(element) {
    this.element = element;
    this.domes = new Map([...element.querySelectorAll("[data-dome]")].map((dome) => [dome.dataset.dome, dome]));
    this.says = new Map([...element.querySelectorAll("[data-says]")].map((slot) => [slot.dataset.says, slot]));
  }

  hear(line) {
    for (const [colour, dome] of this.domes) {
      dome.dataset.shows = line[colour];
      this.write(colour, says(line[colour]));
    }
    this.element.dataset.buzzer = line.buzzer ? "sounding" : "silent";
    this.write("buzzer", line.buzzer ? word("Sounding") : word("Silent"));
  }

  // The page is cut off: what the tower shows is not known.
  away() {
    for (const dome of this.domes.values()) dome.dataset.shows = "off";
    for (const name of this.says.keys()) this.write(name, word("Not known"));
    this.element.dataset.buzzer = "silent";
  }

  write(name, text) {
    const slot = this.says.get(name);
    if (slot && slot.textContent !== text) slot.textContent = text;
  }
}

function says(shows) {
  if (shows === "on") return word("Lit");
  if (shows === "flash") return word("Flashing");
  if (shows === "fast") return word("Flashing fast");
  return word("Off");
}
