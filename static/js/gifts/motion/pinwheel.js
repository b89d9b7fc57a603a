/** A gust spins the wheel up, bends the stick, and runs out; the wheel goes on by itself. */

export const scene = {
  duration_ms: 3000,
  layers: ["wheel", "stick", "wind"],
  build(stage) {
    stage.place();
    const { art } = stage;
    const wheel = art.part("wheel", 64, 54);
    const whole = stage.shape("g", {}, null, 64, 122);
    art.svg.append(whole);
    for (const name of ["stick", "pin"]) whole.append(art.part(name));
    whole.insertBefore(wheel, whole.lastChild);
    const turned = (passed) => 1620 * (passed < 0.2 ? 1.25 * passed ** 2 : 0.05 + 0.95 * (1 - (1 - (passed - 0.2) / 0.8) ** 2.6));
    stage.sample(wheel, (passed) => ({ rotate: `${turned(passed)}deg` }), { duration: 3000, steps: 90 });
    stage.sample(
      whole,
      (passed) => ({ rotate: `${9 * Math.exp(-3 * passed) * Math.sin(passed * 17) + 5 * Math.sin(Math.PI * Math.min(1, passed * 2))}deg` }),
      { duration: 3000, steps: 48 },
    );
    const gusts = [[30, "M-20 30C10 22 40 40 78 28S130 20 150 30"], [66, "M-24 70C16 62 44 80 84 68S134 62 152 70"], [98, "M-18 100C20 94 50 108 88 98S128 94 146 100"]];
    gusts.forEach(([, d], index) => {
      const line = stage.shape("path", {
        d, fill: "none", stroke: "#e8f6ff", "stroke-width": 3.2, "stroke-linecap": "round", pathLength: 100, "stroke-dasharray": "26 200",
      }, art.svg);
      stage.animate(line, [{ strokeDashoffset: 28, opacity: 0.95 }, { strokeDashoffset: -102, opacity: 0.5 }], {
        duration: 760, delay: index * 260, easing: "ease-in-out",
      });
    });
  },
};
