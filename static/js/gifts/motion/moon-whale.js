/** The moon rises from a quiet sea. The whale leaps in front of it, hangs there, and falls; the rings close. */

const LEAP_MS = 1900;
const FALL_MS = 4700;
const END_MS = 6800;

export const scene = {
  duration_ms: END_MS,
  layers: ["night", "stars", "moon", "far sea", "whale", "spray", "near sea"],
  build(stage) {
    const { width, height } = stage;
    const sea = height * 0.64;
    const moon = { x: width * 0.5, y: height * 0.34, r: Math.min(width * 0.36, height * 0.24) };
    const night = stage.layer({
      background: `linear-gradient(180deg, rgb(4 6 28 / .97) 0, rgb(16 24 84 / .96) ${sea * 0.62}px, rgb(42 74 142 / .96) ${sea}px, #0a1b4c ${sea + 1}px, #050b2a 100%)`,
    });
    stage.during(night, { from: 0, until: END_MS, rise: 700, fall: 800 });
    stage.particles({ front: false, limit: 80 }).burst({
      at: 300, over: 1400, count: 80, x: (_, random) => random() * width, y: (_, random) => random() * sea * 0.92,
      life: [3000, 5200], size: [1.2, 3.6], fade: "inout", colors: ["#ffffff", "#cfdcff", "#fff0c2"],
    });
    riseMoon(stage, { moon, sea });
    water(stage, { sea, front: false });
    glitter(stage, { moon, sea });
    const way = leap(stage, { sea, moon });
    splashes(stage, { sea, way });
    water(stage, { sea, front: true });
  },
};

