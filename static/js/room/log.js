// What was said and given, as one list for eyes and screen readers. Lines come in at most once in a
// while and never pile up; a streak has one line that counts on.
import { LogKeys } from "room/log-keys";
import { copyPattern } from "room/words";

const FLUSH_MS = 600;
const LINES_KEPT = 120;
const WAITING_KEPT = 120;
const AT_THE_END_PX = 48;
const MESSAGES_KEPT = 3;

export class RoomLog {
  #list;
  #empty;
  #newer;
  #words;
  #artUrl;
  #returnUrl;
  #waiting = [];
  #streaks = new Map();
  #timer = null;
  #unseen = 0;
  #isPaused = false;
  #blocked = new Set();
  #goOn = () => {};
  #pauseKey = () => {};

  /** `returnUrl(giftId)` is where the creator returns a gift. */
  constructor({ list, empty, newer, words, artUrl, returnUrl }) {
    this.#list = list;
    this.#empty = empty;
    this.#newer = newer;
    this.#words = words;
    this.#artUrl = artUrl;
    this.#returnUrl = returnUrl;
    newer.addEventListener("click", () => {
      if (this.#isPaused) this.#goOn();
      this.#goToEnd();
    });
    new LogKeys(list, { pause: () => this.#pauseKey() });
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
    if (event.type === "gift" && this.update(event)) {
      this.#addMessage(event);
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length > WAITING_KEPT) this.#waiting.shift();
    if (this.#isPaused) this.#showUnseen(this.#unseen + Number(!this.#blocked.has(event.sender?.id)));
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Gifts that were too many to be told one by one: at most one line of them at a time. */
  addLeftOut({ gifts, coins }) {
    const waiting = this.#waiting.find((event) => event.type === "left_out");
    if (waiting) Object.assign(waiting, { gifts: waiting.gifts + gifts, coins: waiting.coins + coins });
    else this.add({ type: "left_out", gifts, coins });
  }

  /** What these people say is not shown to this reader; their gifts are, without words. */
  setBlocked(people) {
    this.#blocked = new Set(people);
    for (const line of this.#list.children) this.#markBlocked(line);
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

  /** What to do when the reader goes on by the chip, and when P is pressed in the list. */
  onGoOn(act) {
    this.#goOn = act;
  }

  onPauseKey(act) {
    this.#pauseKey = act;
  }

  hasLine(id) {
    return Boolean(this.#lineOf(id)) || this.#waiting.some((event) => event.id === id);
  }

  /** The own line is what the room calls it from now on. */
  nameLine(line, { id, created_at: at, sender }) {
    Object.assign(line.dataset, { line: id, at, handle: sender.handle, of: sender.id });
  }

  /** Lines and messages of gifts that nobody sees any more. */
  hide({ lines, gifts }) {
    this.#waiting = this.#waiting.filter((event) => !lines.includes(event.id));
    for (const event of this.#waiting) if (gifts.includes(event.event_id)) event.message = "";
    for (const id of lines) this.#lineOf(id)?.remove();
    for (const id of gifts) this.#messageOf(id)?.remove();
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  /** They are there again, each at its old place. */
  show({ chat, messages }) {
    for (const event of chat) {
      if (this.hasLine(event.id)) continue;
      const later = [...this.#list.children].find((line) => (line.dataset.at ?? "") > event.created_at);
      this.#list.insertBefore(this.#make(event), later ?? null);
    }
    for (const said of messages) if (!this.#messageOf(said.event_id)) this.#addMessage(said);
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  get isPaused() {
    return this.#isPaused;
  }

  setPaused(isPaused) {
    this.#isPaused = isPaused;
    if (isPaused) return;
    this.#showUnseen(0);
    this.#flush();
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

  #makeChat({ id, sender, text, created_at: at }) {
    const line = copyPattern("chat-line");
    if (id) this.nameLine(line, { id, sender, created_at: at });
    else Object.assign(line.dataset, { handle: sender.handle, of: sender.id });
    this.#markBlocked(line);
    line.querySelector("[data-name]").textContent = sender.name;
    line.querySelector("[data-text]").textContent = text;
    return line;
  }

  #makeGift({ sender, gift, count, coins_total: coins, streak_id: streakId, message, event_id: id, created_at: at }) {
    const line = copyPattern("gift-line");
    line.querySelector("[data-name]").textContent = sender ? sender.name : this.#words.say("anonymous");
    line.querySelector("[data-gift]").textContent = gift.name;
    line.dataset.at = at;
    if (sender) Object.assign(line.dataset, { handle: sender.handle, of: sender.id });
    else line.dataset.unnamed = id;
    line.querySelector("[data-person]").disabled = !sender && !("asksSenders" in this.#list.dataset);
    line.querySelector("img").src = this.#artUrl(gift.slug);
    this.#markBlocked(line);
    line.querySelector("[data-return]")?.setAttribute("href", this.#returnUrl(id));
    this.#writeCount(line, { count, coins });
    this.#streaks.set(streakId, line);
    this.#addMessage({ streak_id: streakId, message, event_id: id });
    return line;
  }

  /** What was said with a gift stands in the line of its streak, and can be taken away alone. */
  #addMessage({ streak_id: streakId, message, event_id: id }) {
    const waiting = this.#waiting.find((event) => event.streak_id === streakId);
    if (waiting && message) Object.assign(waiting, { message, event_id: id });
    const line = this.#streaks.get(streakId);
    if (!line || !message) return;
    const said = copyPattern("gift-message");
    said.dataset.gift = id;
    said.querySelector("[data-text]").textContent = message;
    const known = line.querySelectorAll(".chat__message");
    if (known.length >= MESSAGES_KEPT) known[0].remove();
    line.querySelector(".chat__gift").append(said);
  }

  #markBlocked(line) {
    line.toggleAttribute("data-blocked", this.#blocked.has(line.dataset.of));
  }

  #lineOf(id) {
    return this.#list.querySelector(`[data-line="${CSS.escape(id)}"]`);
  }

  #messageOf(id) {
    return this.#list.querySelector(`.chat__message[data-gift="${CSS.escape(id)}"]`);
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
