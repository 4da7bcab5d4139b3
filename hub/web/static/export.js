// The answer to the form is the file, so the page stays: it says that the file is being made, and a second press
// by impatience does not make, and write down, another one.

const AGAIN_MS = 10000;

const form = document.querySelector("form.fields");

form?.addEventListener("submit", () => {
  const button = form.querySelector("button.action");
  document.getElementById("making").hidden = false;
  // After the browser has taken the form: a disabled button would not send it.
  setTimeout(() => (button.disabled = true), 0);
  setTimeout(() => (button.disabled = false), AGAIN_MS);
});
