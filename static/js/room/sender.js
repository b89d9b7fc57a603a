// Sends what a person asked for exactly once in effect: each wish has a key, and the same key is asked
// for again, by socket or by POST, until a receipt or a refusal answers it.
import { csrfToken } from "base/csrf";

const ANSWER_MS = 6000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;

export class Sender {
  #connection;
  #urls;
  #answered;
  #waiting = new Map();

  /**
   * `urls` is {gift, undo(giftId)}. `answered(wish, answer)` is called once for each wish, with the
   * receipt, the undone or the refusal.
   */
  constructor(connection, { urls, answered }) {
    this.#connection = connection;
    this.#urls = urls;
    this.#answered = answered;
  }

  /** Asks for a gift; the fields are those of `send_gift`. Returns the key. */
  sendGift(fields) {
    return this.#ask({ type: "send_gift", key: makeKey(), ...fields }, this.#urls.gift);
  }

  undo(giftId) {
    return this.#ask({ type: "undo", key: makeKey(), gift_id: giftId }, this.#urls.undo(giftId));
  }

  /** Whether anything is still without an answer. */
  get isWaiting() {
    return this.#waiting.size > 0;
  }

  /** An answer came by the socket. Returns false when it is for nothing we asked. */
  take(answer) {
    const wish = this.#waiting.get(answer.key);
    if (!wish) return false;
    clearTimeout(wish.timer);
    this.#waiting.delete(answer.key);
    this.#answered(wish.message, answer);
    return true;
  }

  /** The socket is back: ask again for everything that is unanswered. */
  askAgain() {
    for (const wish of this.#waiting.values()) this.#try(wish);
  }

  #ask(message, url) {
    const wish = { message, url, tries: 0, timer: null };
    this.#waiting.set(message.key, wish);
    this.#try(wish);
    return message.key;
  }

  #try(wish) {
    clearTimeout(wish.timer);
    wish.tries += 1;
    if (wish.tries < 3 && this.#connection.send(wish.message)) {
      wish.timer = setTimeout(() => this.#post(wish), ANSWER_MS);
    } else {
      this.#post(wish);
    }
  }

  async #post(wish) {
    const answer = await postWish(wish);
    if (!this.#waiting.has(wish.message.key)) return;
    if (answer) {
      this.take(answer);
      this.#connection.hurry();
    } else {
      const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** wish.tries);
      wish.timer = setTimeout(() => this.#try(wish), Math.random() * bound);
    }
  }
}

/** The answer, or null when the server could not be asked or does not know yet. */
async function postWish({ message, url }) {
  const { type, ...fields } = message;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = await response.json();
    const answer = body.receipt ?? body.undone ?? body.refusal;
    return answer ? { ...answer, key: message.key, type: nameOf(body) } : null;
  } catch {
    return null;
  }
}

function nameOf(body) {
  return ["receipt", "undone", "refusal"].find((name) => body[name]);
}

/** `randomUUID` is only there on secure pages; a site in a home network may not be one. */
function makeKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
