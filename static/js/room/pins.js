// Messages with dear gifts stand over the chat for a time. The server says which and until when; this
// draws them and counts down. Nothing moves by itself.
import { csrfToken } from "base/csrf";
import { showToast } from "base/toasts";
import { copyPattern } from "room/words";

const STEP_MS = 1000;

export class Pins {
  #host;
  #list;
  #words;
  #artUrl;
  #unpinUrl;
  #isBlocked;
  #shown = "";
  #timer = null;

  /** `isBlocked(person)` says whose words this reader does not want. */
  constructor({ host, words, artUrl, unpinUrl, isBlocked }) {
    this.#host = host;
    this.#list = host.querySelector("ul");
    this.#words = words;
    this.#artUrl = artUrl;
    this.#unpinUrl = unpinUrl;
    this.#isBlocked = isBlocked;
    this.#list.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-unpin]");
      if (button) this.#unpin(button.closest("[data-pin]"));
    });
  }

  /** The room's part `pins`. What stays keeps its element, and so its focus. */
  show({ pins: all }) {
    const pins = all.filter((pin) => !this.#isBlocked(pin.sender));
    const shown = pins.map((pin) => pin.gift_id).join(" ");
    if (shown === this.#shown) return;
    this.#shown = shown;
    const known = new Map([...this.#list.children].map((item) => [item.dataset.pin, item]));
    this.#list.replaceChildren(...pins.map((pin) => known.get(pin.gift_id) ?? this.#make(pin)));
    this.#host.hidden = pins.length === 0;
    clearInterval(this.#timer);
    if (pins.length > 0) {
      this.#countDown();
      this.#timer = setInterval(() => this.#countDown(), STEP_MS);
    }
  }

  #make({ gift_id: id, sender, message, gift, coins, until, created_at: at }) {
    const item = copyPattern("pin");
    item.dataset.pin = id;
    item.dataset.until = until;
    item.dataset.at = at;
    item.querySelector("img").src = this.#artUrl(gift.slug);
    item.querySelector("[data-name]").textContent = sender?.name ?? this.#words.say("anonymous");
    item.querySelector("[data-coins]").append(this.#words.coins(coins));
    item.querySelector("[data-text]").textContent = message;
    return item;
  }

  #countDown() {
    for (const item of this.#list.children) {
      const { at, until } = item.dataset;
      // A clock that is wrong never shows more than the whole time.
      const left = Math.min(Date.parse(until) - Date.now(), Date.parse(until) - Date.parse(at));
      const seconds = Math.max(0, Math.ceil(left / 1000));
      const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      item.querySelector("[data-left]").textContent = this.#words.say("pin_left", { time });
    }
  }

  async #unpin(item) {
    try {
      const response = await fetch(this.#unpinUrl, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: new URLSearchParams({ gift: item.dataset.pin }),
      });
      const { refusal } = await response.json();
      if (refusal) showToast(refusal.sentence, "error");
    } catch {
      showToast(this.#words.say("not_now"), "error");
    }
  }
}
