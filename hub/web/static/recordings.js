// Fills the recordings of an incident into its page, for whoever may hear them; for others there is nothing.

const section = document.getElementById("recordings");
const list = section.querySelector("ul");
const pattern = section.querySelector("template").content.firstElementChild;

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

async function fill() {
  const answer = await fetch(`/api/v1/incidents/${section.dataset.incident}/recordings`);
  if (!answer.ok) return;
  const { recordings } = await answer.json();
  list.replaceChildren(
    ...recordings.map((one) => {
      const row = pattern.cloneNode(true);
      row.querySelector("a").href = `/recordings/${one.id}`;
      const begun = new Date(one.started).toLocaleTimeString("en-GB", { timeZone: section.dataset.zone || undefined });
      row.querySelector('[data-slot="begun"]').textContent = begun;
      row.querySelector('[data-slot="length"]').textContent = `\u00a0· ${clock(one.seconds)}`;
      return row;
    }),
  );
  section.hidden = recordings.length === 0;
}

fill();
