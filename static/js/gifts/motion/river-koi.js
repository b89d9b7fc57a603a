/** The koi swims the length of the ribbon: the body bends, the tail follows, rings stay behind it. */

const SWIM_MS = 3200;

export const scene = {
  duration_ms: 4400,
  layers: ["water", "rings", "koi", "bubbles"],
  build(stage) {
    const { x, y, size } = stage.centre;
    const span = stage.forward * (stage.width - size * 0.9);
    const water = stage.layer({
      "border-radius": "inherit",
      background: "linear-gradient(180deg, rgb(60 170 220 / .34), rgb(20 60 150 / .5))",
      "clip-path": "inset(0 round 14px 38px 38px 14px)",
    });
    stage.during(water, { from: 0, until: scene.duration_ms, rise: 500, fall: 900 });
    const svg = stage.drawing(water, `0 0 ${stage.width} ${stage.height}`, "none");
    const way = (passed) => {
      const left = 1 - passed * (2 - passed);
      return { dx: span * 1.12 * left, dy: Math.sin(passed * 9) * stage.height * 0.2 * (1 - passed) };
    };
    for (let ring = 0; ring < 6; ring += 1) {
      const passed = 0.08 + ring * 0.15;
      const { dx, dy } = way(passed);
      const circle = stage.shape("ellipse", {
        cx: x + dx, cy: y + dy, rx: size * 0.5, ry: size * 0.26, fill: "none", stroke: "#d9f6ff", "stroke-width": 2,
      }, svg, x + dx, y + dy);
      stage.animate(circle, [{ transform: "scale(.1)", opacity: 0 }, { transform: "scale(.3)", opacity: 0.9, offset: 0.12 }, { transform: "scale(1.5)", opacity: 0 }], {
        duration: 1300, delay: passed * SWIM_MS, easing: "ease-out",
      });
    }
    const rig = stage.place();
    stage.style(rig, { scale: `${stage.forward} 1` });
    stage.sample(
      rig,
      (passed) => {
        const { dx, dy } = way(passed);
        return { transform: `translate(${stage.forward * dx}px, ${dy}px) rotate(${-28 + 16 * Math.cos(passed * 9) * (1 - passed) + 28 * passed ** 3}deg)` };
      },
      { duration: SWIM_MS, steps: 48 },
    );
    wag(stage);
    stage.particles({ limit: 40 }).stream({
      from: 100, until: SWIM_MS, rate: 12, x: (birth) => x + way(birth / SWIM_MS).dx, y: (birth) => y + way(birth / SWIM_MS).dy,
      spread: Math.PI * 2, speed: [4, 26], life: [500, 1000], size: [2, 5], shape: "disc", fade: "inout", alpha: 0.7, colors: ["#e6fbff", "#a8e4ff"],
    });
  },
};

/** One wave runs from the head to the tail; it slows down as the fish comes to rest. */
function wag(stage) {
  const { art } = stage;
  const beat = (passed, lag) => Math.sin(30 * passed * (1.2 - 0.5 * passed) - lag) * (1 - 0.6 * passed);
  const options = { duration: scene.duration_ms, steps: 72 };
  stage.sample(art.part("body", 30, 34), (passed) => ({ rotate: `${3.4 * beat(passed, 0)}deg` }), options);
  stage.sample(art.part("tail", 84, 92), (passed) => ({ rotate: `${24 * beat(passed, 1.5)}deg`, translate: `${-3 * beat(passed, 0.4)}px 0` }), options);
  stage.sample(art.part("fin1", 44, 56), (passed) => ({ rotate: `${14 * beat(passed, 0.8)}deg` }), options);
  stage.sample(art.part("fin2", 70, 32), (passed) => ({ rotate: `${-14 * beat(passed, 0.6)}deg` }), options);
  stage.sample(art.part("fin3", 78, 78), (passed) => ({ rotate: `${9 * beat(passed, 1.1)}deg` }), options);
}
