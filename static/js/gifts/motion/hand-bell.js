/** A pendulum that is let go: the clapper lags behind, and each strike sends an arc of sound. */

const SWINGS = 3.5;

export const scene = {
  duration_ms: 2800,
  layers: ["bell", "clapper", "sound"],
  build(stage) {
    stage.place();
    const { art } = stage;
    const bell = art.part("bell", 64, 6);
    const clapper = art.part("clapper", 64, 66);
    const swing = (passed) => 27 * Math.sin(passed * SWINGS * 2 * Math.PI) * (1 - passed) ** 1.4;
    stage.sample(bell, (passed) => ({ rotate: `${swing(passed)}deg` }), { duration: 2600, steps: 60 });
    stage.sample(
      clapper,
      (passed) => ({ rotate: `${-0.9 * swing(Math.max(0, passed - 0.045))}deg` }),
      { duration: 2600, steps: 60 },
    );
    for (let strike = 0; strike < 5; strike += 1) {
      const side = strike % 2 ? 1 : -1;
      const passed = (0.25 + strike * 0.5) / SWINGS;
      sound(stage, { side, delay: passed * 2600, strength: (1 - passed) ** 1.2 });
    }
  },
};

function sound(stage, { side, delay, strength }) {
  const wave = stage.shape("g", { fill: "none", stroke: "#ffd76a", "stroke-linecap": "round" }, stage.art.svg, 64, 84);
  const x = (distance) => 64 + side * distance;
  stage.shape("path", { d: `M${x(56)} 66Q${x(64)} 84 ${x(56)} 102`, "stroke-width": 4.5 }, wave);
  stage.shape("path", { d: `M${x(67)} 60Q${x(78)} 84 ${x(67)} 108`, "stroke-width": 3.5, "stroke-opacity": 0.7 }, wave);
  stage.animate(
    wave,
    [
      { transform: "scale(.72)", opacity: 0 },
      { transform: "scale(.85)", opacity: strength, offset: 0.25 },
      { transform: "scale(1.15)", opacity: 0 },
    ],
    { duration: 620, delay, easing: "ease-out" },
  );
}
