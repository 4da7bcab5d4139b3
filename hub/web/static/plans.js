// The counters of an area where they stand on its drawing, or as a list. The same tile is in one or the other.

import { clone, show } from "./slots.js";
import { word } from "./words.js";

export class FloorPlans {
  constructor(tiles) {
    this.tiles = tiles;
    this.plans = new Map(); // area id -> plan as the API gives it
    this.view = "list";
    tiles.placed = (unit) => this.arrange(unit);
  }

  get any() {
    return this.plans.size > 0;
  }

  choose(view) {
    this.view = view;
    this.arrangeAll();
  }

  replaceAll(plans) {
    this.plans = new Map(plans.map((plan) => [plan.area, plan]));
    this.arrangeAll();
  }

  set(plan) {
    if (plan.drawing) this.plans.set(plan.area, plan);
    else this.plans.delete(plan.area);
    this.arrangeAll();
  }

  arrangeAll() {
    for (const section of this.tiles.root.querySelectorAll(".area")) this.draw(section);
    for (const unit of this.tiles.tiles.keys()) this.arrange(unit);
  }

  // The drawing of a section, where there is one and it is wanted.
  draw(section) {
    const plan = this.view === "plan" ? this.plans.get(section.dataset.area) : undefined;
    let figure = section.querySelector(".plan");
    section.dataset.view = plan ? "plan" : "list";
    if (!plan) {
      if (figure) show(figure, false);
      return;
    }
    if (!figure) {
      figure = clone("plan-template");
      section.querySelector(".tiles").before(figure);
    }
    show(figure, true);
    const picture = figure.querySelector("img");
    if (picture.getAttribute("src") === plan.drawing) return;
    figure.style.setProperty("--ratio", plan.width / plan.height);
    picture.width = plan.width;
    picture.height = plan.height;
    picture.alt = word("Floor plan: {area}", { area: section.ariaLabel ?? "" });
    picture.src = plan.drawing;
  }

  // Puts one tile where it belongs. In the list the order is that of the hub.
  arrange(unit) {
    const tile = this.tiles.tiles.get(unit);
    const section = this.tiles.section(tile.counter?.area);
    const plan = section.dataset.view === "plan" ? this.plans.get(section.dataset.area) : undefined;
    const spot = plan && Object.hasOwn(plan.spots, unit) ? plan.spots[unit] : null;
    const home = section.querySelector(spot ? ".plan-tiles" : ".tiles");
    if (tile.element.parentNode !== home) {
      home.append(tile.element);
      if (!spot) this.sort(home);
    }
    tile.element.style.left = spot ? `${100 * spot[0]}%` : "";
    tile.element.style.top = spot ? `${100 * spot[1]}%` : "";
  }

  sort(list) {
    const order = [...this.tiles.tiles.values()].map((tile) => tile.element).filter((element) => element.parentNode === list);
    list.replaceChildren(...order);
  }
}
