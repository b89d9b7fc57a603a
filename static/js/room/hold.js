// A button that sends again and again while it is held, by finger, mouse or key. A single press is one.

const HOLD_AFTER_MS = 420;
const AGAIN_MS = 260;

export class HoldButton {
  #timer = null;
  #wasHeld = false;
  #press;
  #canHold;

  constructor(button, { press, canHold }) {
    this.#press = press;
    this.#canHold = canHold;
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.#wait();
    });
    for (const name of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
      button.addEventListener(name, () => this.#stop());
    }
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    // Enter and Space come as clicks; a held Enter comes as many.
    button.addEventListener("click", () => {
      if (!this.#wasHeld) this.#press();
      this.#wasHeld = false;
    });
  }

  #wait() {
    this.#wasHeld = false;
    this.#timer = setTimeout(() => this.#again(), HOLD_AFTER_MS);
  }

  #again() {
    if (!this.#canHold()) return;
    this.#wasHeld = true;
    this.#press();
    this.#timer = setTimeout(() => this.#again(), AGAIN_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
  }
}
