// Where an overlay's alerts come from: it asks the server, which gives each alert to one page, once. A
// socket of the room only says when to ask; without it the page asks every few seconds.

const IDLE_MS = 3000;
const JOINED_IDLE_MS = 8000;
const LONGEST_WAIT_MS = 5000;
const AGAIN_MS = 300;

export class Source {
  #token;
  #url;
  #on;
  #takes;
  #timer = null;
  #asking = false;
  #again = false;
  #failures = 0;
  #isOver = false;
  #shown = null;

  /**
   * `on` is {answer(answer), over(), canTake(), isJoined()}: `over` when the token is not good (any
   * more), `canTake` whether there is room for an alert now. `takes` is false for a preview.
   */
  constructor({ token, url, takes, on }) {
    this.#token = token;
    this.#url = url;
    this.#takes = takes;
    this.#on = on;
  }

  /** Something may have happened: ask now, or as soon as the answer under way is there. */
  async ask() {
    if (this.#isOver) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#asking = true;
    this.#again = false;
    const wait = await this.#exchange();
    this.#asking = false;
    if (this.#isOver) return;
    if (this.#again) this.ask();
    else this.#timer = setTimeout(() => this.ask(), wait);
  }

  /** The alert is on the screen: the server is told at once, and gives it to nobody else. */
  shown(id) {
    this.#shown = id;
    this.ask();
  }

  async #exchange() {
    const shown = this.#shown;
    const take = this.#takes && this.#on.canTake();
    let response;
    let answer;
    try {
      response = await fetch(this.#url, {
        method: "POST",
        credentials: "omit",
        headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ shown, take }),
      });
      answer = await response.json();
    } catch {
      response = null;
    }
    if (response?.status === 403) {
      this.#isOver = true;
      this.#on.over();
      return 0;
    }
    if (!response?.ok) {
      this.#failures += 1;
      return Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures);
    }
    this.#failures = 0;
    if (this.#shown === shown) this.#shown = null;
    this.#on.answer(answer);
    // Who had no room for an alert was not told whether one waits.
    if (answer.waiting > 0 || (this.#takes && !take && !document.hidden)) return AGAIN_MS;
    return this.#on.isJoined() ? JOINED_IDLE_MS : IDLE_MS;
  }
}
