// While something waits for a unit's answer, the part that says so is fetched anew until it has come.

const EVERY_MS = 1500;

async function renew() {
  const waits = document.querySelector("[data-waiting]");
  if (!waits) return;
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(waits.id);
      if (fresh) waits.replaceWith(fresh);
    }
  } catch {
    // The hub is away: what stands here is what was known last; the next round asks again.
  }
  setTimeout(renew, EVERY_MS);
}

setTimeout(renew, EVERY_MS);
