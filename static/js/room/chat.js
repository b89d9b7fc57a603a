// Saying something: the own line is there at once, the room's echo settles it, a refusal says why.

const COUNT_FROM = 40;

export class Chat {
  #form;
  #input;
  #count;
  #log;
  #words;
  #send;
  #me;
  #own = new Map();
  #lastKey = 0;

  /** `send(message)` gives false when the socket is down; `me()` is the person, or null. */
  constructor({ form, pause, log, words, send, me }) {
    this.#log = log;
    this.#words = words;
    this.#send = send;
    this.#me = me;
    this.#watchPause(pause);
    if (!form) return;
    this.#form = form;
    this.#input = form.elements.text;
    this.#count = form.querySelector("#chat-count");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#input.addEventListener("input", () => this.#showRoom());
  }

  /** A line of the room. Returns true when it is the own line that stands there already. */
  settle(event) {
    if (this.#log.hasLine(event.id)) return true;
    if (event.sender?.handle !== this.#me()?.handle) return false;
    for (const [key, own] of this.#own) if (own.text === event.text) return this.#settleOwn(key, event);
    return false;
  }

  /** The server took a line of ours; the room may be told of it sooner, later or never. */
  said({ key, line }) {
    if (this.#own.has(key)) this.#settleOwn(key, line);
  }

  #settleOwn(key, event) {
    const { line } = this.#own.get(key);
    delete line.dataset.state;
    this.#own.delete(key);
    this.#log.nameLine(line, event);
    return true;
  }

  /** The server refused a line: it is struck out, and its words come back into the input. */
  refuse({ key, sentence }) {
    const own = this.#own.get(key);
    if (!own) return false;
    this.#own.delete(key);
    own.line.dataset.state = "refused";
    own.line.querySelector("[data-note]").textContent = sentence;
    if (!this.#input.value) this.#input.value = own.text;
    return true;
  }

  /** A snapshot tells what was said; lines that it does not know were lost with the socket. */
  forgetOwn() {
    this.#own.clear();
  }

  #say() {
    // As the server writes it, so that its echo is known again.
    const text = this.#input.value.replace(/\s+/g, " ").trim();
    const me = this.#me();
    if (!text || !me) return;
    this.#lastKey += 1;
    const key = `chat-${Date.now()}-${this.#lastKey}`;
    if (!this.#send({ type: "chat", key, text })) {
      this.#input.setCustomValidity(this.#words.say("not_connected"));
      this.#input.reportValidity();
      return;
    }
    this.#own.set(key, { text, line: this.#log.addOwn({ type: "chat", sender: me, text }) });
    this.#input.value = "";
    this.#showRoom();
  }

  #showRoom() {
    this.#input.setCustomValidity("");
    const left = this.#input.maxLength - this.#input.value.length;
    this.#count.hidden = left > COUNT_FROM;
    this.#count.textContent = this.#words.count("characters_left", left);
  }

  /** The button, the key P in the list, and the chip that says how many lines wait. */
  #watchPause(button) {
    const text = button.querySelector("[data-chat-pause-text]");
    const turn = (isPaused) => {
      this.#log.setPaused(isPaused);
      button.setAttribute("aria-pressed", String(isPaused));
      text.textContent = this.#words.say(isPaused ? "chat_go_on" : "chat_pause");
    };
    button.addEventListener("click", () => turn(!this.#log.isPaused));
    this.#log.onPauseKey(() => turn(!this.#log.isPaused));
    this.#log.onGoOn(() => turn(false));
  }
}
