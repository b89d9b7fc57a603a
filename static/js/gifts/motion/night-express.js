/** Lamplight first, then the engine: it brakes to a stand, whistles, and pulls away under its own steam. */

const STOP_MS = 2300;
const WHISTLE_MS = 2500;
const START_MS = 3400;
const END_MS = 5800;

export const scene = {
  duration_ms: 6000,
  layers: ["night", "hills", "rails", "lamplight", "engine", "steam"],
  build(stage) {
    const { width, height } = stage;
    const { x, y, size } = stage.centre;
    const part = size / 128;
    const rail = y + 50 * part;
    const night = stage.layer({
      background: `linear-gradient(180deg, #070b2a 0, #1b2360 ${rail * 0.6}px, #4a3f8a ${rail}px, #0c0e24 ${rail + 2}px, #0c0e24 100%)`,
    });
    stage.during(night, { from: 0, until: 6000, rise: 600 });
    stage.particles({ front: false, limit: 44 }).burst({
      at: 100, over: 700, count: 40, x: (_, random) => random() * width, y: (_, random) => random() * rail * 0.6,
      life: [3600, 5400], size: [1.2, 3], fade: "inout", colors: ["#ffffff", "#ffe9b8", "#c9d4ff"],
    });
    country(stage, { rail, part });
    const away = width / 2 + size * 0.75;
    const place = (milliseconds) => {
      const arriving = Math.min(1, Math.max(0, milliseconds / STOP_MS));
      const leaving = Math.min(1, Math.max(0, (milliseconds - START_MS) / (END_MS - START_MS)));
      return -away * (1 - arriving) ** 2.2 + away * leaving ** 2.4;
    };
    const light = lamplight(stage, { part });
    const rig = stage.place();
    engine(stage, { rig, place, part, light, x, y });
    smoke(stage, { place, part, x, y, size, height });
  },
};

function country(stage, { rail, part }) {
  const layer = stage.layer();
  stage.during(layer, { from: 0, until: 6000, rise: 600 });
  const { width, height } = stage;
  const svg = stage.drawing(layer, `0 0 ${width} ${height}`, "none");
  stage.shape("circle", { cx: width * 0.78, cy: rail * 0.34, r: 15 * part, fill: "#fff3c9" }, svg);
  stage.shape("circle", { cx: width * 0.78 + 6 * part, cy: rail * 0.34 - 4 * part, r: 13 * part, fill: "#10164a" }, svg);
  const hill = (y, rise, fill) => stage.shape("path", { d: `M0 ${rail}V${y}Q${width * 0.2} ${y - rise} ${width * 0.42} ${y}T${width * 0.8} ${y - rise * 0.3}T${width} ${y - rise * 0.4}V${rail}Z`, fill }, svg);
  hill(rail - 26 * part, 34 * part, "#2b2f74");
  hill(rail - 10 * part, 20 * part, "#191d50");
  for (let tie = -1; tie * 13 * part < width; tie += 1) {
    stage.shape("rect", { x: tie * 13 * part, y: rail + 1.5 * part, width: 7 * part, height: 4 * part, rx: 1, fill: "#5a3826" }, svg);
  }
  stage.shape("path", { d: `M0 ${rail}H${width}`, stroke: "#a9aed0", "stroke-width": 2.6 * part }, svg);
}

function lamplight(stage, { part }) {
  const svg = stage.drawing(stage.layer(), `0 0 ${stage.width} ${stage.height}`, "none");
  const reach = 150 * part;
  const fill = stage.gradient(svg, "linear", { gradientUnits: "userSpaceOnUse", x1: 0, y1: 0, x2: reach, y2: 0 }, [
    [0, "#fff6cc", 0.95], [0.4, "#ffe07a", 0.45], [1, "#ffd75e", 0],
  ]);
  return stage.shape("path", { d: `M0 ${-4 * part}L${reach} ${-34 * part}V${46 * part}L0 ${4 * part}Z`, fill }, svg);
}

function engine(stage, { rig, place, part, light, x, y }) {
  const { art } = stage;
  for (const name of ["steam", "rails", "beam", "ground"]) stage.style(art.part(name), { opacity: 0 });
  const wheels = [[art.part("wheel1", 28, 99), 14.5], [art.part("wheel2", 62, 99), 14.5], [art.part("wheel3", 92, 104), 9.5]];
  stage.frame((milliseconds) => {
    const dx = place(milliseconds);
    const speed = Math.abs(place(milliseconds + 20) - dx) / 20;
    const shake = Math.min(1, speed * 3) * Math.sin(milliseconds / 34) * 0.5 * part;
    const whistle = milliseconds > WHISTLE_MS && milliseconds < START_MS ? Math.sin((milliseconds - WHISTLE_MS) / 22) * 0.35 * part : 0;
    stage.style(rig, { transform: `translate(${dx}px, ${shake + whistle}px)` });
    for (const [wheel, radius] of wheels) stage.style(wheel, { rotate: `${((dx / part / radius) * 180) / Math.PI}deg` });
    const glow = Math.min(1, milliseconds / 500) * Math.min(1, Math.max(0, (5900 - milliseconds) / 300));
    light.setAttribute("transform", `translate(${x + dx + 49 * part} ${y - 8 * part})`);
    light.setAttribute("opacity", glow);
  });
}

function smoke(stage, { place, part, x, y, size }) {
  const chimney = (birth) => x + place(birth) + 28 * part;
  const top = y - 40 * part;
  const grey = { shape: "puff", colors: ["#f4f1ff", "#d5d0ea", "#b9b3d6"], fade: "inout", alpha: 0.75 };
  const field = stage.particles({ limit: 240 });
  field.stream({
    from: 200, until: STOP_MS, rate: 30, x: chimney, y: top, angle: -Math.PI * 0.62, spread: 0.5, speed: [size * 0.12, size * 0.34],
    drag: 0.9, life: [1000, 1700], size: [6 * part, 11 * part], grow: 1.7, ...grey,
  });
  field.stream({
    from: WHISTLE_MS, until: WHISTLE_MS + 700, rate: 80, x: (birth) => x + place(birth), y: y - 26 * part, angle: -Math.PI / 2,
    spread: 0.34, speed: [size * 0.6, size * 1.1], drag: 2.6, life: [500, 900], size: [3 * part, 6 * part], grow: 2.4, ...grey,
    colors: ["#ffffff", "#fff3d6"],
  });
  for (let chuff = 0; chuff < 6; chuff += 1) {
    field.burst({
      at: START_MS + chuff * (420 - chuff * 34), over: 130, count: 14, x: chimney, y: top, angle: -Math.PI * 0.56, spread: 0.6,
      speed: [size * 0.3, size * 0.62], drag: 1.5, life: [900, 1500], size: [8 * part, 14 * part], grow: 1.6, ...grey,
    });
  }
  field.stream({
    from: START_MS, until: START_MS + 1300, rate: 40, x: (birth) => x + place(birth) + (birth % 7) * 5 * part, y: y + 46 * part,
    angle: Math.PI, spread: 0.7, speed: [size * 0.15, size * 0.5], drag: 2, life: [500, 900], size: [4 * part, 8 * part], grow: 1.4, ...grey,
  });
}
