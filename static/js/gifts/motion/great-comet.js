/** A glint far off, a long fall across the whole sky, one slow pass before the viewer, and a rain of stars. */

const PASS_MS = 3300;
const GONE_MS = 5300;
const END_MS = 7600;

export const scene = {
  duration_ms: END_MS,
  layers: ["night", "star field", "hills", "tail dust", "comet", "shards", "falling stars"],
  build(stage) {
    const { width, height } = stage;
    const night = stage.layer({
      background: "linear-gradient(165deg, rgb(6 4 30 / .97) 0, rgb(24 14 74 / .96) 45%, rgb(62 30 110 / .95) 76%, rgb(150 66 120 / .94) 100%)",
    });
    stage.during(night, { from: 0, until: END_MS, rise: 700, fall: 800 });
    starField(stage, { width, height });
    const glow = stage.layer({
      background: `radial-gradient(circle ${Math.max(width, height) * 0.7}px at 50% 46%, rgb(120 210 255 / .6), rgb(110 80 240 / .3) 40%, transparent 72%)`,
    });
    stage.animate(glow, [{ opacity: 0 }, { opacity: 0.1, offset: 0.25 }, { opacity: 1, offset: 0.44 }, { opacity: 0.75, offset: 0.58 }, { opacity: 0.15, offset: 0.76 }, { opacity: 0 }], { duration: END_MS });
    hills(stage);
    const way = path(stage);
    dust(stage, way);
    comet(stage, way);
    shards(stage);
    rain(stage);
  },
};

/** Two depths of stars that drift the way the comet comes. */
function starField(stage, { width, height }) {
  const layer = stage.layer();
  stage.during(layer, { from: 100, until: END_MS, rise: 900, fall: 700 });
  const stars = Array.from({ length: 130 }, (_, index) => {
    const spread = (index * 0.618034) % 1;
    const other = (index * 0.754878) % 1;
    return { x: spread * width * 1.2, y: other * height * 1.1, depth: index % 3 === 0 ? 1 : 0.4, beat: index * 1.7 };
  });
  stage.canvas(layer, (context, milliseconds) => {
    context.fillStyle = "#eaf2ff";
    for (const star of stars) {
      const drift = (milliseconds / 1000) * star.depth * stage.unit * 2.2;
      const x = (((star.x - drift) % (width * 1.2)) + width * 1.2) % (width * 1.2);
      context.globalAlpha = (0.45 + 0.4 * Math.sin(milliseconds / 700 + star.beat)) * (star.depth < 1 ? 0.7 : 1);
      const size = 0.9 + star.depth * 1.5;
      context.fillRect(x, (star.y + drift * 0.7) % (height * 1.1), size, size);
    }
  });
}

function hills(stage) {
  const { width, height } = stage;
  const layer = stage.layer();
  const svg = stage.drawing(layer, `0 0 ${width} ${height}`, "none");
  const ridge = (y, rise, fill, shift) =>
    stage.shape("path", {
      d: `M${-width * 0.1} ${height}V${y}Q${width * (0.12 + shift)} ${y - rise} ${width * (0.34 + shift)} ${y}T${width * (0.7 + shift)} ${y - rise * 0.2}T${width * 1.2} ${y - rise * 0.5}V${height}Z`,
      fill,
    }, svg);
  const lit = stage.gradient(svg, "linear", { x1: 0.2, y1: 0, x2: 0.5, y2: 1 }, [[0, "#5a3a94"], [0.5, "#241552"], [1, "#0b0726"]]);
  const back = ridge(height * 0.9, height * 0.09, lit, 0);
  const front = ridge(height * 0.96, height * 0.07, "#0b0726", 0.1);
  stage.during(layer, { from: 200, until: END_MS, rise: 900, fall: 800 });
  stage.animate(back, [{ transform: "translateY(8%)" }, { transform: "none" }], { duration: 2200, easing: "ease-out" });
  stage.animate(front, [{ transform: "translateY(12%)" }, { transform: "none" }], { duration: 2600, easing: "ease-out" });
}

/** Where the comet is, and how large: far and quick, near and slow, then past the viewer. */
function path(stage) {
  const { width, height } = stage;
  const { x, y, size } = stage.centre;
  const from = { x: width * 1.12, y: -height * 0.06 };
  const to = { x: -size * 0.75, y: y + (y - from.y) * 1.05 };
  return (milliseconds) => {
    const coming = Math.min(1, Math.max(0, (milliseconds - 500) / (PASS_MS - 500)));
    const going = Math.min(1, Math.max(0, (milliseconds - PASS_MS) / (GONE_MS - PASS_MS)));
    const near = 1 - (1 - coming) ** 2.6;
    const past = going ** 2.4;
    return {
      x: from.x + (x - from.x) * near + (to.x - x) * past,
      y: from.y + (y - from.y) * near + (to.y - y) * past,
      scale: 0.12 + 0.88 * coming ** 1.8 + 0.7 * past,
      coming,
      going,
    };
  };
}

