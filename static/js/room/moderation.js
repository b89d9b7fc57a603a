// People of the room: a click on a name opens their card, and who moderates takes lines away.
// What comes of it is told by the room itself.
import { csrfToken } from "base/csrf";
import { openDialog } from "base/dialogs";
import { showToast } from "base/toasts";

export class Moderation {
  #dialog;
  #urls;
  #words;

  /** `urls` is {hide, person(handle)}. */
  constructor({ list, dialog, urls, words }) {
    this.#dialog = dialog;
    this.#urls = urls;
    this.#words = words;
    list.addEventListener("click", (event) => {
      const line = event.target.closest(".chat__line");
      if (event.target.closest("[data-person]") && line.dataset.handle) this.#open(line.dataset.handle);
      else if (event.target.closest("[data-hide]")) this.#hide(event.target.closest("[data-gift]") ?? line);
    });
    dialog.addEventListener("submit", (event) => this.#submit(event));
  }

  async #open(handle) {
    const card = await this.#ask(this.#urls.person(handle), { headers: { "X-Part": "card" } });
    if (!card) return;
    this.#show(await card.text());
    openDialog(this.#dialog);
  }

  /** The forms of the card are sent without leaving the room; the card comes back as it is then. */
  async #submit(event) {
    const form = event.target;
    if (new URL(form.action).pathname === location.pathname || !form.closest(".person-card__acts")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const card = await this.#ask(form.action, { method: "POST", body, headers: { "X-Part": "card" } });
    if (card) this.#show(await card.text());
  }

  async #hide(subject) {
    const body = new FormData();
    if (subject.dataset.gift) body.set("gift", subject.dataset.gift);
    else if (subject.dataset.line) body.set("line", subject.dataset.line);
    else return;
    const headers = { "X-CSRFToken": csrfToken() };
    const answer = await this.#ask(this.#urls.hide, { method: "POST", body, headers });
    if (!answer) return;
    const { refusal } = await answer.json();
    showToast(refusal ? refusal.sentence : this.#words.say("hidden"), refusal ? "error" : "success");
  }

  /** The answer; also a refusal is one. Where there is none, people are told. */
  async #ask(url, options) {
    try {
      const answer = await fetch(url, options);
      if (answer.status < 500 && answer.status !== 404) return answer;
    } catch {
      // The same as an error of the server.
    }
    showToast(this.#words.say("not_now"), "error");
    return null;
  }

  #show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    this.#dialog.querySelector("[data-card]").replaceChildren(...page.body.childNodes);
  }
}
