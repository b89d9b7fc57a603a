// The goal of a room: how far it is, and a moment on the stage when it is reached.
import { copyPattern } from "room/words";

const SHOWN_MS = 4600;

export class GoalBar {
  #host;
  #words;
  #bar;

  constructor(host, { words }) {
    this.#host = host;
    this.#words = words;
    this.#bar = host.querySelector("progress");
  }

  /** Shows the part `goal` of the room's state. */
  show(part) {
    const goal = part?.goal ?? null;
    this.#host.hidden = !goal;
    if (!goal) return;
    this.#host.toggleAttribute("data-reached", Boolean(goal.reached_at));
    this.#host.querySelector("[data-title]").textContent = goal.title;
    this.#host.querySelector("[data-far]").textContent = this.#far(goal);
    this.#bar.max = goal.target;
    this.#bar.value = Math.max(0, Math.min(goal.target, goal.progress));
    this.#bar.setAttribute("aria-valuetext", this.#far(goal));
  }

  #far({ counts, gift, target, progress, reached_at: reachedAt }) {
    const n = this.#words.prices.number(progress);
    const far =
      counts === "coins"
        ? this.#words.say("goal_far", { n, target: this.#words.coinsText(target) })
        : this.#words.say("goal_of_gift", { n, target: this.#words.prices.number(target), gift: gift.name });
    return reachedAt ? `${this.#words.say("goal_reached")} · ${far}` : far;
  }
}

/** Said to everybody once; it moves unless somebody wants it calm (the style sheet knows). */
export class GoalMoment {
  #host;
  #words;
  #timer = null;

  constructor(host, { words }) {
    this.#host = host;
    this.#words = words;
  }

  play({ title }) {
    clearTimeout(this.#timer);
    const card = copyPattern("goal-moment");
    card.querySelector("[data-words]").textContent = this.#words.say("goal_moment", { title });
    this.#host.replaceChildren(card);
    this.#timer = setTimeout(() => this.#host.replaceChildren(), SHOWN_MS);
  }
}
