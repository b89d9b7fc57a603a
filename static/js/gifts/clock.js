/**
 * The time that gifts are played by. Everything on the gift layer is a function of `clock.now()`, so
 * a scene can be shown at any moment of its life: by a test, by a scrubber, or by the screen itself.
 */

/** @typedef {{now: () => number, request?: (callback: () => void) => number, cancel?: (handle: number) => void}} Clock */

export const systemClock = {
  now: () => performance.now(),
  request: (callback) => requestAnimationFrame(() => callback()),
  cancel: (handle) => cancelAnimationFrame(handle),
};

/** A clock that stands still until it is moved; each move draws one frame. */
export class ManualClock {
  #now = 0;
  #waiting = new Map();
  #lastHandle = 0;

  now() {
    return this.#now;
  }

  request(callback) {
    this.#lastHandle += 1;
    this.#waiting.set(this.#lastHandle, callback);
    return this.#lastHandle;
  }

  cancel(handle) {
    this.#waiting.delete(handle);
  }

  /** Move to `milliseconds` (backwards too) and run the callbacks that were waiting for a frame. */
  set(milliseconds) {
    this.#now = milliseconds;
    const callbacks = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const callback of callbacks) callback();
  }

  /** Move forward in frames of `step` milliseconds, as a screen would. */
  advance(milliseconds, step = 16) {
    const end = this.#now + milliseconds;
    while (this.#now < end) this.set(Math.min(this.#now + step, end));
  }
}
