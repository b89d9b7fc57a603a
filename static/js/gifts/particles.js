/**
 * Particles on a canvas whose place is a formula of their age. Nothing is stepped, so any moment can
 * be drawn at any time, and a scene looks the same at 20 and at 120 frames a second.
 */

const PIXEL_LIMIT = 1_200_000;
const SPRITE = 64;
const sprites = new Map();

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number for a text, to seed `randomFrom` with. */
export function seedOf(text) {
  let hash = 2166136261;
  for (const character of String(text)) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return hash >>> 0;
}

/** Canvas pixels for one CSS pixel: those of the screen, but never more than a weak device can fill. */
export function pixelScale(width, height) {
  return Math.min(globalThis.devicePixelRatio || 1, Math.sqrt(PIXEL_LIMIT / Math.max(1, width * height)));
}

export class ParticleField {
  #context;
  #particles = [];
  #scale;
  #random;
  #limit;

  /** `width` and `height` in CSS pixels; at most `limit` particles are ever accepted. */
  constructor(canvas, { width, height, seed = 1, limit = 420, blend = "source-over" }) {
    this.#scale = pixelScale(width, height);
    canvas.width = Math.max(1, Math.round(width * this.#scale));
    canvas.height = Math.max(1, Math.round(height * this.#scale));
    this.#context = canvas.getContext("2d");
    this.#random = randomFrom(seed);
    this.#limit = limit;
    this.blend = blend;
  }

  /** All at once: `count` particles born at `at` milliseconds, spread over `over` milliseconds. */
  burst({ at, count, over = 0, ...look }) {
    for (let index = 0; index < count; index += 1) {
      this.#add(at + over * (count > 1 ? index / (count - 1) : 0), look);
    }
  }

  /** A source that gives `rate` particles a second from `from` until `until` milliseconds. */
  stream({ from, until, rate, ...look }) {
    this.burst({ at: from, count: Math.round(((until - from) / 1000) * rate), over: until - from, ...look });
  }

  /**
   * `look`: x, y (pixels, or functions of the birth time and a random source), angle and spread
   * (radians), speed [min, max] (pixels a second), gravity, drag (per second), life [min, max]
   * (milliseconds), size [min, max], colors, shape, sway (pixels), spin, grow, fade ("out" | "inout").
   */
  #add(birth, look) {
    if (this.#particles.length >= this.#limit) return;
    const random = this.#random;
    const between = ([low, high]) => low + (high - low) * random();
    const place = (value) => (typeof value === "function" ? value(birth, random) : value);
    const angle = place(look.angle ?? 0) + (random() - 0.5) * (look.spread ?? 0);
    const speed = between(look.speed ?? [0, 0]);
    this.#particles.push({
      birth,
      life: between(look.life ?? [800, 1200]),
      x: place(look.x),
      y: place(look.y),
      vx: Math.cos(angle) * speed,
      vy: Math.sin(angle) * speed,
      gravity: look.gravity ?? 0,
      drag: Math.max(look.drag ?? 0.0001, 0.0001),
      size: between(look.size ?? [4, 8]),
      color: look.colors[Math.floor(random() * look.colors.length)],
      draw: SHAPES[look.shape ?? "glow"],
      sway: look.sway ?? 0,
      phase: random() * Math.PI * 2,
      spin: ((look.spin ?? 0) * (random() - 0.5)) * 2,
      grow: look.grow ?? 0,
      fade: look.fade ?? "out",
      alpha: look.alpha ?? 1,
      trail: look.trail ?? 0.05,
    });
  }

  draw(milliseconds) {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.globalCompositeOperation = this.blend;
    for (const particle of this.#particles) {
      const age = milliseconds - particle.birth;
      if (age >= 0 && age < particle.life) this.#paint(particle, age);
    }
  }

  #paint(particle, age) {
    const context = this.#context;
    const scale = this.#scale;
    const seconds = age / 1000;
    const part = age / particle.life;
    const reach = (1 - Math.exp(-particle.drag * seconds)) / particle.drag;
    const slowing = Math.exp(-particle.drag * seconds);
    const x = particle.x + particle.vx * reach + particle.sway * Math.sin(seconds * 2.4 + particle.phase);
    const y = particle.y + particle.vy * reach + 0.5 * particle.gravity * seconds * seconds;
    const fade = particle.fade === "inout" ? Math.sin(Math.PI * part) : 1 - part * part;
    context.globalAlpha = Math.max(0, Math.min(1, fade * particle.alpha));
    context.setTransform(scale, 0, 0, scale, x * scale, y * scale);
    particle.draw(context, particle, {
      size: Math.max(0.1, particle.size * (1 + particle.grow * part)),
      vx: particle.vx * slowing,
      vy: particle.vy * slowing + particle.gravity * seconds,
      turn: particle.phase + particle.spin * seconds,
    });
  }
}

const SHAPES = {
  glow(context, { color }, { size }) {
    context.drawImage(sprite(color, 0.12), -size, -size, size * 2, size * 2);
  },
  puff(context, { color }, { size }) {
    context.drawImage(sprite(color, 0.5), -size, -size, size * 2, size * 2);
  },
  disc(context, { color }, { size }) {
    context.fillStyle = color;
    context.beginPath();
    context.arc(0, 0, size / 2, 0, Math.PI * 2);
    context.fill();
  },
  star(context, { color }, { size, turn }) {
    context.rotate(turn);
    context.fillStyle = color;
    context.beginPath();
    for (let point = 0; point < 8; point += 1) {
      const radius = point % 2 ? size * 0.22 : size;
      context.lineTo(Math.cos((point * Math.PI) / 4) * radius, Math.sin((point * Math.PI) / 4) * radius);
    }
    context.closePath();
    context.fill();
  },
  streak(context, { color, trail }, { size, vx, vy }) {
    context.strokeStyle = color;
    context.lineWidth = size;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(-vx * trail, -vy * trail);
    context.stroke();
  },
  petal(context, { color }, { size, turn }) {
    context.rotate(turn);
    context.scale(1, 0.35 + 0.65 * Math.abs(Math.cos(turn * 1.7)));
    context.fillStyle = color;
    context.beginPath();
    context.ellipse(0, 0, size, size * 0.55, 0, 0, Math.PI * 2);
    context.fill();
  },
};

/** A soft round spot, drawn once per colour; `core` is how far its full colour reaches. */
function sprite(color, core) {
  const key = `${color} ${core}`;
  if (!sprites.has(key)) {
    const canvas = document.createElement("canvas");
    canvas.width = SPRITE;
    canvas.height = SPRITE;
    const context = canvas.getContext("2d");
    const half = SPRITE / 2;
    const gradient = context.createRadialGradient(half, half, 0, half, half, half);
    gradient.addColorStop(0, color);
    gradient.addColorStop(core, color);
    gradient.addColorStop(1, `${color}00`);
    context.fillStyle = gradient;
    context.fillRect(0, 0, SPRITE, SPRITE);
    sprites.set(key, canvas);
  }
  return sprites.get(key);
}
