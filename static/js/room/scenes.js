// How the layers of each drawn scene move. A scene is img/scenes/<name>.svg, whose top groups are its
// layers; places are percent of the square that the drawing fills. Only transforms and opacity are
// animated, so that the compositor does the work and the page's own thread is left alone.

const drift = (by, seconds) => ({ frames: [{ translate: `-${by}` }, { translate: by }], seconds });
const rise = (by, seconds) => ({ frames: [{ translate: `0 ${by}` }, { translate: `0 -${by}` }], seconds });
const breathe = (from, to, seconds) => ({ frames: [{ opacity: from }, { opacity: to }], seconds });
const sway = (degrees, origin, seconds) => ({
  frames: [{ rotate: `-${degrees}deg` }, { rotate: `${degrees}deg` }],
  seconds,
  origin,
});
const swell = (to, origin, seconds) => ({ frames: [{ scale: 1 }, { scale: to }], seconds, origin });
const rock = (origin, seconds) => ({
  frames: [
    { rotate: "-1.6deg", translate: "0 0.35%" },
    { rotate: "1.2deg", translate: "0.5% -0.35%" },
    { rotate: "-0.6deg", translate: "1% 0.3%" },
  ],
  seconds,
  origin,
});

/** `motes` float over the drawing: colours, how many, size, and drift in hundredths a second. */
export const SCENES = {
  harbour: {
    layers: {
      stars: breathe(0.5, 1, 6),
      clouds: drift("2%", 48),
      lights: breathe(0.75, 1, 4.4),
      glitter: breathe(1, 0.25, 3.6),
      shimmer: breathe(0.2, 0.95, 3.6),
      boat: rock("40% 63%", 7),
      string: sway(0.5, "50% -20%", 6.5),
    },
    motes: { colors: ["#ffe9a8", "#ffc98f"], count: 22, size: [2, 5], drift: [0.4, -1.6], glow: true },
  },
  dunes: {
    layers: {
      stars: breathe(0.4, 1, 7),
      sun: swell(1.03, "53% 39%", 9),
      bands: drift("2.6%", 52),
      birds: { frames: [{ translate: "-6% 1.5%" }, { translate: "9% -2%" }], seconds: 40 },
      kite: sway(2.2, "68% 67%", 6),
      grass: sway(0.7, "50% 110%", 4.5),
    },
    motes: { colors: ["#ffe0a0", "#ffd0b0"], count: 30, size: [1, 3], drift: [3.4, -0.3], glow: false },
  },
  rooftops: {
    layers: {
      stars: breathe(0.5, 1, 6),
      clouds: drift("2.4%", 50),
      smoke: { frames: [{ translate: "0 1%", opacity: 0.5 }, { translate: "1.6% -1.6%", opacity: 1 }], seconds: 6 },
      windows: breathe(1, 0.7, 8),
      lamps: breathe(0.7, 1, 7),
      cat: sway(0.9, "46% 69%", 5),
      garland: sway(0.35, "50% 40%", 6),
    },
    motes: { colors: ["#ffffff", "#e6f4ff"], count: 44, size: [1.5, 3.5], drift: [0.9, 2.4], glow: false },
  },
  footlights: {
    layers: {
      rings: { frames: [{ scale: 0.94, opacity: 0.3 }, { scale: 1.07, opacity: 0.9 }], seconds: 3.4, origin: "50% 39%" },
      "beam-start": sway(5, "24% -6%", 8),
      "beam-end": sway(5, "76% -6%", 9.5),
      pool: breathe(0.7, 1, 4),
      "curtain-start": swell(1.015, "0% 0%", 7),
      "curtain-end": swell(1.015, "100% 0%", 7.8),
      lamps: breathe(0.82, 1, 3),
    },
    motes: { colors: ["#ffe9b5", "#ffcf80"], count: 34, size: [1.5, 4], drift: [0.3, -1.1], glow: true },
  },
  grove: {
    layers: {
      rays: { frames: [{ rotate: "-3deg", opacity: 0.6 }, { rotate: "4deg", opacity: 1 }], seconds: 16, origin: "46.7% 43.3%" },
      mist: drift("5%", 26),
      fog: drift("7%", 34),
      lilies: rise("0.35%", 5),
      leaves: sway(1, "50% -10%", 6),
      ferns: sway(0.6, "50% 110%", 5),
    },
    motes: { colors: ["#fff7b8", "#d8ff9a"], count: 30, size: [2, 5], drift: [0.6, -0.8], glow: true },
  },
};
