/**
 * A model of the sky is built in the air: rings are drawn one by one, planets take their places, gears
 * turn below. Once all planets stand in one line light runs through them; then it folds into the globe.
 */

const ALIGN_MS = 5100;
const FOLD_MS = 6500;
const END_MS = 8000;
const SUN_MS = 900;

/** radius (part of the machine), turns until the line, size, colours light to dark, moment it appears */
const ORBITS = [
  { radius: 0.24, turns: 5, size: 0.028, colors: ["#ffe9d0", "#f0a04a", "#7a3410"], at: 1300 },
  { radius: 0.38, turns: 3.5, size: 0.042, colors: ["#ffe0d0", "#f0704a", "#8a1c34"], at: 1700 },
  { radius: 0.54, turns: 2.5, size: 0.056, colors: ["#d8fbff", "#4ab8f0", "#123f9a"], at: 2100 },
  { radius: 0.73, turns: 1.75, size: 0.07, colors: ["#f6e8ff", "#b07af0", "#4a1c8a"], at: 2500, ringed: true },
  { radius: 0.94, turns: 1.25, size: 0.05, colors: ["#e8ffd8", "#4fc87a", "#0f5a4a"], at: 2900 },
];
/** The direction of the line in the plane of the orbits. */
const LINE = -0.62;

export const scene = {
  duration_ms: END_MS,
  layers: ["dark", "stars", "gears", "rings and planets", "line of light", "globe", "gold dust"],
  build(stage) {
    const { width, height } = stage;
    const centre = stage.centre;
    const reach = Math.min(width * 0.47, height * 0.34, centre.size * 0.86);
    const dark = stage.layer({
      background: `radial-gradient(circle ${Math.max(width, height) * 0.8}px at ${centre.x}px ${centre.y}px, rgb(44 32 96 / .96), rgb(16 12 52 / .97) 45%, rgb(4 3 18 / .98))`,
    });
    stage.during(dark, { from: 0, until: END_MS, rise: 800, fall: 900 });
    stage.particles({ front: false, limit: 110 }).stream({
      from: 200, until: 6400, rate: 17, x: (_, random) => random() * width, y: (_, random) => random() * height, speed: [0, 5], spread: 6,
      life: [1800, 3000], size: [1.2, 3.4], fade: "inout", colors: ["#ffffff", "#ffe9b8", "#c9c2ff"],
    });
    gears(stage, { centre, reach });
    machine(stage, { centre, reach });
    globe(stage, { centre });
    gold(stage, { centre, reach });
  },
};

const between = (milliseconds, from, until) => Math.min(1, Math.max(0, (milliseconds - from) / (until - from)));
const smooth = (part) => part * part * (3 - 2 * part);

