// What was said and given, as one list for eyes and screen readers. Lines come in at most once in a
// while and never pile up; a streak has one line that counts on.
import { copyPattern } from "room/words";

const FLUSH_MS = 600;
const LINES_KEPT = 120;
const WAITING_KEPT = 120;
const AT_THE_END_PX = 48;

export class RoomLog {
  #list;
  #empty;
  #newer;
  #words;
  #artUrl;
  #waiting = [];
  #streaks = new Map();
  #timer = null;
  #unseen = 0;
  #isPaused = false;

  constructor({ list, empty, newer, words, artUrl }) {
    this.#list = list;
    this.#empty = empty;
    this.#newer = newer;
    this.#words = words;
    this.#artUrl = artUrl;
    newer.addEventListener("click", () => this.#goToEnd());
    list.addEventListener("scroll", () => {
      if (this.#isAtEnd) this.#showUnseen(0);
    });
  }

  /** Everything anew, from a snapshot. The reader is not told all of it again. */
  replace({ chat, gifts }) {
    this.#list.setAttribute("aria-live", "off");
    this.#waiting = [];
    this.#streaks.clear();
    const latest = new Map(gifts.map((gift) => [gift.streak_id, gift]));
    const lines = [...chat, ...latest.values()].sort((a, b) => a.created_at.localeCompare(b.created_at));
    this.#list.replaceChildren(...lines.map((line) => this.#make(line)));
    this.#empty.hidden = lines.length > 0;
    this.#goToEnd();
    setTimeout(() => this.#list.setAttribute("aria-live", "polite"), FLUSH_MS);
  }

  /** A chat line or a gift that happened now. */
  add(event) {
    if (event.type === "gift" && this.update(event)) return;
    this.#waiting.push(event);
    if (this.#waiting.length > WAITING_KEPT) this.#waiting.shift();
    if (!this.#isPaused) this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Gifts that were too many to be told one by one: at most one line of them at a time. */
  addLeftOut({ gifts, coins }) {
    const waiting = this.#waiting.find((event) => event.type === "left_out");
    if (waiting) Object.assign(waiting, { gifts: waiting.gifts + gifts, coins: waiting.coins + coins });
    else this.add({ type: "left_out", gifts, coins });
  }

  /** How far a streak is now. Returns false when it has no line. */
  update({ streak_id: streakId, count, coins_total: coins }) {
    const waiting = this.#waiting.find((event) => event.streak_id === streakId);
    if (waiting) Object.assign(waiting, { count, coins_total: coins });
    const line = this.#streaks.get(streakId);
    if (line) this.#writeCount(line, { count, coins });
    return Boolean(waiting || line);
  }

  /** The person's own line, shown before the server has said it. */
  addOwn(line) {
    const element = this.#make(line);
    element.dataset.state = "sending";
    this.#put([element]);
    this.#goToEnd();
    return element;
  }

  get isPaused() {
    return this.#isPaused;
  }

  setPaused(isPaused) {
    this.#isPaused = isPaused;
    if (!isPaused) this.#flush();
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < AT_THE_END_PX;
  }

  #flush() {
    this.#timer = null;
    if (this.#isPaused || this.#waiting.length === 0) return;
    const wasAtEnd = this.#isAtEnd;
    const lines = this.#waiting.map((event) => this.#make(event));
    this.#waiting = [];
    this.#put(lines);
    if (wasAtEnd) this.#goToEnd();
    else this.#showUnseen(this.#unseen + lines.length);
  }

  #put(lines) {
    this.#list.append(...lines);
    this.#empty.hidden = true;
    while (this.#list.childElementCount > LINES_KEPT) this.#list.firstElementChild.remove();
    for (const [streakId, line] of this.#streaks) if (!line.isConnected) this.#streaks.delete(streakId);
  }

  #make(event) {
    if (event.type === "gift") return this.#makeGift(event);
    return event.type === "left_out" ? this.#makeLeftOut(event) : this.#makeChat(event);
  }

  #makeChat({ sender, text }) {
    const line = copyPattern("chat-line");
    line.querySelector("[data-name]").textContent = sender.name;
    line.querySelector("[data-text]").textContent = text;
    return line;
  }

  #makeGift({ sender, gift, count, coins_total: coins, streak_id: streakId, message }) {
    const line = copyPattern("gift-line");
    line.querySelector("[data-name]").textContent = sender ? sender.name : this.#words.say("anonymous");
    line.querySelector("[data-gift]").textContent = gift.name;
    line.querySelector("[data-message]").textContent = message;
    line.querySelector("img").src = this.#artUrl(gift.slug);
    this.#writeCount(line, { count, coins });
    this.#streaks.set(streakId, line);
    return line;
  }

  #makeLeftOut({ gifts, coins }) {
    const line = copyPattern("left-out-line");
    line.querySelector("[data-what]").textContent = this.#words.count("more_gifts", gifts);
    line.querySelector("[data-coins]").replaceChildren(this.#words.coins(coins));
    return line;
  }

  #writeCount(line, { count, coins }) {
    line.hidden = count === 0;
    line.querySelector("[data-count]").textContent = count > 1 ? this.#words.say("times", { n: count }) : "";
    line.querySelector("[data-coins]").replaceChildren(this.#words.coins(coins));
  }

  #goToEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#showUnseen(0);
  }

  #showUnseen(unseen) {
    this.#unseen = unseen;
    this.#newer.hidden = unseen === 0;
    if (unseen) this.#newer.textContent = this.#words.count("newer", unseen);
  }
}
