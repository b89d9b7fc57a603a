/** A drop falls, is squashed where it lands, throws two small ones up and leaves rings. */

const LAND = 0.3;

export const scene = {
  duration_ms: 2200,
  layers: ["drop", "rings", "spray"],
  build(stage) {
    stage.place();
    const { art } = stage;
    const drop = art.part("drop", 62, 112);
    stage.animate(
      drop,
      [
        { transform: "translateY(-150px) scale(.8, 1.2)", opacity: 0, easing: "cubic-bezier(.5, 0, .9, .6)" },
        { transform: "translateY(-120px) scale(.8, 1.2)", opacity: 1, offset: 0.06, easing: "cubic-bezier(.5, 0, .9, .6)" },
        { transform: "translateY(0) scale(.84, 1.22)", offset: LAND, easing: "ease-out" },
        { transform: "scale(1.34, .58)", offset: LAND + 0.07, easing: "ease-in-out" },
        { transform: "translateY(-9px) scale(.9, 1.14)", offset: 0.56, easing: "ease-in-out" },
        { transform: "scale(1.08, .93)", offset: 0.72, easing: "ease-in-out" },
        { transform: "none", opacity: 1 },
      ],
      { duration: 2200 },
    );
    const rings = art.part("ripple", 62, 113);
    stage.animate(
      rings,
      [
        { transform: "scale(.1)", opacity: 0 },
        { transform: "scale(.2)", opacity: 1, offset: 0.02 },
        { transform: "scale(1.5)", opacity: 0, offset: 0.5 },
        { transform: "scale(.3)", opacity: 0, offset: 0.52 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 1540, delay: 2200 * LAND, easing: "ease-out" },
    );
    hop(stage, art.part("small"), { dx: -41, dy: 66, height: 74, delay: 700 });
    hop(stage, art.part("tiny"), { dx: 41, dy: 68, height: 52, delay: 740 });
  },
};

/** A splash of the drop: up from where it landed, over the top, to its own place. */
function hop(stage, part, { dx, dy, height, delay }) {
  stage.sample(
    part,
    (passed) => ({
      transform: `translate(${dx * (1 - passed)}px, ${dy * (1 - passed) - height * 4 * passed * (1 - passed)}px) scale(${0.3 + 0.7 * passed})`,
      opacity: passed === 0 ? 0 : 1,
    }),
    { duration: 900, delay, steps: 18 },
  );
}
