// The band across the top that says what this page cannot do: it receives nothing, or it cannot sound.

import { show, write } from "./slots.js";
import { word } from "./words.js";

const cutOff = document.getElementById("cut-off");
const silent = document.getElementById("silent");

export function sayLost(seconds) {
  show(cutOff, true);
  if (cutOff.childElementCount !== 2 || cutOff.querySelector("a")) {
    cutOff.replaceChildren(document.createElement("strong"), document.createElement("span"));
    cutOff.firstElementChild.textContent = word("Disconnected from the server. This page cannot receive alarms.");
    // The seconds change all the time: spoken once, seen always.
    cutOff.lastElementChild.ariaHidden = "true";
  }
  write(cutOff.lastElementChild, word("For {s} s. Use the telephone until this band is gone.", { s: seconds }));
}

export function saySignedOut() {
  show(cutOff, true);
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = word("Sign in");
  const strong = document.createElement("strong");
  strong.textContent = word("You are signed out. This page cannot receive alarms.");
  cutOff.replaceChildren(strong, link);
}

export function sayConnected() {
  if (cutOff.hidden) return;
  show(cutOff, false);
  cutOff.replaceChildren();
}

// Once at the beginning of a shift: browsers let a page sound only after a person has touched it.
export function saySilent(isSilent) {
  show(silent, isSilent);
}
