/** Three bursts of flame fill the envelope, the basket leaves the ground, and petals fall from above the clouds. */

const FLAMES = [350, 900, 1450, 2700];
const LIFT_MS = 1900;

export const scene = {
  duration_ms: 5800,
  layers: ["morning", "far clouds", "balloon", "petals", "near clouds"],
  build(stage) {
    const { height } = stage;
    const { x, y, size } = stage.centre;
    const morning = stage.layer({
      background: "linear-gradient(180deg, #3f74d8 0, #86b8f5 38%, #ffd9c0 76%, #ffb99a 100%)",
    });
    stage.during(morning, { from: 0, until: 5800, rise: 700 });
    const sun = stage.layer({
      background: `radial-gradient(circle ${size * 0.9}px at ${x - size * 0.55}px ${y - size * 0.1}px, rgb(255 246 214 / .9), rgb(255 226 160 / .4) 34%, transparent 70%)`,
    });
    stage.during(sun, { from: 200, until: 5800, rise: 900 });
    clouds(stage, { front: false, sink: 0.5, places: [[-0.62, -0.5, 0.5], [0.5, -0.7, 0.4], [0.66, 0.06, 0.46], [-0.4, -1.2, 0.5], [0.1, -1.5, 0.36]] });
    const rig = stage.place();
    balloon(stage, { rig, size, height });
    petals(stage, { x, y, size, height });
    clouds(stage, { front: true, sink: 1.5, places: [[-0.5, 0.5, 0.62], [0.56, 0.44, 0.7], [-0.5, -1.1, 0.66], [0.46, -1.9, 0.8], [-0.2, -2.5, 0.9]] });
  },
};

function rise(passed) {
  return passed ** 2 * (1.3 - 0.3 * passed);
}

function balloon(stage, { rig, size, height }) {
  const { art } = stage;
  for (const name of ["cloud1", "cloud2"]) stage.style(art.part(name), { opacity: 0 });
  const top = height / 2 + size * 0.75;
  stage.animate(rig, [{ opacity: 0 }, { opacity: 1 }], { duration: 400 });
  stage.sample(
    rig,
    (passed) => {
      const lifted = Math.max(0, (passed * 5800 - LIFT_MS) / (5800 - LIFT_MS));
      const swing = Math.sin(lifted * 9) * (0.3 + lifted);
      return { transform: `translate(${swing * size * 0.06}px, ${size * 0.1 - rise(lifted) * top}px) rotate(${swing * 3.4}deg)` };
    },
    { duration: 5800, steps: 60 },
  );
  const envelope = art.part("envelope", 64, 97);
  stage.animate(
    envelope,
    [
      { transform: "rotate(-34deg) scale(.7, .34) skewX(16deg)" },
      { transform: "rotate(-24deg) scale(.78, .56) skewX(9deg)", offset: 0.3, easing: "ease-out" },
      { transform: "rotate(-9deg) scale(.92, .82) skewX(3deg)", offset: 0.62, easing: "ease-out" },
      { transform: "rotate(2deg) scale(1.03, 1.03)", offset: 0.88, easing: "ease-in-out" },
      { transform: "none" },
    ],
    { duration: 1800, delay: 250 },
  );
  stage.sample(envelope, (passed) => ({ scale: `${1 + 0.014 * Math.sin(passed * 26)} 1` }), { duration: 3600, delay: 2050, steps: 40 });
  const flame = art.part("flame", 64, 104);
  stage.animate(flame, [{ opacity: 0 }, { opacity: 0 }], { duration: 10 });
  for (const at of FLAMES) {
    stage.animate(
      flame,
      [
        { opacity: 0, transform: "scale(.4, .2)" },
        { opacity: 1, transform: "scale(1.7, 2.7)", offset: 0.3 },
        { opacity: 1, transform: "scale(1.4, 2.1)", offset: 0.7 },
        { opacity: 0, transform: "scale(.6, .4)" },
      ],
      { duration: 480, delay: at, fill: "none" },
    );
  }
  stage.sample(art.part("basket", 64, 97), (passed) => ({ rotate: `${-4 * Math.sin(passed * 16)}deg` }), { duration: 3900, delay: LIFT_MS, steps: 40 });
}

function clouds(stage, { front, sink, places }) {
  const { x, y, size } = stage.centre;
  const layer = stage.layer({ front });
  stage.during(layer, { from: 100, until: 5800, rise: 700 });
  const svg = stage.drawing(layer, `0 0 ${stage.width} ${stage.height}`, "none");
  const fill = stage.gradient(svg, "linear", { x1: 0, y1: 0, x2: 0.3, y2: 1 }, [[0, "#ffffff"], [0.6, "#fff0ea"], [1, "#d9c3e8"]]);
  const sky = stage.shape("g", { fill, "fill-opacity": front ? 0.96 : 0.8 }, svg);
  for (const [dx, dy, scale] of places) {
    const cloud = stage.shape("g", { transform: `translate(${x + dx * size} ${y + dy * size}) scale(${(scale * size) / 100})` }, sky);
    stage.shape("path", { d: "M-46 22A18 18 0 0 1-34-8A26 26 0 0 1 12-18A20 20 0 0 1 42 0A15 15 0 0 1 44 22Z" }, cloud);
  }
  stage.sample(
    sky,
    (passed) => ({ transform: `translate(${passed * size * 0.1 * sink}px, ${rise(Math.max(0, (passed * 5800 - LIFT_MS) / (5800 - LIFT_MS))) * size * 2 * sink}px)` }),
    { duration: 5800, steps: 48 },
  );
}

function petals(stage, { x, y, size, height }) {
  const top = height / 2 + size * 0.75;
  const lifted = (birth) => Math.max(0, (birth - LIFT_MS) / (5800 - LIFT_MS));
  stage.particles({ limit: 110 }).stream({
    from: 2500, until: 5100, rate: 40, x: (birth, random) => x + (random() - 0.5) * size * 0.16,
    y: (birth) => y + size * 0.48 - rise(lifted(birth)) * top, angle: Math.PI / 2, spread: 2.2,
    speed: [size * 0.08, size * 0.5], drag: 1.2, gravity: size * 0.34, sway: size * 0.05, spin: 4, life: [1600, 2600],
    size: [3, 6.5], shape: "petal", colors: ["#ff6f9a", "#ffd0dd", "#ffcf5a", "#ffffff", "#d92a72"],
  });
}
