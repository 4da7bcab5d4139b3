// What can be seen of the page when it cannot be seen: title and icon of its tab. Both are made here, since a
// page that has lost its server must still be able to change them. The icon is drawn once as points: browsers
// lay out a page of its own for an icon of lines, which takes some ten milliseconds at every flash.

const SIZE = 32;
const GROUND = { calm: "#0017c1", alarm: "#ce0000", lost: "#1a1a1a" };
const SIGN = {
  calm: { path: "M9 8h14v16H9zM16 8v16M9 16h14", width: 2.4, color: "#ffffff" },
  alarm: { path: "M16 7v11M16 22v3", width: 4, color: "#ffffff" },
  lost: { path: "M9 9l14 14M23 9L9 23", width: 4, color: "#ffd43d" },
};
const link = document.querySelector("link[rel=icon]");
const drawn = {};
let shown = "calm"; // as the page came
link.dataset.shows = shown;

function draw(name) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = GROUND[name];
  pen.roundRect(3, 3, 26, 26, 4);
  pen.fill();
  pen.strokeStyle = SIGN[name].color;
  pen.lineWidth = SIGN[name].width;
  pen.stroke(new Path2D(SIGN[name].path));
  return canvas.toDataURL("image/png");
}

export function icon(name) {
  if (name === shown) return;
  shown = name;
  drawn[name] ??= draw(name);
  link.dataset.shows = name;
  link.type = "image/png";
  link.href = drawn[name];
}

export function title(text) {
  if (document.title !== text) document.title = text;
}
