// Gifts to thank for, a line a streak. The server keeps who was thanked, so that two consoles agree.
import { csrfToken } from "base/csrf";
import { showToast } from "base/toasts";
import { copyPattern } from "room/words";

const LINES_KEPT = 200;

export class ThanksList {
  #host;
  #words;
  #artUrl;
  #url;
  #bigFirst;
  #streaks = new Map();

  /** `host` is {list, empty, badge, bigFirst}; `url` takes the ticks. */
  constructor(host, { words, artUrl, url }) {
    this.#host = host;
    this.#words = words;
    this.#artUrl = artUrl;
    this.#url = url;
    this.#bigFirst = host.bigFirst.checked;
    host.bigFirst.addEventListener("change", () => {
      this.#bigFirst = host.bigFirst.checked;
      this.#arrange();
    });
    host.list.addEventListener("change", (event) => this.#tick(event.target));
  }

  /** Everything anew, newest first, as the server has it. */
  replace(streaks) {
    this.#streaks.clear();
    this.#host.list.replaceChildren();
    for (const streak of streaks.toReversed()) this.#put(streak);
    this.#arrange();
  }

  /** A gift that came now; who was thanked for a streak that goes on is thanked again. */
  add(event) {
    const known = this.#streaks.get(event.streak_id);
    const said = event.message || !known ? event : known.event;
    // The gift whose message it is: it can be hidden after the streak went on.
    const { message, message_of = said.event_id } = said;
    this.#put({ ...event, message, message_of, thanked: known?.event.thanked ?? false });
    this.#arrange();
  }

  takenBack({ streak_id: id, count, coins_total: coins }) {
    const known = this.#streaks.get(id);
    if (!known) return;
    if (count === 0) {
      known.line.remove();
      this.#streaks.delete(id);
    } else {
      this.#put({ ...known.event, count, coins_total: coins });
    }
    this.#arrange();
  }

  hideMessages(gifts) {
    for (const { event } of this.#streaks.values()) {
      if (gifts.includes(event.message_of ?? event.event_id)) this.#put({ ...event, message: "" });
    }
  }

  /** Ticked here or in another console. */
  thanked(id, isThanked) {
    const known = this.#streaks.get(id);
    if (!known) return;
    known.event.thanked = isThanked;
    known.line.querySelector("[data-thanked]").checked = isThanked;
    known.line.toggleAttribute("data-done", isThanked);
    this.#count();
  }

  #put(event) {
    const id = event.streak_id;
    const line = this.#streaks.get(id)?.line ?? copyPattern("thanks");
    line.dataset.streak = id;
    line.querySelector("img").src = this.#artUrl(event.gift.slug);
    line.querySelector("[data-name]").textContent = event.sender?.name ?? this.#words.say("anonymous");
    line.querySelector("[data-gift]").textContent = event.gift.name;
    line.querySelector("[data-count]").textContent = event.count > 1 ? this.#words.say("times", { n: event.count }) : "";
    line.querySelector("[data-message]").textContent = event.message;
    line.querySelector("[data-coins]").replaceChildren(this.#words.coins(event.coins_total));
    line.querySelector(".thanks__text").id = `thanks-${id}`;
    line.querySelector("[data-thanked]").setAttribute("aria-describedby", `thanks-${id}`);
    line.querySelector("[data-thanked]").checked = event.thanked;
    line.toggleAttribute("data-done", event.thanked);
    this.#streaks.delete(id);
    this.#streaks.set(id, { event, line });
    const [oldest] = this.#streaks.keys();
    if (this.#streaks.size > LINES_KEPT) {
      this.#streaks.get(oldest).line.remove();
      this.#streaks.delete(oldest);
    }
  }

  /** Newest first, or dearest; lines that stand right are not moved, so that focus stays. */
  #arrange() {
    const lines = [...this.#streaks.values()].reverse();
    if (this.#bigFirst) lines.sort((one, other) => other.event.coins_total - one.event.coins_total);
    for (const [place, { line }] of lines.entries()) {
      if (this.#host.list.children[place] !== line) this.#host.list.insertBefore(line, this.#host.list.children[place] ?? null);
    }
    this.#host.empty.hidden = lines.length > 0;
    this.#count();
  }

  #count() {
    const open = [...this.#streaks.values()].filter(({ event }) => !event.thanked).length;
    const text = open ? this.#words.count("unthanked", open) : this.#words.say("all_thanked");
    this.#host.badge.textContent = this.#streaks.size ? text : "";
  }

  async #tick(box) {
    const id = box.closest("[data-streak]").dataset.streak;
    const isThanked = box.checked;
    this.thanked(id, isThanked);
    try {
      const body = new URLSearchParams({ streak: id, on: isThanked ? "1" : "0" });
      const headers = { "X-CSRFToken": csrfToken(), "X-Part": "thanks" };
      const answer = await fetch(this.#url, { method: "POST", body, headers });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      this.thanked(id, !isThanked);
      showToast(this.#words.say("not_now"), "error");
    }
  }
}
