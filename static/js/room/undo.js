// After a gift: what it was, what the creator gets of it, and a button that takes it back while the
// server would. The seconds on the button are for eyes only; a reader hears them once.
import { copyPattern } from "room/words";

const STEP_MS = 250;
const READ_MS = 6000;

export class UndoBar {
  #host;
  #words;
  #undo;
  #timer = null;
  #shown = null;

  /** `undo(giftId)` asks for it. */
  constructor({ host, words, undo }) {
    this.#host = host;
    this.#words = words;
    this.#undo = undo;
  }

  /** A receipt came; `seconds` is the person's own window, `left` how many undos are left today. */
  show(receipt, { seconds, left, creator }) {
    const canUndo = left > 0 && seconds > 0;
    const bar = copyPattern("undo");
    const count = receipt.count > 1 ? ` ${this.#words.say("times", { n: receipt.count })}` : "";
    bar.querySelector("[data-what]").textContent = `${this.#words.say("sent", { gift: receipt.gift.name })}${count}`;
    bar.querySelector("[data-share]").textContent = this.#words.say("share", {
      creator,
      money: this.#words.prices.creatorShare(receipt.coins),
    });
    bar.querySelector("[data-coins]").append(this.#words.coins(receipt.coins));
    const button = bar.querySelector("button");
    button.hidden = !canUndo;
    button.addEventListener("click", () => {
      button.setAttribute("aria-busy", "true");
      this.#undo(receipt.gift_id);
    });
    this.#host.replaceChildren(bar);
    this.#host.hidden = false;
    this.#shown = receipt.streak_id;
    this.#countDown(canUndo ? seconds * 1000 : READ_MS, bar.querySelector("[data-seconds]"));
  }

  /** The gift of this streak is not there any more, or nothing is left to say about it. */
  hide(streakId = this.#shown) {
    if (streakId !== this.#shown) return;
    clearInterval(this.#timer);
    this.#host.hidden = true;
    this.#host.replaceChildren();
  }

  /** The undo was refused: the button can be pressed again. */
  release() {
    this.#host.querySelector("button")?.removeAttribute("aria-busy");
  }

  #countDown(milliseconds, seconds) {
    clearInterval(this.#timer);
    const end = performance.now() + milliseconds;
    const step = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) this.hide();
      else seconds.textContent = String(left);
    };
    step();
    this.#timer = setInterval(step, STEP_MS);
  }
}
