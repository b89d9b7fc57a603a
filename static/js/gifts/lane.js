/** A place on the screen with a few slots, and a bounded queue in front of it. */
export class Lane {
  active = [];
  waiting = [];
  #arrivals = 0;

  /** `hold` maps the way of showing ("moving", "settled", "calm", "crowded") to milliseconds. */
  constructor({ name, slots, limit, hold }) {
    this.name = name;
    this.slots = slots;
    this.limit = limit;
    this.hold = hold;
  }

  /** Queue a showing. The cheapest, and among equals the newest, is dropped when the queue is full. */
  add(showing) {
    this.#arrivals += 1;
    this.waiting.push({ showing, arrival: this.#arrivals });
    this.#sort();
    return this.waiting.length > this.limit ? this.waiting.pop().showing : null;
  }

  /** The dearest waiting showing when a slot is free, else null. */
  next() {
    if (this.active.length >= this.slots || this.waiting.length === 0) return null;
    this.#sort();
    return this.waiting.shift().showing;
  }

  /** Forget a waiting showing. Returns whether it was waiting here. */
  forget(showing) {
    const before = this.waiting.length;
    this.waiting = this.waiting.filter((entry) => entry.showing !== showing);
    return this.waiting.length < before;
  }

  #sort() {
    this.waiting.sort((a, b) => b.showing.worth - a.showing.worth || a.arrival - b.arrival);
  }
}
