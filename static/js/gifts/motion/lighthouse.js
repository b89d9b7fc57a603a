/** Dusk over a swell; the lamp is lit, its beam goes round over the water and twice finds the viewer. */

const LIT_MS = 1000;
const TURN_MS = 2100;
const DARK_MS = 5300;

export const scene = {
  duration_ms: 5800,
  layers: ["dusk", "stars", "beam", "tower", "sea", "spray"],
  build(stage) {
    const { width, height } = stage;
    const { x, y, size } = stage.centre;
    const part = size / 128;
    const lamp = { x, y: y - 36 * part };
    const horizon = y + 36 * part;
    const dusk = stage.layer({
      background: `linear-gradient(180deg, #0a1038 0, #252a74 ${horizon * 0.5}px, #7b4a92 ${horizon * 0.84}px, #e58a6c ${horizon}px, #e58a6c 100%)`,
    });
    stage.during(dusk, { from: 0, until: 5800, rise: 700 });
    const stars = stage.particles({ front: false, limit: 40 });
    stars.burst({
      at: 300, over: 900, count: 34, x: (_, random) => random() * width, y: (_, random) => random() * horizon * 0.6,
      life: [2600, 4800], size: [1.4, 3.4], fade: "inout", colors: ["#ffffff", "#cfd8ff"],
    });
    far(stage, { horizon, part });
    const light = beam(stage, { lamp, part });
    const rig = stage.place();
    stage.animate(rig, [{ transform: "translateY(46%)", opacity: 0 }, { opacity: 1, offset: 0.4 }, { transform: "none", opacity: 1 }], {
      duration: 1200, easing: "cubic-bezier(.16, 1, .3, 1)",
    });
    stage.animate(rig, [{ opacity: 1, transform: "none" }, { opacity: 0, transform: "translateY(20%)" }], { duration: 600, delay: 5200, easing: "ease-in" });
    for (const name of ["beam", "sea"]) stage.style(stage.art.part(name), { opacity: 0 });
    const glow = stage.art.part("glow", 64, 28);
    near(stage, { horizon, part });
    const bloom = stage.layer({
      front: true,
      background: `radial-gradient(circle ${Math.max(width, height) * 0.75}px at ${lamp.x}px ${lamp.y}px, rgb(255 250 224 / .95), rgb(255 214 110 / .5) 22%, transparent 68%)`,
      opacity: 0,
    });
    stage.frame((milliseconds) => {
      const lit = Math.min(1, Math.max(0, (milliseconds - LIT_MS) / 400)) * Math.min(1, Math.max(0, (DARK_MS - milliseconds) / 400));
      const angle = Math.PI + ((milliseconds - LIT_MS) / TURN_MS) * 2 * Math.PI;
      const toViewer = -Math.sin(angle);
      light.setAttribute("transform", `translate(${lamp.x} ${lamp.y}) scale(${Math.cos(angle)} ${1 + 0.9 * Math.abs(toViewer)})`);
      light.setAttribute("opacity", lit * (toViewer > 0 ? 0.95 : 0.45));
      stage.style(glow, { opacity: 0.25 + 0.75 * lit, scale: 0.8 + 0.5 * lit * Math.max(0, toViewer) });
      stage.style(bloom, { opacity: lit * Math.max(0, toViewer) ** 7 * 0.85 });
    });
    spray(stage, { x, y, size });
  },
};

function beam(stage, { lamp, part }) {
  const reach = Math.max(lamp.x, stage.width - lamp.x) + 40;
  const svg = stage.drawing(stage.layer(), `0 0 ${stage.width} ${stage.height}`, "none");
  const fill = stage.gradient(svg, "linear", { gradientUnits: "userSpaceOnUse", x1: 0, y1: 0, x2: reach, y2: 0 }, [
    [0, "#fffbe0", 1], [0.35, "#ffe48a", 0.6], [1, "#ffd75e", 0],
  ]);
  const group = stage.shape("g", { opacity: 0 }, svg);
  stage.shape("path", { d: `M0 ${-4 * part}L${reach} ${-44 * part}V${44 * part}L0 ${4 * part}Z`, fill, "fill-opacity": 0.7 }, group);
  stage.shape("path", { d: `M0 ${-3 * part}L${reach} ${-18 * part}V${18 * part}L0 ${3 * part}Z`, fill }, group);
  return group;
}

function far(stage, { horizon, part }) {
  const layer = stage.layer();
  stage.during(layer, { from: 0, until: 5800, rise: 600 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const fill = stage.gradient(svg, "linear", { x1: 0, y1: 0, x2: 0, y2: 1 }, [[0, "#7a5a9c"], [0.2, "#3a3f86"], [1, "#0d1a48"]]);
  const water = stage.wave(svg, { y: horizon, length: 44 * part, rise: 5 * part, fill });
  stage.animate(water, [{ transform: "translateX(0)" }, { transform: `translateX(${44 * part}px)` }], { duration: 3000, iterations: 2 });
}

function near(stage, { horizon, part }) {
  const layer = stage.layer({ front: true });
  stage.during(layer, { from: 0, until: 5800, rise: 600 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const bands = [
    { y: horizon + 11 * part, length: 62 * part, rise: 12 * part, from: "#3f7fc8", to: "#15306e", duration: 2600, way: -1 },
    { y: horizon + 24 * part, length: 84 * part, rise: 16 * part, from: "#2a5aa8", to: "#0a1640", duration: 2100, way: 1 },
  ];
  for (const { y, length, rise, from, to, duration, way } of bands) {
    const fill = stage.gradient(svg, "linear", { x1: 0, y1: 0, x2: 0, y2: 1 }, [[0, from], [0.5, to], [1, to]]);
    const water = stage.wave(svg, { y, length, rise, fill, stroke: "#bfe2ff", "stroke-width": 1.4, "stroke-opacity": 0.6 });
    stage.animate(water, [{ translate: "0 0" }, { translate: `${way * length}px 0` }], { duration, iterations: 3 });
    stage.sample(water, (passed) => ({ transform: `translateY(${rise * 0.5 * Math.sin(passed * 20 + length)}px)` }), { duration: 5800, steps: 60 });
  }
}

function spray(stage, { x, y, size }) {
  const field = stage.particles({ limit: 90 });
  for (const [at, side] of [[1500, -1], [2900, 1], [4200, -1]]) {
    field.burst({
      at, over: 320, count: 26, x: (_, random) => x + side * size * (0.3 + 0.16 * random()), y: y + size * 0.34,
      angle: -Math.PI / 2 + side * 0.25, spread: 0.9, speed: [size * 0.25, size * 0.75], gravity: size * 1.5,
      life: [600, 1000], size: [2, 5], colors: ["#ffffff", "#cfeaff", "#9fd0ff"],
    });
  }
}
