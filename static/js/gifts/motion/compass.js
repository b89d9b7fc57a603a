/** The case rolls in like a coin, the needle hunts in ever smaller turns, and north answers. */

const ROLL_MS = 1100;
const FOUND_MS = 2900;
/** The drawing holds its needle at 32 degrees; this turns it to the top. */
const NORTH = -32;

export const scene = {
  duration_ms: 4200,
  layers: ["case", "needle", "glint", "answer"],
  build(stage) {
    const { x, y, size } = stage.centre;
    const span = stage.forward * (stage.width - size);
    const rig = stage.place();
    stage.style(rig, { "transform-origin": "50% 54.7%" });
    stage.sample(
      rig,
      (passed) => {
        const left = (1 - passed) ** 2;
        return { transform: `translateX(${span * left}px) rotate(${((span * left) / (size * 0.4)) * 57.3}deg)`, opacity: Math.min(1, passed * 6) };
      },
      { duration: ROLL_MS, steps: 36 },
    );
    stage.sample(rig, (passed) => ({ rotate: `${stage.forward * -7 * Math.sin(passed * 12) * (1 - passed) ** 2}deg` }), { duration: 900, delay: ROLL_MS, steps: 24 });
    const needle = stage.art.part("needle", 64, 70);
    stage.sample(
      needle,
      (passed) => ({ rotate: `${NORTH + 420 * Math.exp(-4.6 * passed) * Math.cos(passed * 21)}deg` }),
      { duration: FOUND_MS - 300, delay: 300, steps: 80 },
    );
    const glint = stage.shape("path", {
      d: "M30 84A37 37 0 0 1 50 36L58 33A40 40 0 0 0 33 92Z", fill: "#ffffff", "fill-opacity": 0.7,
    }, stage.art.svg, 64, 70);
    stage.animate(glint, [{ rotate: "-40deg", opacity: 0 }, { opacity: 0.9, offset: 0.4 }, { rotate: "150deg", opacity: 0 }], {
      duration: 1100, delay: ROLL_MS + 200, easing: "ease-in-out",
    });
    const svg = stage.drawing(stage.layer(), `0 0 ${stage.width} ${stage.height}`, "none");
    for (const [delay, color] of [[FOUND_MS - 160, "#ffe9a8"], [FOUND_MS, "#ff8a7a"]]) {
      const cy = y + size * 0.05;
      const ring = stage.shape("circle", { cx: x, cy, r: size * 0.42, fill: "none", stroke: color, "stroke-width": 3 }, svg, x, cy);
      stage.animate(ring, [{ transform: "scale(.9)", opacity: 0 }, { transform: "scale(1)", opacity: 0.9, offset: 0.15 }, { transform: "scale(1.7)", opacity: 0 }], {
        duration: 900, delay, easing: "ease-out",
      });
    }
    stage.particles({ limit: 20 }).burst({
      at: FOUND_MS - 60, count: 14, over: 120, x, y: y - size * 0.24, angle: -Math.PI / 2, spread: 1.7, speed: [size * 0.4, size],
      drag: 2, gravity: size * 0.5, life: [600, 1100], size: [1.8, 3.6], shape: "star", spin: 3, colors: ["#ff8a7a", "#ffe9a8", "#ffffff"],
    });
  },
};
