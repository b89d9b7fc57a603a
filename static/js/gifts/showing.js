/** One thing to show: a gift, or a streak of the same gift, with what is still being sent. */

const DISPLAYS = ["tray", "banner", "big", "fullscreen"];

export class Showing {
  /** Ids of the booked events in it, with the number of gifts each of them added. */
  #booked = new Map();
  /** Keys of what is on its way, with the number of gifts of each. */
  #pending = new Map();

  constructor(event) {
    this.display = DISPLAYS.includes(event.display) ? event.display : "tray";
    this.tier = event.tier ?? "basic";
    this.gift = { slug: "", name: "", coins: 0, ...event.gift };
    this.sender = event.sender ?? null;
    this.message = event.message ?? "";
    this.isTest = Boolean(event.is_test);
    this.streakId = null;
    this.count = 0;
    this.coins = 0;
    this.final = false;
    this.refusal = null;
  }

  /** Take the booked state of `event`. Counts are absolute, so a late event cannot turn them back. */
  absorb(event) {
    this.streakId = event.streak_id ?? event.event_id;
    this.#booked.set(event.event_id, event.delta ?? 1);
    this.count = Math.max(this.count, event.count ?? 1);
    this.coins = Math.max(this.coins, event.coins_total ?? this.gift.coins * this.count);
    this.final = this.final || Boolean(event.final);
    if (event.sender) this.sender = event.sender;
    if (event.message) this.message = event.message;
  }

  expect(key, quantity) {
    this.#pending.set(key, quantity);
  }

  settle(key) {
    this.#pending.delete(key);
  }

  /** Take the gifts of one booked event away again. Returns whether it was in here. */
  takeBack(eventId) {
    const delta = this.#booked.get(eventId);
    if (delta === undefined) return false;
    this.#booked.delete(eventId);
    this.count = Math.max(0, this.count - delta);
    this.coins = Math.max(0, this.coins - delta * this.gift.coins);
    return true;
  }

  /** The message of one gift is shown no more; returns whether it was in here. */
  hideMessage(eventId) {
    if (!this.#booked.has(eventId) || !this.message) return false;
    this.message = "";
    return true;
  }

  get isSending() {
    return this.count === 0 && this.#pending.size > 0;
  }

  get isEmpty() {
    return this.count === 0 && this.#pending.size === 0;
  }

  /** What the counter says: booked gifts and those still on their way. */
  get shownCount() {
    return [...this.#pending.values()].reduce((sum, quantity) => sum + quantity, this.count);
  }

  /** Coins, to decide who goes first and who is dropped. */
  get worth() {
    return Math.max(this.coins, this.gift.coins * this.shownCount);
  }
}
