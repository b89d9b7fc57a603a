/** Scenes: finding the one a gift has, and mounting it so that it can be seeked. */

import { Art, loadArt, stillArt } from "./art.js";
import { entrances } from "./entrances.js";
import { seedOf } from "./particles.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";

/**
 * The scene and the drawing of a gift, loaded and ready to mount. A gift without motion of its own,
 * and one whose files cannot be had, gets its still and the entrance of its display. Never rejects.
 */
export async function loadScene({ slug, display, artUrl, motionUrl }) {
  const art = artUrl(slug);
  const motion = motionUrl(slug);
  if (art && motion) {
    try {
      const [template, module] = await Promise.all([loadArt(art), import(motion)]);
      return { scene: module.scene, makeArt: () => new Art(template, slug) };
    } catch (error) {
      console.warn(`gift scene ${slug}:`, error);
    }
  }
  return stillScene({ display, art });
}

export function stillScene({ display, art }) {
  return { scene: entrances[display], makeArt: () => ({ svg: stillArt(art) }) };
}

/** Build a scene in `root`. The result is moved by `seek(milliseconds)` only. */
export function mountScene({ root, seat, loaded, seedText, limit }) {
  const timeline = new Timeline();
  const stage = new Stage({ root, seat, art: loaded.makeArt(), timeline, seed: seedOf(seedText), limit });
  loaded.scene.build(stage);
  timeline.seek(0);
  return {
    duration_ms: loaded.scene.duration_ms,
    seek: (milliseconds) => timeline.seek(milliseconds),
    cancel() {
      timeline.cancel();
      for (const element of root.querySelectorAll(".gift-scene-layer, .gift-rig")) element.remove();
    },
  };
}
