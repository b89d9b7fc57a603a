// Specks of light, dust or snow over a scene. Where each one is follows from the time alone, so
// pausing and going on needs no bookkeeping.
import { randomFrom, seedOf } from "gifts/particles";

const FRAME_MS = 1000 / 24;
const SPRITE = 32;

export class Motes {
  #canvas;
  #context;
  #motes;
  #look;
  #sprites;
  #frame = null;
  #drawnAt = 0;

  constructor(canvas, { name, look }) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#look = look;
    this.#sprites = look.colors.map((color) => sprite(color, look.glow));
    const random = randomFrom(seedOf(name));
    this.#motes = Array.from({ length: look.count }, () => ({
      x: random(),
      y: random(),
      pace: 0.5 + random(),
      phase: random() * Math.PI * 2,
      size: look.size[0] + (look.size[1] - look.size[0]) * random(),
      sprite: this.#sprites[Math.floor(random() * this.#sprites.length)],
    }));
  }

  start() {
    this.#frame ??= requestAnimationFrame((now) => this.#tick(now));
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #tick(now) {
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
    if (now - this.#drawnAt < FRAME_MS) return;
    this.#drawnAt = now;
    this.#draw(now / 1000);
  }

  #draw(seconds) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const [driftX, driftY] = this.#look.drift;
    this.#context.clearRect(0, 0, width, height);
    for (const mote of this.#motes) {
      const sway = Math.sin(seconds * 0.5 * mote.pace + mote.phase) * 0.015;
      const x = wrap(mote.x + (driftX / 100) * mote.pace * seconds + sway);
      const y = wrap(mote.y + (driftY / 100) * mote.pace * seconds);
      const side = mote.size * (this.#look.glow ? 5 : 2);
      this.#context.globalAlpha = 0.35 + 0.45 * (0.5 + 0.5 * Math.sin(seconds * mote.pace + mote.phase));
      this.#context.drawImage(mote.sprite, x * width - side / 2, y * height - side / 2, side, side);
    }
  }
}

/** A place in [0, 1) with a little room outside of the picture on both sides. */
function wrap(place) {
  const span = 1.1;
  return (((place % span) + span) % span) - 0.05;
}

function sprite(color, glow) {
  const canvas = document.createElement("canvas");
  canvas.width = SPRITE;
  canvas.height = SPRITE;
  const context = canvas.getContext("2d");
  const half = SPRITE / 2;
  const gradient = context.createRadialGradient(half, half, 0, half, half, half);
  gradient.addColorStop(0, color);
  gradient.addColorStop(glow ? 0.18 : 0.6, color);
  gradient.addColorStop(1, `${color}00`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, SPRITE, SPRITE);
  return canvas;
}
