// The gift panel: a sheet over the stage on a phone, a column beside it elsewhere. It chooses a gift
// and how many, says what that costs and what the creator gets, and asks for it.
import { sentences, welcomes } from "room/boundaries";
import { HoldButton } from "room/hold";
import { confirmOrder } from "room/confirm";

const NARROW = matchMedia("(width < 60rem)");
const MOVES = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

export class Panel {
  #panel;
  #opener;
  #form;
  #words;
  #gifts;
  #creator;
  #send;
  #me;
  #chosen;
  #boundaries = null;

  /**
   * `gifts` is the catalogue by slug. `send(gift, quantity, confirmed, {message, anonymous})` asks for a gift, `me()` is the
   * person or null.
   */
  constructor({ panel, opener, words, gifts, chosen, creator, send, me }) {
    this.#panel = panel;
    this.#opener = opener;
    this.#form = panel.querySelector("#gift-form");
    this.#words = words;
    this.#gifts = gifts;
    this.#creator = creator;
    this.#send = send;
    this.#me = me;
    this.#watchOpening();
    this.#watchTabs();
    if (this.#form) this.#watchOrder(chosen);
  }

  open({ focus = true } = {}) {
    this.#panel.dataset.open = "";
    this.#panel.inert = false;
    this.#opener.setAttribute("aria-expanded", "true");
    if (focus) this.#panel.querySelector("#gift-panel-title").focus();
  }

  close() {
    if (!NARROW.matches || this.#panel.inert) return;
    const hadFocus = this.#panel.contains(document.activeElement);
    delete this.#panel.dataset.open;
    this.#panel.inert = true;
    this.#opener.setAttribute("aria-expanded", "false");
    if (hadFocus) this.#opener.focus();
  }

  /** Why nothing was sent, with the button that helps. The words are said to screen readers. */
  refuse({ sentence, button }) {
    const notice = this.#panel.querySelector("#gift-notice");
    const text = document.createElement("p");
    text.textContent = sentence;
    notice.replaceChildren(text);
    if (button) {
      const link = document.createElement("a");
      link.className = "button button--primary button--small";
      link.textContent = button.label;
      link.href = button.url;
      notice.append(link);
    }
    notice.dataset.shown = "";
    if (NARROW.matches) this.open({ focus: false });
  }

  clearNotice() {
    const notice = this.#panel.querySelector("#gift-notice");
    if (!("shown" in notice.dataset)) return;
    delete notice.dataset.shown;
    notice.replaceChildren();
  }

  showBalance(coins) {
    const balance = this.#panel.querySelector("#gift-balance");
    if (!balance || balance.dataset.shown === String(coins)) return;
    balance.dataset.shown = String(coins);
    balance.replaceChildren(this.#words.coins(coins));
  }

  /** The creator's boundaries, as the room has them now. */
  showBoundaries(part) {
    if (!part || part.version === this.#boundaries?.version) return;
    this.#boundaries = part;
    const said = this.#panel.querySelector("#gift-boundaries");
    const text = sentences(part, { words: this.#words, creator: this.#creator }).join(" ");
    if (said.textContent.trim() !== text) said.textContent = text;
    said.hidden = !text;
    if (!this.#form) return;
    const row = this.#form.querySelector("#gift-anonymous");
    row.hidden = !part.anonymous;
    if (!part.anonymous) this.#form.elements.anonymous.checked = false;
    this.#showOrder();
  }

  /** What was not sent with a gift stands in the box again. */
  giveBackMessage(message) {
    const box = this.#form?.elements.message;
    if (!box || !message || box.value) return;
    box.value = message;
    this.#showMessageRoom();
  }

  /** The message goes with one gift: the next of a streak has none. Without a name nothing is said. */
  #takeWords() {
    const anonymous = this.#form.elements.anonymous.checked;
    const box = this.#form.elements.message;
    if (anonymous || !box) return { anonymous, message: "" };
    const message = box.value.replace(/\s+/g, " ").trim();
    box.value = "";
    this.#showMessageRoom();
    return { anonymous, message };
  }

  #showMessageRoom() {
    const box = this.#form.elements.message;
    if (!box) return;
    const left = box.maxLength - box.value.length;
    const count = this.#form.querySelector("#gift-message-count");
    count.textContent = this.#words.prices.number(left);
    count.toggleAttribute("data-few", left < 20);
  }

  /** The server wants a yes for this order first. */
  async confirm(gift, quantity) {
    const yes = await confirmOrder({ gift, quantity, me: this.#me(), creator: this.#creator, words: this.#words });
    if (yes) this.#send(gift, quantity, true, this.#takeWords());
  }

  #watchOpening() {
    const settle = () => {
      const isOpen = !NARROW.matches || "open" in this.#panel.dataset;
      this.#panel.inert = !isOpen;
      this.#opener.setAttribute("aria-expanded", String(isOpen));
    };
    settle();
    NARROW.addEventListener("change", settle);
    this.#opener.addEventListener("click", () => ("open" in this.#panel.dataset ? this.close() : this.open()));
    this.#panel.querySelector("#gift-close").addEventListener("click", () => this.close());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !NARROW.matches) return;
      event.preventDefault();
      this.close();
    });
  }

  #watchTabs() {
    const tabs = [...this.#panel.querySelectorAll("[role=tab]")];
    for (const tab of tabs) tab.addEventListener("click", () => this.#openShelf(tab));
    moveByKeys(tabs, (tab) => {
      this.#openShelf(tab);
      tab.focus();
    });
  }

  #openShelf(chosen) {
    for (const tab of this.#panel.querySelectorAll("[role=tab]")) {
      const isOpen = tab === chosen;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      const shelf = document.getElementById(tab.getAttribute("aria-controls"));
      shelf.toggleAttribute("data-closed", !isOpen);
    }
    this.#panel.querySelector("#gift-shelves").scrollTop = 0;
  }

  #watchOrder(slug) {
    const choices = [...this.#panel.querySelectorAll("[data-gift]")];
    for (const choice of choices) {
      choice.setAttribute("role", "radio");
      choice.addEventListener("click", (event) => {
        event.preventDefault();
        this.#choose(choice.dataset.gift);
      });
      choice.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        this.#choose(choice.dataset.gift);
      });
    }
    for (const grid of this.#panel.querySelectorAll(".gift-panel__grid")) {
      grid.setAttribute("role", "radiogroup");
      const group = [...grid.querySelectorAll("[data-gift]")];
      moveByKeys(group, (choice) => {
        this.#choose(choice.dataset.gift);
        choice.focus();
      });
    }
    this.#form.addEventListener("change", () => this.#showOrder());
    this.#form.elements.message?.addEventListener("input", () => this.#showMessageRoom());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    new HoldButton(this.#form.querySelector("#gift-send"), {
      press: () => this.#order(),
      canHold: () => !this.#isClosed && this.#chosen.streakable && !this.#needsYes(this.#chosen, this.#quantity),
    });
    this.#choose(slug);
  }

