// What can be seen of the page when it cannot be seen: title and icon of its tab. Both are made here, since a
// page that has lost its server must still be able to change them.

const GROUND = { calm: "#0017c1", alarm: "#ce0000", lost: "#1a1a1a" };
const SIGN = {
  calm: '<path d="M9 8h14v16H9zM16 8v16M9 16h14" fill="none" stroke="#fff" stroke-width="2.4"/>',
  alarm: '<path d="M16 7v11M16 22v3" stroke="#fff" stroke-width="4"/>',
  lost: '<path d="M9 9l14 14M23 9L9 23" stroke="#ffd43d" stroke-width="4"/>',
};
const HREF = Object.fromEntries(
  Object.keys(GROUND).map((name) => {
    const box = `<rect x="3" y="3" width="26" height="26" rx="4" fill="${GROUND[name]}"/>`;
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${box}${SIGN[name]}</svg>`;
    return [name, `data:image/svg+xml,${encodeURIComponent(picture)}`];
  }),
);
const link = document.querySelector("link[rel=icon]");
let shown = "calm";

export function icon(name) {
  if (name === shown) return;
  shown = name;
  link.href = HREF[name];
}

export function title(text) {
  if (document.title !== text) document.title = text;
}