function riseMoon(stage, { moon, sea }) {
  const layer = stage.layer({ "clip-path": `inset(0 0 ${stage.height - sea}px 0)` });
  stage.during(layer, { from: 200, until: END_MS, rise: 600, fall: 900 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const halo = stage.gradient(svg, "radial", {}, [[0, "#ffe9b0", 0.75], [0.45, "#ffd98a", 0.3], [1, "#ffd98a", 0]]);
  const face = stage.gradient(svg, "radial", { cx: 0.36, cy: 0.3, r: 0.85 }, [[0, "#fffef2"], [0.45, "#ffefb8"], [0.78, "#f5c970"], [1, "#cf9440"]]);
  const group = stage.shape("g", {}, svg, moon.x, moon.y);
  const { x, y, r } = moon;
  stage.shape("circle", { cx: x, cy: y, r: r * 1.8, fill: halo }, group);
  stage.shape("circle", { cx: x, cy: y, r, fill: face }, group);
  for (const [dx, dy, size] of [[0.4, -0.42, 0.2], [-0.18, -0.6, 0.12], [0.62, 0.12, 0.13], [-0.5, 0.3, 0.16], [0.12, 0.5, 0.1], [-0.1, 0.02, 0.08]]) {
    stage.shape("circle", { cx: x + dx * r, cy: y + dy * r, r: size * r, fill: "#c9914a", "fill-opacity": 0.26 }, group);
  }
  stage.animate(group, [{ transform: `translateY(${sea - y + r}px) scale(1.16)` }, { transform: "none" }], {
    duration: 2300, delay: 200, easing: "cubic-bezier(.2, .7, .3, 1)",
  });
}

function water(stage, { sea, front }) {
  const layer = stage.layer({ front });
  stage.during(layer, { from: 0, until: END_MS, rise: 600, fall: 800 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const { unit } = stage;
  const bands = front
    ? [[12, 46, 9, "#2d6fc0", "#0c2660", 3000, -1], [22, 64, 12, "#1f55a8", "#071a4a", 2500, 1], [38, 86, 15, "#153f88", "#040f32", 2200, -1]]
    : [[0, 30, 4, "#4a86d0", "#123070", 3600, 1], [5, 38, 6, "#3a78c8", "#0f2b6a", 3200, -1]];
  for (const [down, length, rise, from, to, duration, way] of bands) {
    const fill = stage.gradient(svg, "linear", { x1: 0, y1: 0, x2: 0, y2: 1 }, [[0, from], [0.4, to], [1, to]]);
    const band = stage.wave(svg, {
      y: sea + down * unit, length: length * unit, rise: rise * unit * 0.5, fill, stroke: "#cfeaff", "stroke-width": 1.3, "stroke-opacity": 0.5,
    });
    stage.animate(band, [{ translate: "0 0" }, { translate: `${way * length * unit}px 0` }], { duration, iterations: 3 });
    stage.sample(band, (passed) => ({ transform: `translateY(${swell(passed * END_MS) * rise * unit * (front ? 1 : 0.4)}px)` }), { duration: END_MS, steps: 68 });
  }
}

/** The sea breathes; the leap pulls it down and the fall throws it up. */
function swell(milliseconds) {
  const since = (at, width) => Math.exp(-(((milliseconds - at) / width) ** 2));
  return 0.22 * Math.sin(milliseconds / 420) - 0.7 * since(LEAP_MS + 150, 320) - 0.95 * since(FALL_MS + 260, 380);
}

/** Strokes of moonlight on the water, as wide as the moon is high. */
function glitter(stage, { moon, sea }) {
  const layer = stage.layer();
  stage.during(layer, { from: 900, until: END_MS, rise: 1200, fall: 900 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const rows = 11;
  for (let row = 0; row < rows; row += 1) {
    const y = sea + 6 + (row / rows) ** 1.3 * (stage.height - sea) * 0.62;
    const half = moon.r * (0.22 + 0.5 * (row / rows)) * (row % 2 ? 0.6 : 1);
    const stroke = stage.shape("path", {
      d: `M${moon.x - half} ${y}H${moon.x + half}`, stroke: "#ffedb8", "stroke-width": 1.6 + row * 0.35, "stroke-linecap": "round", "stroke-opacity": 0.7,
    }, svg, moon.x, y);
    stage.sample(stroke, (passed) => ({ transform: `translateX(${Math.sin(passed * 22 + row) * half * 0.2}px) scaleX(${0.55 + 0.45 * Math.sin(passed * 30 + row * 2.1)})` }), {
      duration: END_MS, steps: 60,
    });
  }
}

/** Up, a held breath in front of the moon, and down again. Returns the whale's place at a moment. */
function leap(stage, { sea, moon }) {
  const { art, unit } = stage;
  const { x, y, size } = stage.centre;
  for (const name of ["halo", "moon", "wave2", "wave1", "foam", "star"]) stage.style(art.part(name), { opacity: 0 });
  const half = Math.min(stage.width * 0.3, size * 0.62);
  const low = sea + size * 0.62;
  const way = (milliseconds) => {
    const passed = Math.min(1, Math.max(0, (milliseconds - LEAP_MS) / (FALL_MS - LEAP_MS)));
    const slowed = 0.5 + 0.42 * (passed - 0.5) + 2.32 * (passed - 0.5) ** 3;
    const side = 1 - 2 * slowed;
    return { x: moon.x + half * side, y: moon.y + size * 0.06 + (low - moon.y) * side ** 2 * 1.02, side, passed };
  };
  const rig = stage.place();
  stage.frame((milliseconds) => {
    const place = way(milliseconds);
    stage.style(rig, {
      transform: `translate(${place.x - x}px, ${place.y - y}px) rotate(${place.side * 62}deg) scale(${0.92 + 0.08 * (1 - place.side ** 2)})`,
      opacity: place.passed > 0 && place.passed < 1 ? 1 : 0,
    });
  });
  const span = { duration: FALL_MS - LEAP_MS, delay: LEAP_MS, steps: 40 };
  stage.sample(art.part("fluke", 110, 50), (passed) => ({ rotate: `${-26 * Math.cos(passed * Math.PI * 2.5)}deg` }), span);
  stage.sample(art.part("flipper", 48, 84), (passed) => ({ rotate: `${34 * Math.sin(passed * Math.PI * 2)}deg` }), span);
  const spout = art.part("spout", 41, 40);
  stage.animate(spout, [{ opacity: 0, scale: 0.2 }, { opacity: 0, scale: 0.2, offset: 0.3 }, { opacity: 1, scale: 1.1, offset: 0.45 }, { opacity: 0.9, scale: 1, offset: 0.62 }, { opacity: 0, scale: 0.7 }], {
    duration: FALL_MS - LEAP_MS, delay: LEAP_MS,
  });
  stage.style(rig, { filter: `drop-shadow(0 ${unit}px ${unit * 2}px rgb(4 8 40 / .5))` });
  return way;
}

function splashes(stage, { sea, way }) {
  const { size } = stage.centre;
  const drops = { shape: "streak", colors: ["#ffffff", "#d3efff", "#9fd6ff"], trail: 0.03 };
  const field = stage.particles({ limit: 420 });
  const up = way(LEAP_MS + 260);
  const down = way(FALL_MS - 260);
  field.burst({
    at: LEAP_MS + 120, over: 420, count: 90, x: (_, random) => up.x + (random() - 0.4) * size * 0.5, y: sea + size * 0.1, angle: -Math.PI / 2 - 0.14,
    spread: 1.1, speed: [size * 0.5, size * 1.7], gravity: size * 2, life: [800, 1500], size: [1.6, 3.8], ...drops,
  });
  field.stream({
    from: LEAP_MS + 500, until: FALL_MS - 500, rate: 46, x: (birth, random) => way(birth).x + (random() - 0.5) * size * 0.6,
    y: (birth, random) => way(birth).y + size * (0.1 + 0.2 * random()), angle: Math.PI / 2, spread: 1.2, speed: [10, 70], gravity: size * 1.3,
    life: [600, 1100], size: [1.2, 2.8], ...drops, trail: 0.05,
  });
  field.burst({
    at: FALL_MS - 420, over: 520, count: 150, x: (_, random) => down.x + (random() - 0.5) * size * 0.7, y: sea + size * 0.12, angle: -Math.PI / 2,
    spread: 1.5, speed: [size * 0.6, size * 2.3], gravity: size * 2.1, life: [900, 1700], size: [1.8, 4.6], ...drops,
  });
  field.burst({
    at: FALL_MS - 300, over: 500, count: 40, x: (_, random) => down.x + (random() - 0.5) * size * 0.8, y: sea + size * 0.08, angle: -Math.PI / 2,
    spread: 2, speed: [size * 0.1, size * 0.5], drag: 1.5, life: [700, 1200], size: [size * 0.04, size * 0.1], grow: 1.2, shape: "puff", alpha: 0.36, colors: ["#e6f6ff"],
  });
}
