/**
 * A set of Web Animations and frame functions that share one seekable time. The animations never run
 * by themselves: `seek` is the only thing that moves them, so a frame can be drawn again exactly.
 */
export class Timeline {
  #animations = [];
  #frames = [];

  /** The end of the last animation, in milliseconds. */
  duration = 0;

  /** Like `element.animate`, paused at its beginning. `options.iterations` must be finite. */
  animate(element, keyframes, options) {
    const animation = element.animate(keyframes, { fill: "both", ...options });
    animation.pause();
    animation.currentTime = 0;
    const end = (options.delay ?? 0) + options.duration * (options.iterations ?? 1);
    this.#animations.push({ animation, end, at: 0 });
    this.duration = Math.max(this.duration, end);
    return animation;
  }

  /** Call `draw(milliseconds)` at each seek; for what keyframes cannot say, such as a canvas. */
  frame(draw) {
    this.#frames.push(draw);
  }

  seek(milliseconds) {
    for (const entry of this.#animations) {
      const at = Math.min(Math.max(milliseconds, 0), entry.end);
      if (at === entry.at) continue;
      entry.at = at;
      entry.animation.currentTime = at;
    }
    for (const draw of this.#frames) draw(milliseconds);
  }

  cancel() {
    for (const { animation } of this.#animations) animation.cancel();
    this.#animations = [];
    this.#frames = [];
  }
}
