// Who gave most in a room. The list is told whole; a person chooses to be on it or not.
import { csrfToken } from "base/csrf";
import { showToast } from "base/toasts";
import { copyPattern } from "room/words";

export class Board {
  #list;
  #words;
  #shown = "";

  constructor(list, { words }) {
    this.#list = list;
    this.#words = words;
  }

  /** Shows the part `board` of the room's state; `most` leaves out who stands below. */
  show(part, most = Infinity) {
    const people = (part?.people ?? []).slice(0, most);
    const shown = JSON.stringify(people);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...people.map((person, index) => this.#row(person, index)));
  }

  #row({ name, handle, coins }, index) {
    const row = copyPattern("board-row");
    row.dataset.handle = handle;
    row.querySelector("[data-place]").textContent = coins === null ? "" : this.#words.prices.number(index + 1);
    row.querySelector("[data-name]").textContent = name;
    if (coins !== null) row.querySelector("[data-coins]").replaceChildren(this.#words.coins(coins));
    return row;
  }
}

/** The button that opens the board, with who stands first. */
export function showOpener(button, part) {
  const [first] = part?.people ?? [];
  button.hidden = !first;
  button.querySelector("[data-first]").textContent = first?.name ?? "";
}

/** The own choice, saved without leaving the room. */
export function watchWish(form, { words }) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const listed = event.submitter.value;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams({ listed }),
        headers: { "X-CSRFToken": csrfToken(), "X-Part": "board" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      showToast(words.say("not_now"), "error");
      return;
    }
    for (const button of form.querySelectorAll("button")) button.hidden = button.value === listed;
    form.querySelector("[data-said]").textContent = words.say(listed === "1" ? "board_on" : "board_off");
    form.querySelector("button:not([hidden])").focus();
  });
}