/** Large dim wheels behind, meshing: their pace goes by their teeth. */
function gears(stage, { centre, reach }) {
  const layer = stage.layer({ opacity: 0 });
  stage.animate(layer, [{ opacity: 0 }, { opacity: 0.5, offset: 0.25 }, { opacity: 0.5, offset: 0.8 }, { opacity: 0 }], { duration: FOLD_MS - 200, delay: 600 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const brass = stage.gradient(svg, "linear", { x1: 0, y1: 0, x2: 1, y2: 1 }, [[0, "#f5d58a"], [0.5, "#9a6a24"], [1, "#43270c"]]);
  const wheels = [[0, 0.94, 0.66, 26, 1, 0], [-0.82, 0.56, 0.4, 16, -1, 6], [0.84, 0.6, 0.36, 14, -1, 3], [-0.72, -0.78, 0.34, 14, 1, 0], [0.74, -0.84, 0.44, 18, -1, 0]];
  for (const [dx, dy, radius, teeth, way, turned] of wheels) {
    const x = centre.x + dx * reach;
    const y = centre.y + dy * reach;
    const wheel = stage.shape("path", { d: gear(x, y, radius * reach, teeth), fill: brass, "fill-rule": "evenodd" }, svg, x, y);
    stage.sample(wheel, (passed) => ({ rotate: `${turned + way * (26 / teeth) * 150 * smooth(passed)}deg` }), { duration: 6300, delay: 600, steps: 60 });
  }
}

function gear(x, y, radius, teeth) {
  const point = (angle, distance) => `${(x + Math.cos(angle) * distance).toFixed(1)} ${(y + Math.sin(angle) * distance).toFixed(1)}`;
  const step = (Math.PI * 2) / teeth;
  let d = "";
  for (let tooth = 0; tooth < teeth; tooth += 1) {
    const start = tooth * step;
    d += `${tooth ? "L" : "M"}${point(start, radius * 0.9)}L${point(start + step * 0.16, radius)}L${point(start + step * 0.42, radius)}L${point(start + step * 0.58, radius * 0.9)}`;
  }
  d += "Z";
  for (let hole = 0; hole < 6; hole += 1) {
    const middle = (hole * Math.PI) / 3;
    d += `M${point(middle - 0.36, radius * 0.74)}A${radius * 0.74} ${radius * 0.74} 0 0 1 ${point(middle + 0.36, radius * 0.74)}L${point(middle + 0.26, radius * 0.36)}A${radius * 0.36} ${radius * 0.36} 0 0 0 ${point(middle - 0.26, radius * 0.36)}Z`;
  }
  return d;
}

/** The rings and planets, drawn from the far side to the near side of the sun. */
function machine(stage, { centre, reach }) {
  const layer = stage.layer();
  stage.canvas(layer, (context, milliseconds) => {
    const fold = smooth(between(milliseconds, FOLD_MS - 300, FOLD_MS + 700));
    const size = reach * (1 - 0.82 * fold);
    const view = {
      flat: 0.34 + 0.16 * Math.sin(milliseconds / 1500) + 0.3 * smooth(between(milliseconds, 4200, ALIGN_MS)) * (1 - fold),
      roll: -0.3 + 0.22 * smooth(between(milliseconds, 1000, 5200)) + fold * 2.2,
    };
    context.globalAlpha = 1 - smooth(between(milliseconds, FOLD_MS + 250, FOLD_MS + 750));
    if (context.globalAlpha === 0) return;
    context.translate(centre.x, centre.y);
    context.rotate(view.roll);
    const planets = ORBITS.map((orbit) => placePlanet(orbit, { milliseconds, size, view }));
    for (const orbit of ORBITS) ring(context, orbit, { milliseconds, size, view, near: false });
    for (const planet of planets) if (!planet.near) ball(context, planet);
    sun(context, { milliseconds, size, fold });
    lineOfLight(context, { milliseconds, size, view });
    for (const orbit of ORBITS) ring(context, orbit, { milliseconds, size, view, near: true });
    for (const planet of planets) if (planet.near) ball(context, planet);
  });
}

/** All planets reach the line at ALIGN_MS, each after its own number of turns, and rest there. */
function placePlanet(orbit, { milliseconds, size, view }) {
  const passed = Math.min(1, milliseconds / ALIGN_MS);
  const left = (1 - passed) ** 1.5;
  const after = smooth(between(milliseconds, FOLD_MS - 500, FOLD_MS + 600)) * orbit.turns;
  const angle = LINE + (after - left * orbit.turns) * Math.PI * 2;
  const shown = smooth(between(milliseconds, orbit.at, orbit.at + 500));
  const depth = 1 + 0.22 * Math.sin(angle);
  return {
    ...orbit,
    x: Math.cos(angle) * orbit.radius * size,
    y: Math.sin(angle) * orbit.radius * size * view.flat,
    r: orbit.size * size * 2 * shown * depth,
    near: Math.sin(angle) > 0,
  };
}

function ring(context, orbit, { milliseconds, size, view, near }) {
  const drawn = smooth(between(milliseconds, orbit.at - 500, orbit.at + 500));
  if (drawn === 0) return;
  const radius = orbit.radius * size;
  const brass = context.createLinearGradient(-radius, -radius, radius, radius);
  for (const [offset, color] of [[0, "#fff6c4"], [0.35, "#e8b850"], [0.7, "#a8701c"], [1, "#ffe6a0"]]) brass.addColorStop(offset, color);
  context.strokeStyle = brass;
  context.lineWidth = size * (near ? 0.024 : 0.015);
  context.lineCap = "round";
  const [start, end] = near ? [0, Math.PI] : [Math.PI, Math.PI * 2];
  context.beginPath();
  context.ellipse(0, 0, radius, radius * view.flat, 0, start, start + (end - start) * drawn);
  context.stroke();
}

function ball(context, { x, y, r, colors, ringed }) {
  if (r < 0.3) return;
  const shade = context.createRadialGradient(x - r * 0.4, y - r * 0.4, r * 0.1, x, y, r);
  colors.forEach((color, index) => shade.addColorStop([0, 0.5, 1][index], color));
  context.fillStyle = shade;
  context.beginPath();
  context.arc(x, y, r, 0, Math.PI * 2);
  context.fill();
  if (!ringed) return;
  context.strokeStyle = "#ffe39a";
  context.lineWidth = r * 0.22;
  context.beginPath();
  context.ellipse(x, y, r * 1.8, r * 0.5, -0.35, -0.2, Math.PI + 0.2);
  context.stroke();
}

function sun(context, { milliseconds, size, fold }) {
  const lit = smooth(between(milliseconds, SUN_MS - 300, SUN_MS + 900));
  if (lit === 0) return;
  const flare = Math.exp(-(((milliseconds - ALIGN_MS - 350) / 620) ** 2));
  const radius = size * 0.115 * lit * (1 + 0.25 * flare + 0.03 * Math.sin(milliseconds / 160));
  const reach = radius * (3.2 + 2 * flare) * (1 - 0.4 * fold);
  const glow = context.createRadialGradient(0, 0, radius * 0.4, 0, 0, reach);
  for (const [offset, color] of [[0, "rgb(255 244 196 / .95)"], [0.3, "rgb(255 206 90 / .5)"], [1, "rgb(255 150 40 / 0)"]]) glow.addColorStop(offset, color);
  context.fillStyle = glow;
  context.fillRect(-reach, -reach, reach * 2, reach * 2);
  const face = context.createRadialGradient(-radius * 0.35, -radius * 0.4, radius * 0.1, 0, 0, radius);
  for (const [offset, color] of [[0, "#fffef0"], [0.4, "#ffe37a"], [0.75, "#ffab2e"], [1, "#f07a22"]]) face.addColorStop(offset, color);
  context.fillStyle = face;
  context.beginPath();
  context.arc(0, 0, radius, 0, Math.PI * 2);
  context.fill();
}

/** From the sun outwards through every planet, once, without a flash. */
function lineOfLight(context, { milliseconds, size, view }) {
  const grown = smooth(between(milliseconds, ALIGN_MS - 100, ALIGN_MS + 600));
  const left = 1 - smooth(between(milliseconds, FOLD_MS - 500, FOLD_MS - 50));
  if (grown === 0 || left === 0) return;
  const x = Math.cos(LINE) * size * 1.25 * grown;
  const y = Math.sin(LINE) * size * 1.25 * grown * view.flat;
  const light = context.createLinearGradient(0, 0, x, y);
  light.addColorStop(0, `rgb(255 250 220 / ${0.95 * left})`);
  light.addColorStop(0.75, `rgb(255 226 140 / ${0.7 * left})`);
  light.addColorStop(1, "rgb(255 226 140 / 0)");
  context.lineCap = "round";
  for (const [widthPart, alpha] of [[0.075, 0.28], [0.035, 0.5], [0.012, 1]]) {
    context.save();
    context.globalAlpha *= alpha;
    context.strokeStyle = light;
    context.lineWidth = size * widthPart;
    context.beginPath();
    context.moveTo(-x * 0.2, -y * 0.2);
    context.lineTo(x, y);
    context.stroke();
    context.restore();
  }
}

function globe(stage) {
  const rig = stage.place();
  stage.animate(
    rig,
    [
      { transform: "scale(.1) rotate(-70deg)", opacity: 0 },
      { transform: "scale(1.07) rotate(4deg)", opacity: 1, offset: 0.75 },
      { transform: "none", opacity: 1 },
    ],
    { duration: 950, delay: FOLD_MS + 50, easing: "cubic-bezier(.2, .8, .3, 1)" },
  );
  stage.animate(rig, [{ opacity: 1, translate: "0 0" }, { opacity: 0, translate: "0 -6%" }], { duration: 420, delay: END_MS - 430, easing: "ease-in" });
  stage.sample(stage.art.part("glow", 64, 52), (passed) => ({ scale: `${1 + 0.22 * Math.sin(passed * 9)}` }), { duration: 1500, delay: FOLD_MS, steps: 20 });
}

function gold(stage, { centre, reach }) {
  const { x, y } = centre;
  const dust = { drag: 1.3, shape: "star", spin: 2.6, fade: "inout", colors: ["#fff6cf", "#ffd35a", "#ffb83d", "#ffffff"] };
  const field = stage.particles({ limit: 300 });
  field.stream({
    from: 700, until: 3200, rate: 26, x: (birth, random) => x + Math.cos(birth / 210) * reach * (0.25 + (birth / 3200) * 0.7) + (random() - 0.5) * 12,
    y: (birth, random) => y + Math.sin(birth / 210) * reach * 0.4 * (0.25 + (birth / 3200) * 0.7) + (random() - 0.5) * 12,
    spread: Math.PI * 2, speed: [4, 34], life: [700, 1400], size: [1.8, 4.2], ...dust,
  });
  field.burst({ at: ALIGN_MS + 250, over: 700, count: 50, x: (_, random) => x + Math.cos(LINE - 0.08) * reach * random(), y: (_, random) => y + Math.sin(LINE - 0.08) * reach * 0.75 * random(), spread: 6.3, speed: [8, 60], life: [700, 1300], size: [2, 4.6], ...dust });
  field.burst({ at: FOLD_MS + 420, over: 240, count: 140, x, y, spread: Math.PI * 2, speed: [reach * 0.3, reach * 2], gravity: reach * 0.3, life: [800, 1300], size: [2, 5.4], ...dust });
}
