/** How a gift without a scene of its own arrives, one way for each display. */

const OUT_BACK = "cubic-bezier(.2, 1.4, .4, 1)";
const OUT = "cubic-bezier(.16, 1, .3, 1)";

const tray = {
  duration_ms: 900,
  build(stage) {
    const rig = stage.place();
    stage.animate(
      rig,
      [
        { transform: "translateY(30%) scale(.4) rotate(-14deg)", opacity: 0 },
        { transform: "translateY(-8%) scale(1.12) rotate(4deg)", opacity: 1, offset: 0.55 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 900, easing: OUT },
    );
  },
};

const banner = {
  duration_ms: 2600,
  build(stage) {
    const rig = stage.place();
    stage.animate(
      rig,
      [{ transform: "scale(.2) rotate(-30deg)", opacity: 0 }, { transform: "none", opacity: 1 }],
      { duration: 700, delay: 150, easing: OUT_BACK },
    );
    stage.sample(rig, (part) => ({ translate: `0 ${-4 * Math.sin(part * Math.PI * 3) * (1 - part)}%` }), {
      duration: 1700,
      delay: 850,
    });
    const { x, y, size } = stage.centre;
    stage.particles({ limit: 24 }).burst({
      at: 480, count: 18, over: 160, x, y, angle: -Math.PI / 2, spread: Math.PI * 2,
      speed: [size * 0.5, size * 1.3], drag: 2.4, gravity: size * 0.5, life: [700, 1300],
      size: [1.6, 3.6], shape: "star", spin: 3, colors: ["#ffe9a8", "#ffffff", "#ffc93d"],
    });
  },
};

const big = {
  duration_ms: 4200,
  build(stage) {
    const { x, y, size } = stage.centre;
    const halo = stage.layer({
      background: `radial-gradient(circle ${size * 0.9}px at ${x}px ${y}px, rgb(255 214 120 / .5), transparent)`,
    });
    stage.animate(halo, [{ opacity: 0 }, { opacity: 1, offset: 0.25 }, { opacity: 0.8, offset: 0.8 }, { opacity: 0 }], {
      duration: 4200,
    });
    const rig = stage.place();
    stage.animate(
      rig,
      [
        { transform: "translateY(60%) scale(.3)", opacity: 0 },
        { transform: "translateY(-4%) scale(1.06)", opacity: 1, offset: 0.7 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 1100, easing: OUT },
    );
    stage.sample(rig, (part) => ({ rotate: `${3 * Math.sin(part * Math.PI * 4)}deg` }), { duration: 2400, delay: 1000 });
    stage.animate(rig, [{ scale: "1", opacity: 1 }, { scale: "1.18", opacity: 0 }], {
      duration: 600, delay: 3600, easing: "ease-in",
    });
    const field = stage.particles({ limit: 90 });
    field.burst({
      at: 620, count: 46, over: 260, x, y, spread: Math.PI * 2, speed: [size * 0.4, size * 1.2], drag: 1.8,
      gravity: size * 0.25, life: [1200, 2200], size: [2, 5], shape: "star", spin: 2.4,
      colors: ["#fff6cf", "#ffd35a", "#ff9a5a", "#ffffff"],
    });
    field.stream({
      from: 1200, until: 3400, rate: 16, x: (_, random) => x + (random() - 0.5) * size, y: y + size * 0.45,
      angle: -Math.PI / 2, spread: 0.6, speed: [size * 0.15, size * 0.4], life: [900, 1500], size: [2, 5],
      fade: "inout", colors: ["#ffe9a8", "#ffffff"],
    });
  },
};

/** Dark falls, the gift turns to the viewer out of a fan of light, stands, and goes up in sparks. */
const fullscreen = {
  duration_ms: 5000,
  build(stage) {
    const { x, y, size } = stage.centre;
    const dusk = stage.layer({
      background: "radial-gradient(circle at 50% 45%, rgb(38 30 92 / .72), rgb(6 6 22 / .9))",
    });
    stage.animate(dusk, [{ opacity: 0 }, { opacity: 1, offset: 0.14 }, { opacity: 1, offset: 0.86 }, { opacity: 0 }], {
      duration: 5000,
    });
    const light = stage.layer();
    const svg = stage.drawing(light, "-100 -100 200 200", "xMidYMid slice");
    const paint = stage.gradient(svg, "radial", { gradientUnits: "userSpaceOnUse", cx: 0, cy: 0, r: 110 }, [
      [0, "#ffe9a8", 0.75], [1, "#ffb52e", 0],
    ]);
    const fan = stage.shape("g", { fill: paint }, svg, 0, 0);
    for (let ray = 0; ray < 12; ray += 1) {
      stage.shape("path", { d: "M0 0L130 -11V11Z", transform: `rotate(${ray * 30})` }, fan);
    }
    stage.animate(fan, [{ rotate: "0deg" }, { rotate: "50deg" }], { duration: 5000 });
    stage.animate(light, [{ opacity: 0, scale: 0.2 }, { opacity: 0.9, scale: 1 }], { duration: 1200, delay: 700, easing: OUT });
    stage.animate(light, [{ opacity: 0.9 }, { opacity: 0 }], { duration: 900, delay: 3900 });
    const rig = stage.place();
    stage.animate(
      rig,
      [
        { transform: "perspective(900px) translateY(40%) rotateY(-84deg) scale(.5)", opacity: 0 },
        { transform: "perspective(900px) translateY(0) rotateY(16deg) scale(1.08)", opacity: 1, offset: 0.75 },
        { transform: "perspective(900px) rotateY(0) scale(1)", opacity: 1 },
      ],
      { duration: 1700, delay: 400, easing: OUT },
    );
    stage.sample(rig, (part) => ({ translate: `0 ${-2.4 * Math.sin(part * Math.PI * 2)}%` }), { duration: 2000, delay: 2000 });
    stage.animate(rig, [{ scale: "1", opacity: 1 }, { scale: ".7", opacity: 0 }], { duration: 700, delay: 4100, easing: "ease-in" });
    const field = stage.particles({ limit: 260 });
    field.stream({
      from: 900, until: 3900, rate: 34, x: (_, random) => random() * stage.width, y: -8, angle: Math.PI / 2,
      spread: 0.5, speed: [stage.height * 0.12, stage.height * 0.3], sway: 14, life: [2000, 3200], size: [1.6, 4.4],
      shape: "star", spin: 2, fade: "inout", colors: ["#fff6cf", "#ffd35a", "#c9b6ff"],
    });
    field.burst({
      at: 4050, count: 90, over: 260, x, y, spread: Math.PI * 2, speed: [size * 0.3, size * 1.5], drag: 1.6,
      gravity: size * 0.2, life: [600, 950], size: [2, 5], colors: ["#ffffff", "#ffe9a8", "#ffc93d"],
    });
  },
};

export const entrances = { tray, banner, big, fullscreen };
