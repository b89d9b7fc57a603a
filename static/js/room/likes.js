// Likes: a tap on the stage, or the button. Taps are gathered and sent about once a second; hearts of
// others float for what the count rose. Calm mode and prefers-reduced-motion show the number alone.
import { copyPattern } from "room/words";

const SEND_MS = 700;
const MOST_AT_ONCE = 50;
const HEARTS_ALIVE = 24;
const HEARTS_OF_OTHERS = 6;
const TINTS = 5;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

export class Likes {
  #hearts;
  #counter;
  #words;
  #send;
  #waiting = 0;
  #timer = null;
  #count = null;
  #own = 0;

  /** `send(message)` is false while the socket is down; `button` is null for who cannot like. */
  constructor({ stage, hearts, button, counter, words, send }) {
    this.#hearts = hearts;
    this.#counter = counter;
    this.#words = words;
    this.#send = send;
    if (!button) return;
    button.addEventListener("click", () => this.#tap());
    stage.addEventListener("click", (event) => {
      if (!event.target.closest("a, button, input, dialog, [role=button], .gift-layer")) this.#tap();
    });
  }

  /** Shows the part `likes` of the room's state. */
  show(part) {
    const count = part?.count ?? 0;
    if (count === this.#count) return;
    const rose = this.#count === null ? 0 : count - this.#count;
    const others = Math.max(0, rose - this.#own);
    this.#own = Math.max(0, this.#own - rose);
    this.#count = count;
    this.#counter.hidden = count === 0;
    this.#counter.querySelector("[data-likes]").textContent = this.#words.count("likes", count);
    for (let n = 0; n < Math.min(others, HEARTS_OF_OTHERS); n += 1) setTimeout(() => this.#float(), n * 90);
  }

  #tap() {
    this.#waiting = Math.min(MOST_AT_ONCE, this.#waiting + 1);
    this.#float();
    this.#timer ??= setTimeout(() => this.#flush(), SEND_MS);
  }

  #flush() {
    this.#timer = null;
    if (this.#send({ type: "like", count: this.#waiting })) this.#own += this.#waiting;
    this.#waiting = 0;
  }

  #float() {
    const isStill = reducedMotion.matches || "calm" in document.documentElement.dataset;
    if (isStill || document.hidden || this.#hearts.childElementCount >= HEARTS_ALIVE) return;
    const heart = copyPattern("heart");
    heart.dataset.tint = String(Math.floor(Math.random() * TINTS));
    this.#hearts.append(heart);
    const sway = (Math.random() - 0.5) * 60;
    const size = 0.7 + Math.random() * 0.6;
    const frames = [
      { transform: `translate(0, 0) scale(${size * 0.3})`, opacity: 0 },
      { transform: `translate(${sway * 0.4}px, -20%) scale(${size})`, opacity: 1, offset: 0.15 },
      { transform: `translate(${sway}px, -14rem) rotate(${sway / 3}deg) scale(${size})`, opacity: 0 },
    ];
    heart.animate(frames, { duration: 1700 + Math.random() * 900, easing: "ease-out" }).finished.finally(() => heart.remove());
  }
}
