// What a person does with an alarm: one press, or a small dialogue where words are needed. What the hub did is
// shown when its event arrives; here only what it refused is said.

import { calls } from "./say.js";
import { show, write } from "./slots.js";
import { word } from "./words.js";

const ANSWER_MS = 8000;

async function post(id, action, body) {
  const lost = { text: word("This did not reach the server. Press again, or use the telephone."), state: "" };
  try {
    const response = await fetch(`/api/v1/incidents/${id}/${action}`, {
      method: "POST",
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return { text: "", state: "" };
    if (response.status === 409) {
      const already = await response.json();
      const text = already.by ? word("{name} has already answered", { name: already.by }) : word("Already done");
      return { text, state: already.state };
    }
    if (response.status === 401) return { text: word("You are signed out. Please sign in again."), state: "" };
    if (response.status === 403) return { text: word("Only a supervisor can do this."), state: "" };
    if (response.status === 422) return { text: word("There is nothing here that could be put off or handed over."), state: "" };
    return lost;
  } catch {
    return lost;
  }
}

export class Acts {
  constructor(alarms) {
    this.alarms = alarms;
    this.asking = null; // the alarm that an open dialogue is about
    this.handOver = document.getElementById("hand-over");
    this.snooze = document.getElementById("snooze");
    alarms.list.addEventListener("click", (event) => this.pressed(event));
    alarms.list.addEventListener("keydown", (event) => {
      if (event.repeat) event.preventDefault(); // a held key answers one alarm, not the next one too
    });
    for (const dialog of [this.handOver, this.snooze]) {
      dialog.querySelector("form").addEventListener("submit", (event) => this.sent(event, dialog));
      dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    }
  }

  pressed(event) {
    const button = event.target.closest("[data-do]");
    // The second click of a double click would hit the alarm that has just moved up under the pointer.
    if (!button || event.detail > 1) return;
    const alarm = this.alarms.shown.get(Number(button.closest(".alarm").dataset.incident));
    if (!alarm) return;
    if (button.dataset.do === "hand-over") this.askWho(alarm);
    else if (button.dataset.do === "snooze") this.askWhy(alarm);
    else this.act(alarm, button.dataset.do, button);
  }

  // By a key: the alarm that holds the focus, else the most pressing one that calls.
  answer() {
    const alarm = this.alarms.focused ?? this.alarms.order[0];
    if (alarm && calls(alarm.incident)) this.act(alarm, "acknowledge", alarm.element.querySelector("[data-do=acknowledge]"));
  }

  mute() {
    const alarm = this.alarms.focused ?? this.alarms.order[0];
    if (alarm && !alarm.element.querySelector("[data-do=snooze]").hidden) this.askWhy(alarm);
  }

  async act(alarm, action, button, body) {
    if (alarm.busy) return;
    alarm.busy = true;
    if (button) button.ariaDisabled = "true"; // not `disabled`: that would take the focus away from the alarm
    const refused = await post(alarm.incident.id, action, body);
    alarm.busy = false;
    if (button) button.ariaDisabled = null;
    this.alarms.say(alarm, refused.text, refused.state);
  }

  open(dialog, alarm) {
    this.asking = alarm;
    const { area, number, name } = alarm.slots;
    write(dialog.querySelector("[data-place]"), `${area.textContent} ${number.textContent} ${name.textContent}`);
    dialog.querySelector("form").reset();
    dialog.showModal();
  }

  askWhy(alarm) {
    this.open(this.snooze, alarm);
  }

  async askWho(alarm) {
    this.open(this.handOver, alarm);
    const list = this.handOver.querySelector("select");
    const fault = this.handOver.querySelector(".fault");
    show(fault, false);
    try {
      const response = await fetch("/api/v1/helpers", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_MS) });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const { helpers } = await response.json();
      list.replaceChildren(...helpers.map(({ login, name }) => new Option(name, login)));
    } catch {
      write(fault, word("The list of people could not be loaded. Please try again."));
      show(fault, true);
    }
  }

  sent(event, dialog) {
    event.preventDefault();
    const typed = new FormData(event.target);
    const alarm = this.asking;
    if (dialog === this.handOver) {
      if (!typed.get("to")) return;
      this.act(alarm, "hand-over", null, { to: typed.get("to"), note: typed.get("note") });
    } else {
      this.act(alarm, "snooze", null, { seconds: Number(typed.get("seconds")), note: typed.get("note") });
    }
    dialog.close();
  }
}
