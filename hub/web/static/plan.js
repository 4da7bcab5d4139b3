// Puts counters into place on a drawing, by pointer and by keyboard. The form's own fields hold where they are:
// without this script they are filled in by hand.

import { write, show } from "./slots.js";
import { word } from "./words.js";

const STEP = 0.5; // percent of the drawing for one press of an arrow key
const FAR = 5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Spot {
  constructor(row, plan, moved) {
    this.row = row;
    this.plan = plan;
    this.moved = moved;
    [this.x, this.y] = row.querySelectorAll("input");
    this.put = row.querySelector(".put");
    this.mark = document.createElement("button");
    this.mark.type = "button";
    this.mark.className = "spot";
    this.mark.textContent = row.dataset.label;
    this.listen();
    this.show();
  }

  get placed() {
    return this.x.value.trim() !== "" && this.y.value.trim() !== "" && isFinite(this.x.value) && isFinite(this.y.value);
  }

  listen() {
    this.mark.addEventListener("pointerdown", (event) => this.hold(event));
    this.mark.addEventListener("keydown", (event) => this.press(event));
    this.mark.addEventListener("focus", () => this.row.classList.add("chosen"));
    this.mark.addEventListener("blur", () => this.row.classList.remove("chosen"));
    this.put.addEventListener("click", () => {
      this.move(50, 50);
      this.mark.focus();
    });
    for (const field of [this.x, this.y]) {
      field.addEventListener("input", () => {
        this.show();
        this.moved(this);
      });
    }
  }

  show() {
    show(this.put, !this.placed);
    if (!this.placed) {
      this.mark.remove();
      return;
    }
    this.mark.style.left = `${Math.min(Math.max(Number(this.x.value), 0), 100)}%`;
    this.mark.style.top = `${Math.min(Math.max(Number(this.y.value), 0), 100)}%`;
    if (this.mark.parentNode !== this.plan) this.plan.append(this.mark);
  }

  move(x, y) {
    const within = (percent) => Math.min(Math.max(percent, 0), 100).toFixed(1);
    this.x.value = within(x);
    this.y.value = within(y);
    this.show();
    this.moved(this);
  }

  hold(event) {
    if (event.button !== 0) return;
    const box = this.plan.getBoundingClientRect();
    const from = { x: event.clientX, y: event.clientY, left: Number(this.x.value), top: Number(this.y.value) };
    this.mark.setPointerCapture(event.pointerId);
    this.mark.classList.add("held");
    const drag = (to) =>
      this.move(from.left + (100 * (to.clientX - from.x)) / box.width, from.top + (100 * (to.clientY - from.y)) / box.height);
    const drop = () => {
      this.mark.classList.remove("held");
      this.mark.removeEventListener("pointermove", drag);
    };
    this.mark.addEventListener("pointermove", drag);
    this.mark.addEventListener("lostpointercapture", drop, { once: true });
  }

  press(event) {
    const way = ARROWS[event.key];
    if (way) {
      event.preventDefault();
      const step = event.shiftKey ? FAR : STEP;
      this.move(Number(this.x.value) + step * way[0], Number(this.y.value) + step * way[1]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.x.value = this.y.value = "";
      this.show();
      this.moved(this);
      this.put.focus();
    }
  }
}

function edit(plan) {
  const form = document.getElementById("places");
  let unsaved = false;
  const moved = (spot) => {
    unsaved = true;
    show(document.getElementById("unsaved"), true);
    const place = spot.row.dataset.label;
    const said = spot.placed
      ? word("{place}: {x} % from the left, {y} % from the top", { place, x: spot.x.value, y: spot.y.value })
      : word("{place}: not on the drawing", { place });
    write(document.getElementById("moved"), said);
  };
  for (const row of form.querySelectorAll("tr[data-unit]")) new Spot(row, plan, moved);
  form.addEventListener("submit", () => (unsaved = false));
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
}

// A file that is too large is told before it is sent.
function checkUpload(form) {
  const fault = document.getElementById("drawing-fault");
  form.addEventListener("submit", (event) => {
    const file = form.elements.drawing.files[0];
    if (!file || file.size <= Number(form.dataset.bytesMax)) return;
    event.preventDefault();
    write(fault, word("The file is larger than 4 MB. Please save the drawing smaller."));
    show(fault, true);
  });
}

const plan = document.getElementById("plan-edit");
if (plan) edit(plan);
checkUpload(document.getElementById("upload"));
