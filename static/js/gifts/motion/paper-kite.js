/** The kite is let out over the whole ribbon: it dives, catches the wind and comes to rest on its string. */

const FLIGHT_MS = 3000;

export const scene = {
  duration_ms: 4200,
  layers: ["string", "kite", "tail", "wind"],
  build(stage) {
    const { x, y, size } = stage.centre;
    const span = stage.forward * (stage.width - size - 24);
    const line = stage.layer();
    const svg = stage.drawing(line, `0 0 ${stage.width} ${stage.height}`, "none");
    const string = stage.shape("path", { fill: "none", stroke: "#fff3d6", "stroke-width": 1.6, "stroke-opacity": 0.85 }, svg);
    const rig = stage.place();
    const flight = (passed) => {
      const left = (1 - passed) ** 1.6;
      return {
        dx: span * left,
        dy: stage.height * (-0.34 * Math.sin(passed * 10) * left ** 0.4 * (1 - passed) - 0.5 * left),
        turn: stage.forward * (34 * Math.sin(passed * 10 + 0.9) * (1 - passed)),
      };
    };
    stage.sample(
      rig,
      (passed) => {
        const { dx, dy, turn } = flight(passed);
        return { transform: `translate(${dx}px, ${dy}px) rotate(${turn}deg) scale(${0.62 + 0.38 * passed})`, opacity: Math.min(1, passed * 10) };
      },
      { duration: FLIGHT_MS, steps: 60 },
    );
    const sail = stage.art.part("sail", 76, 44);
    const tail = stage.art.part("tail", 38, 92);
    const { duration_ms: duration } = scene;
    stage.sample(sail, (passed) => ({ rotate: `${4 * Math.sin(passed * 26)}deg`, scale: `${1 + 0.03 * Math.sin(passed * 40)} 1` }), { duration, steps: 60 });
    stage.sample(tail, (passed) => ({ rotate: `${(22 - 12 * passed) * Math.sin(passed * 32 - 1)}deg` }), { duration, steps: 72 });
    stage.frame((milliseconds) => {
      const { dx, dy } = flight(Math.min(1, Math.max(0, milliseconds / FLIGHT_MS)));
      const kite = [x + dx + size * 0.02, y + dy + size * 0.06];
      const hand = [x + span * 1.04 + stage.forward * size * 0.2, stage.height + 6];
      const slack = stage.height * (0.25 + 0.12 * Math.sin(milliseconds / 260));
      string.setAttribute("d", `M${kite}Q${(kite[0] + hand[0]) / 2} ${Math.max(kite[1], hand[1]) - slack * 0.2} ${hand}`);
    });
    stage.during(line, { from: 0, until: duration, rise: 300, fall: 700 });
    stage.particles({ limit: 26 }).stream({
      from: 200, until: 2600, rate: 9, x: (_, random) => stage.width * random(), y: (_, random) => stage.height * random(),
      angle: stage.forward > 0 ? Math.PI : 0, speed: [stage.width * 0.3, stage.width * 0.6], life: [500, 800], size: [1.2, 2],
      shape: "streak", trail: 0.16, fade: "inout", alpha: 0.6, colors: ["#ffffff", "#d6f2ff"],
    });
  },
};
