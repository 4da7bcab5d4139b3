// Notifications of the computer, where the browser allows them: for who has another window before this one.

import { show, write } from "./slots.js";
import { word } from "./words.js";

export class Notices {
  constructor(button, state) {
    this.button = button;
    this.state = state;
    this.shown = new Map(); // incident id -> notification
    button?.addEventListener("click", async () => {
      await Notification.requestPermission();
      this.say();
    });
    this.say();
  }

  // Without https the browser offers none.
  static get possible() {
    return "Notification" in window && window.isSecureContext;
  }

  say() {
    if (!this.state) return;
    const asks = Notices.possible && Notification.permission === "default";
    show(this.button, asks);
    if (!Notices.possible) write(this.state, word("This browser offers none here (they need https)."));
    else if (Notification.permission === "granted") write(this.state, word("Allowed: they appear when this page is not in front."));
    else if (Notification.permission === "denied") write(this.state, word("Refused in the settings of this browser."));
    else write(this.state, word("Not asked yet."));
  }

  tell(incident, title, body) {
    if (!Notices.possible || Notification.permission !== "granted") return;
    if (!document.hidden && document.hasFocus()) return;
    this.drop(incident.id);
    try {
      const notice = new Notification(title, { body, tag: `madomori-${incident.id}`, requireInteraction: true, lang: document.documentElement.lang });
      notice.onclick = () => {
        window.focus();
        notice.close();
      };
      this.shown.set(incident.id, notice);
    } catch (refused) {
      console.info("notification:", refused.message); // some browsers of telephones offer them to workers only
    }
  }

  drop(id) {
    this.shown.get(id)?.close();
    this.shown.delete(id);
  }
}
