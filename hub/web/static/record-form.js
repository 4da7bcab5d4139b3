// Whoever leaves the form with something that is not kept is asked by the browser first. While the form is on
// the screen, its page says so to the hub, and shows who else has it open.

const form = document.getElementById("record-form");
const others = document.getElementById("others");
const SAY_EVERY_MS = 25_000;
let typed = false; // since the hub was told the last time
let changed = document.querySelector(".conflicts, .said.problem") !== null;

form.addEventListener("input", () => {
  changed = true;
  typed = true;
});
form.addEventListener("submit", () => {
  changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

async function say() {
  if (document.hidden) return;
  const told = typed;
  typed = false;
  try {
    const answer = await fetch(`${form.getAttribute("action")}/writing`, {
      method: "POST",
      body: new URLSearchParams({ typed: told }),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show((await answer.json()).others);
  } catch {
    typed ||= told; // a notice, no more: the next word says it again
  }
}

function show(lines) {
  const list = others.querySelector("ul");
  const now = [...list.children].map((line) => line.textContent);
  if (now.join("\n") === lines.join("\n")) return; // a screen reader need not hear it again
  list.replaceChildren(
    ...lines.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    }),
  );
  others.hidden = lines.length === 0;
}

setInterval(say, SAY_EVERY_MS);
document.addEventListener("visibilitychange", say);
