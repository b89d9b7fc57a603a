/** The card of one showing: the box its scene plays in, and the plate with sender, gift and count. */

export class Card {
  constructor({ showing, display, labels, calm }) {
    this.root = element("div", "gift-card");
    this.root.dataset.display = display;
    this.root.dataset.tier = showing.tier;
    if (calm) this.root.dataset.calm = "";
    this.stage = element("div", "gift-card__stage", this.root);
    this.seat = element("div", "gift-card__seat", this.stage);
    this.plate = element("div", "gift-card__plate", this.root);
    const text = element("div", "gift-card__text", this.plate);
    this.sender = element("bdi", "gift-card__sender", text);
    this.gift = element("span", "gift-card__gift", text);
    this.note = element("bdi", "gift-card__note", text);
    this.count = element("span", "gift-card__count", this.plate);
    this.labels = labels;
  }

  /** Write what is known of the showing now. Names and messages are text, never markup. */
  write(showing) {
    const { labels } = this;
    this.root.dataset.state = showing.refusal ? "refused" : showing.isSending ? "sending" : "sent";
    say(this.sender, showing.sender ? showing.sender.name || showing.sender.handle : labels.anonymous);
    say(this.gift, showing.isTest ? `${showing.gift.name} · ${labels.test}` : showing.gift.name);
    say(this.note, showing.refusal ?? (showing.isSending ? labels.sending : showing.message));
    say(this.count, showing.shownCount > 1 ? labels.times(showing.shownCount) : "");
  }
}

/** A text that has not changed is not written again: writing it would cost a layout. */
function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function element(name, className, parent = null) {
  const created = document.createElement(name);
  created.className = className;
  parent?.append(created);
  return created;
}
