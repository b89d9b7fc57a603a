/** What a scene is given to play on: its box, the gift's drawing, one timeline, and tools to draw with. */

import { shape } from "./art.js";
import { ParticleField, pixelScale } from "./particles.js";

let gradients = 0;

export class Stage {
  #timeline;
  #seed;
  #limit;

  /** `root` is the box of the scene, `seat` the place in it where the gift's drawing stands. */
  constructor({ root, seat, art, timeline, seed, limit = 420 }) {
    this.root = root;
    this.seat = seat;
    this.art = art;
    this.#timeline = timeline;
    this.#seed = seed;
    this.#limit = limit;
    this.width = root.clientWidth;
    this.height = root.clientHeight;
    /** A hundredth of the shorter side, so that scenes fit a phone and a desktop. */
    this.unit = Math.min(this.width, this.height) / 100;
    /** 1 where text runs to the right, -1 where it runs to the left. */
    this.forward = getComputedStyle(root).direction === "rtl" ? -1 : 1;
  }

  /** Middle of the seat, in pixels of the stage. */
  get centre() {
    return {
      x: this.seat.offsetLeft + this.seat.offsetWidth / 2,
      y: this.seat.offsetTop + this.seat.offsetHeight / 2,
      size: this.seat.offsetWidth,
    };
  }

  /** Put the gift's drawing into the seat and return the element that carries it. */
  place() {
    const rig = document.createElement("div");
    rig.className = "gift-rig";
    rig.append(this.art.svg);
    this.seat.append(rig);
    return rig;
  }

  /** A full-size layer behind the seat (or in front of it), with CSS `properties`. */
  layer({ front = false, ...properties } = {}) {
    const element = document.createElement("div");
    element.className = "gift-scene-layer";
    this.style(element, properties);
    if (front) this.root.append(element);
    else this.seat.before(element);
    return element;
  }

  /**
   * A band of water: waves of `length` and `rise` pixels along `y`, filled to the bottom of the stage.
   * It is wider than the stage by one wave on each side, so that it can be moved along.
   */
  wave(svg, { y, length, rise, fill, ...attributes }) {
    const count = Math.ceil(this.width / length) + 3;
    const crests = Array.from({ length: count }, () => `q${length / 4} ${-rise} ${length / 2} 0t${length / 2} 0`).join("");
    const d = `M${-length} ${y}${crests}V${this.height + rise * 4}H${-length}Z`;
    return shape("path", { d, fill, ...attributes }, svg);
  }

  /** Set CSS properties through the CSSOM, which a strict content security policy allows. */
  style(element, properties) {
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  }

  /** An SVG that fills a layer; `fit` is its preserveAspectRatio. */
  drawing(layer, viewBox, fit = "xMidYMid meet") {
    return shape("svg", { viewBox, preserveAspectRatio: fit, class: "gift-art", "aria-hidden": "true" }, layer);
  }

  /** An SVG element; groups and shapes turn around (`x`, `y`) when given. */
  shape(name, attributes, parent, x = null, y = null) {
    const element = shape(name, attributes, parent);
    if (x !== null) this.style(element, { "transform-box": "view-box", "transform-origin": `${x}px ${y}px` });
    return element;
  }

  /** A gradient in `svg`; `stops` are [offset, colour, opacity]. Returns the paint to fill with. */
  gradient(svg, kind, attributes, stops) {
    gradients += 1;
    const id = `gift-paint-${gradients}`;
    const gradient = shape(`${kind}Gradient`, { id, ...attributes }, svg);
    for (const [offset, color, opacity = 1] of stops) {
      shape("stop", { offset, "stop-color": color, "stop-opacity": opacity }, gradient);
    }
    return `url(#${id})`;
  }

  /** Fade an element in, hold it, and fade it out, between `from` and `until` milliseconds. */
  during(element, { from, until, rise = 600, fall = 600 }) {
    const duration = until - from;
    const keyframes = [
      { opacity: 0 },
      { opacity: 1, offset: rise / duration },
      { opacity: 1, offset: 1 - fall / duration },
      { opacity: 0 },
    ];
    return this.animate(element, keyframes, { duration, delay: from });
  }

  animate(element, keyframes, options) {
    return this.#timeline.animate(element, keyframes, options);
  }

  /** Keyframes taken from `at(part)`, a function of the part 0 … 1 that has passed. */
  sample(element, at, { steps = 24, ...options }) {
    const keyframes = Array.from({ length: steps + 1 }, (_, step) => at(step / steps));
    return this.animate(element, keyframes, { easing: "linear", ...options });
  }

  /** Call `draw(milliseconds)` at each frame. */
  frame(draw) {
    this.#timeline.frame(draw);
  }

  /** A canvas over the whole stage that `paint(context, milliseconds)` draws afresh at each frame, in pixels of the stage. */
  canvas(layer, paint) {
    const canvas = document.createElement("canvas");
    canvas.className = "gift-scene-layer";
    layer.append(canvas);
    const scale = pixelScale(this.width, this.height);
    canvas.width = Math.max(1, Math.round(this.width * scale));
    canvas.height = Math.max(1, Math.round(this.height * scale));
    const context = canvas.getContext("2d");
    this.frame((milliseconds) => {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      paint(context, milliseconds);
    });
  }

  /** A particle field over the whole stage; it draws itself. */
  particles({ front = true, blend, limit = this.#limit, layer = null } = {}) {
    const canvas = document.createElement("canvas");
    canvas.className = "gift-scene-layer";
    if (layer) layer.append(canvas);
    else if (front) this.root.append(canvas);
    else this.seat.before(canvas);
    const field = new ParticleField(canvas, { width: this.width, height: this.height, seed: this.#seed, limit, blend });
    this.frame((milliseconds) => field.draw(milliseconds));
    return field;
  }
}