  #choose(slug) {
    this.#chosen = this.#gifts.get(slug);
    for (const grid of this.#panel.querySelectorAll(".gift-panel__grid")) markChoice(grid, slug);
    for (const input of this.#form.elements.quantity) {
      input.disabled = !this.#chosen.streakable && input.value !== "1";
      if (input.disabled && input.checked) this.#form.elements.quantity.value = "1";
    }
    this.#showOrder();
  }

  /** The creator does not take what is chosen. */
  get #isClosed() {
    const { coins } = this.#chosen;
    return this.#boundaries !== null && !welcomes(this.#boundaries, coins * this.#quantity);
  }

  get #quantity() {
    return Number(this.#form.elements.quantity.value);
  }

  #showOrder() {
    this.clearNotice();
    const gift = this.#chosen;
    const coins = gift.coins * this.#quantity;
    this.#form.querySelector("#gift-send").disabled = this.#isClosed;
    const box = this.#form.elements.message;
    if (box) box.disabled = this.#form.elements.anonymous.checked;
    const order = this.#panel.querySelector("#gift-order");
    order.querySelector("img").src = gift.art;
    order.querySelector("[data-name]").textContent = gift.name;
    order.querySelector("[data-coins]").replaceChildren(this.#words.coins(coins));
    order.querySelector("[data-share]").textContent = this.#words.say("share", {
      creator: this.#creator,
      money: this.#words.prices.creatorShare(coins),
    });
  }

  #needsYes(gift, quantity) {
    const from = this.#me()?.confirm_from_coins;
    return from !== undefined && gift.coins * quantity >= from;
  }

  #order() {
    this.clearNotice();
    const [gift, quantity] = [this.#chosen, this.#quantity];
    if (this.#needsYes(gift, quantity)) this.confirm(gift, quantity);
    else this.#send(gift, quantity, false, this.#takeWords());
  }
}

/** One choice of a group can be reached by Tab: the chosen one, else the first. */
function markChoice(grid, slug) {
  const choices = [...grid.querySelectorAll("[data-gift]")];
  const chosen = choices.find((choice) => choice.dataset.gift === slug);
  chosen?.scrollIntoView({ block: "nearest" });
  for (const choice of choices) {
    choice.setAttribute("aria-checked", String(choice === chosen));
    choice.tabIndex = choice === (chosen ?? choices[0]) ? 0 : -1;
    choice.removeAttribute("aria-current");
  }
}

/** Arrow keys go through `elements`; in a grid up and down go like back and on. */
function moveByKeys(elements, go) {
  for (const [place, element] of elements.entries()) {
    element.addEventListener("keydown", (event) => {
      const key = { ArrowDown: "ArrowRight", ArrowUp: "ArrowLeft" }[event.key] ?? event.key;
      if (!(key in MOVES)) return;
      event.preventDefault();
      const turned = getComputedStyle(element).direction === "rtl" && key.startsWith("Arrow") ? -1 : 1;
      go(elements[Math.min(Math.max(place + MOVES[key] * turned, 0), elements.length - 1)]);
    });
  }
}
