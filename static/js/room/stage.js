// The stage: the still that the page came with, taken apart into layers that move. Paused, calm and
// prefers-reduced-motion all leave the picture standing still.
import { loadArt } from "gifts/art";

import { Motes } from "room/motes";
import { SCENES } from "room/scenes";

const SVG = "http://www.w3.org/2000/svg";

export class Stage {
  #host;
  #still;
  #button;
  #reduced = matchMedia("(prefers-reduced-motion: reduce)");
  #animations = null;
  #motes = null;
  #paused = false;
  #calm = false;
  #covered = false;

  /** `host` holds the still (`<img data-scene>`); `button` pauses and goes on. */
  constructor(host, { button, calm }) {
    this.#host = host;
    this.#still = host.querySelector("[data-scene]");
    this.#button = button;
    this.#calm = calm;
    this.#reduced.addEventListener("change", () => this.#settle());
    button?.addEventListener("click", () => {
      this.#paused = !this.#paused;
      this.#settle();
    });
    this.#settle();
  }

  setCalm(calm) {
    this.#calm = calm;
    this.#settle();
  }

  /** A picture lies over it: nobody sees it move. */
  setCovered(covered) {
    if (covered === this.#covered) return;
    this.#covered = covered;
    this.#settle();
  }

  get #isMoving() {
    return !this.#covered && !this.#paused && !this.#calm && !this.#reduced.matches;
  }

  async #settle() {
    this.#button?.setAttribute("aria-pressed", String(this.#paused));
    if (this.#button) this.#button.hidden = this.#covered || this.#calm || this.#reduced.matches;
    if (this.#isMoving && !this.#animations) await this.#build();
    for (const animation of this.#animations ?? []) {
      if (this.#isMoving) animation.play();
      else animation.pause();
    }
    if (this.#isMoving) this.#motes?.start();
    else this.#motes?.stop();
  }

  /** Without the drawing the still stays, which is a stage too. */
  async #build() {
    this.#animations = [];
    const name = this.#still.dataset.scene;
    const { layers, motes } = SCENES[name];
    let drawing;
    try {
      drawing = await loadArt(this.#still.src);
    } catch {
      return;
    }
    const square = document.createElement("div");
    square.className = "stage__square";
    const shared = drawing.querySelector("defs");
    for (const group of drawing.querySelectorAll(":scope > g")) {
      const layer = document.createElementNS(SVG, "svg");
      layer.setAttribute("viewBox", drawing.getAttribute("viewBox"));
      layer.setAttribute("class", "stage__layer");
      if (!square.children.length && shared) layer.append(document.importNode(shared, true));
      layer.append(document.importNode(group, true));
      square.append(layer);
      const motion = layers[group.id.slice(name.length + 1)];
      if (motion) this.#animations.push(move(layer, motion));
    }
    const canvas = document.createElement("canvas");
    canvas.className = "stage__motes";
    this.#host.append(square, canvas);
    this.#motes = new Motes(canvas, { name, look: motes });
  }
}

function move(layer, { frames, seconds, origin }) {
  if (origin) layer.style.setProperty("transform-origin", origin);
  return layer.animate(frames, {
    duration: seconds * 1000,
    iterations: Infinity,
    direction: "alternate",
    easing: "ease-in-out",
  });
}
