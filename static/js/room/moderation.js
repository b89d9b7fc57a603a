// People of the room: a click on a name opens their card; what was said can be reported, and who
// moderates takes it away.
// What comes of it is told by the room itself.
import { csrfToken } from "base/csrf";
import { openDialog } from "base/dialogs";
import { showToast } from "base/toasts";

export class Moderation {
  #dialog;
  #urls;
  #words;

  /** `urls` is {hide, person(handle), sender(gift id), report(kind, id)}. */
  constructor({ list, dialog, urls, words }) {
    this.#dialog = dialog;
    this.#urls = urls;
    this.#words = words;
    list.addEventListener("click", (event) => {
      const line = event.target.closest(".chat__line");
      if (event.target.closest("[data-person]")) this.#openCard(this.#urlOf(line));
      else if (event.target.closest("[data-report]")) this.#report(event.target.closest("[data-gift]") ?? line);
      else if (event.target.closest("[data-hide]")) this.#hide(event.target.closest("[data-gift]") ?? line);
    });
    dialog.addEventListener("submit", (event) => this.#submit(event));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-card-link]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#openCard(link.href);
    });
  }

  /** Of who sent a gift without a name there is a card for who moderates. */
  #urlOf({ dataset: { handle, unnamed } }) {
    return handle ? this.#urls.person(handle) : this.#urls.sender(unnamed);
  }

  async #openCard(url) {
    if (await this.#showAnswer(url, {})) openDialog(this.#dialog);
  }

  /** The forms of the card are sent without leaving the room; the card comes back as it is then. */
  async #submit(event) {
    const form = event.target;
    if (!form.matches("[data-card-form]")) return;
    event.preventDefault();
    await this.#showAnswer(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  }

  /** Whether there is a card now. Where a page answers instead, such as the one for joining, it opens. */
  async #showAnswer(url, options) {
    const answer = await this.#ask(url, { ...options, headers: { "X-Part": "card" } });
    if (!answer) return false;
    if (answer.headers.has("X-Part")) this.#show(await answer.text());
    else location.assign(answer.url);
    return answer.headers.has("X-Part");
  }

  #report({ dataset: { gift, line } }) {
    if (gift) this.#openCard(this.#urls.report("gift", gift));
    else if (line) this.#openCard(this.#urls.report("line", line));
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