function comet(stage, way) {
  const { art } = stage;
  const { x, y } = stage.centre;
  stage.style(art.part("sparks"), { opacity: 0 });
  const rig = stage.place();
  stage.frame((milliseconds) => {
    const place = way(milliseconds);
    stage.style(rig, {
      transform: `translate(${place.x - x}px, ${place.y - y}px) scale(${place.scale})`,
      opacity: Math.min(1, place.coming * 8) * (place.going < 1 ? 1 : 0),
    });
  });
  const open = (passed) => 1 + 0.3 * Math.exp(-(((passed * END_MS - PASS_MS - 300) / 900) ** 2));
  const flutter = [["tail1", 1.4, 17, 0], ["tail2", 3.2, 23, 1.4], ["tail3", 3.6, 20, 3]];
  for (const [name, degrees, pace, lag] of flutter) {
    stage.sample(
      art.part(name, 38, 90),
      (passed) => ({ rotate: `${degrees * Math.sin(passed * pace * 2 + lag) * open(passed)}deg`, scale: `${open(passed) * (1 + 0.03 * Math.sin(passed * 60 + lag))}` }),
      { duration: END_MS, steps: 84 },
    );
  }
  const halo = art.part("glow", 38, 90);
  stage.sample(halo, (passed) => ({ scale: `${open(passed) * (1 + 0.08 * Math.sin(passed * 34))}` }), { duration: END_MS, steps: 72 });
}

function dust(stage, way) {
  const { size } = stage.centre;
  const behind = (birth, random, axis) => {
    const place = way(birth);
    const along = 0.1 + 0.7 * random();
    const nucleus = axis === "x" ? place.x - 0.2 * size * place.scale : place.y + 0.2 * size * place.scale;
    return nucleus + (axis === "x" ? 1 : -1) * along * size * 0.7 * place.scale + (random() - 0.5) * size * 0.16 * place.scale;
  };
  stage.particles({ front: false, blend: "lighter", limit: 300 }).stream({
    from: 1200, until: GONE_MS - 300, rate: 70, x: (birth, random) => behind(birth, random, "x"), y: (birth, random) => behind(birth, random, "y"),
    angle: -Math.PI / 4, spread: 1, speed: [size * 0.03, size * 0.3], drag: 0.8, life: [900, 1900], size: [2, 7], fade: "inout",
    colors: ["#8fe8ff", "#b79aff", "#ff9ae0", "#ffffff"],
  });
}

/** What breaks off at the slow pass: ice that turns and catches the light. */
function shards(stage) {
  const { x, y, size } = stage.centre;
  const nucleus = { x: x - size * 0.2, y: y + size * 0.2 };
  const svg = stage.drawing(stage.layer({ front: true }), `0 0 ${stage.width} ${stage.height}`, "none");
  const ring = stage.shape("circle", { cx: nucleus.x, cy: nucleus.y, r: size * 0.3, fill: "none", stroke: "#bff4ff", "stroke-width": 2.5 }, svg, nucleus.x, nucleus.y);
  stage.animate(ring, [{ transform: "scale(.4)", opacity: 0 }, { transform: "scale(.8)", opacity: 0.9, offset: 0.15 }, { transform: "scale(3.4)", opacity: 0 }], {
    duration: 1700, delay: PASS_MS - 250, easing: "ease-out",
  });
  stage.particles({ limit: 70 }).burst({
    at: PASS_MS - 200, over: 900, count: 64, x: nucleus.x, y: nucleus.y, spread: Math.PI * 2, speed: [size * 0.2, size * 0.95], drag: 0.9,
    life: [1300, 2300], size: [2.5, 6.5], shape: "star", spin: 3.4, fade: "inout", colors: ["#ffffff", "#c8f6ff", "#8fd8ff", "#d8c8ff"],
  });
}

/** The tail comes down over the hills as shooting stars, the last of them gold. */
function rain(stage) {
  const { width, height } = stage;
  const field = stage.particles({ limit: 90 });
  const fall = {
    x: (_, random) => width * (0.1 + 1.5 * random()), y: (_, random) => height * (0.4 * random() - 0.1), angle: Math.PI * 0.72, spread: 0.06,
    speed: [height * 0.6, height * 1.05], life: [1000, 1800], shape: "streak", trail: 0.14, fade: "inout",
  };
  field.stream({ from: 4300, until: 6500, rate: 24, size: [1, 2.6], colors: ["#ffffff", "#bfeaff", "#d9c8ff"], ...fall });
  field.stream({ from: 5400, until: 6700, rate: 16, size: [1.6, 3.2], ...fall, colors: ["#ffe7a0", "#ffd05a"] });
}
