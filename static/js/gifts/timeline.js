const NOT_PROPERTIES = new Set(["offset", "easing", "composite"]);

/**
 * A set of Web Animations and frame functions that share one seekable time. The animations never run
 * by themselves: `seek` is the only thing that moves them, so a frame can be drawn again exactly.
 */
export class Timeline {
  #animations = [];
  #frames = [];
  #animated = new WeakMap();

  /** The end of the last animation, in milliseconds. */
  duration = 0;

  /**
   * Like `element.animate`, paused at its beginning. `options.iterations` must be finite. The first
   * animation of a property also holds before its delay; later ones only take over when they begin.
   */
  animate(element, keyframes, options) {
    const fill = this.#isFirst(element, keyframes) ? "both" : "forwards";
    const animation = element.animate(keyframes, { fill, ...options });
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

  #isFirst(element, keyframes) {
    const animated = this.#animated.get(element) ?? new Set();
    this.#animated.set(element, animated);
    const names = keyframes.flatMap((keyframe) => Object.keys(keyframe)).filter((name) => !NOT_PROPERTIES.has(name));
    const isFirst = !names.some((name) => animated.has(name));
    for (const name of names) animated.add(name);
    return isFirst;
  }

  cancel() {
    for (const { animation } of this.#animations) animation.cancel();
    this.#animations = [];
    this.#frames = [];
  }
}
