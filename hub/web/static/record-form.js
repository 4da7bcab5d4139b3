// Whoever leaves the form with something that is not kept is asked by the browser first.

const form = document.getElementById("record-form");
let changed = document.querySelector(".conflicts, .said.problem") !== null;

form.addEventListener("input", () => {
  changed = true;
});
form.addEventListener("submit", () => {
  changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
