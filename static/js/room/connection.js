// The room's socket: joins with the page's ticket, comes back by itself after a random time, and asks
// for what was missed. What the messages mean is not its business.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const ACK_EVERY_MS = 10_000;
const TICKET_REFUSED = 4401;
/** Close codes after which coming back by itself would be wrong. */
const FOR_GOOD = new Set([1008, 4403, 4404]);
const NOT_ALLOWED = 4403;

export class Connection {
  #room;
  #on;
  #ticket;
  #socket = null;
  #isJoined = false;
  #failures = 0;
  #freshTicketTried = false;
  #goodbyeMs = null;
  #timer = null;
  #isOver = false;

  /**
   * `room` is {ticket, socket_url, ticket_url}. `on` is {message(message), link(state), resume()}:
   * the link is "joined", "waiting", "banned" or "over"; `resume()` gives {epoch, seq} or null.
   */
  constructor(room, on) {
    this.#room = room;
    this.#on = on;
    this.#ticket = room.ticket;
    setInterval(() => this.#acknowledge(), ACK_EVERY_MS);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.hurry();
    });
    // A page that goes into the browser's cache lets go of its socket, and comes back for a new one.
    addEventListener("pagehide", () => this.#socket?.close());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.hurry();
    });
  }

  get isJoined() {
    return this.#isJoined;
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const address = new URL(this.#room.socket_url, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#write({ type: "join", ticket: this.#ticket, resume: this.#on.resume() }));
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
    this.#socket = socket;
  }

  /** Sends a message of a joined viewer. Returns false when there is no way to send it now. */
  send(message) {
    if (!this.#isJoined) return false;
    this.#write(message);
    return true;
  }

  /** Leaves and does not come back. */
  close() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** Leaves and comes back at once, for what cannot be mended by going on. */
  restart() {
    this.#goodbyeMs = 0;
    this.#socket?.close();
  }

  /** There is a sign that the server can be reached: do not wait any longer. */
  hurry() {
    if (this.#isOver || this.#socket) return;
    this.#failures = 0;
    this.open();
  }

  #write(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ v: 1, ...message }));
  }

  #receive(data) {
    const message = JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data));
    if (message.type === "bye") {
      this.#goodbyeMs = message.retry_ms;
      return;
    }
    const joined = !this.#isJoined && (message.type === "snapshot" || message.type === "tick");
    this.#on.message(message);
    if (!joined) return;
    this.#isJoined = true;
    this.#failures = 0;
    this.#freshTicketTried = false;
    this.#on.link("joined");
  }

  async #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#isJoined = false;
    if (this.#isOver || FOR_GOOD.has(code) || (code === TICKET_REFUSED && this.#freshTicketTried)) {
      this.#isOver = true;
      this.#on.link(code === NOT_ALLOWED ? "banned" : "over");
      return;
    }
    this.#on.link("waiting");
    if (code === TICKET_REFUSED) await this.#takeFreshTicket();
    // Something else may have hurried meanwhile.
    if (this.#socket) return;
    this.#timer = setTimeout(() => this.open(), this.#wait());
    this.#goodbyeMs = null;
    this.#failures += 1;
  }

  /** Full jitter: any time up to a bound that doubles, so that a crowd does not come back at once. */
  #wait() {
    const bound = this.#goodbyeMs ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    return Math.random() * bound;
  }

  async #takeFreshTicket() {
    this.#freshTicketTried = true;
    try {
      const answer = await fetch(this.#room.ticket_url, { headers: { Accept: "application/json" } });
      if (answer.ok) this.#ticket = (await answer.json()).ticket;
    } catch {
      // The server is away; the old ticket is tried again later.
      this.#freshTicketTried = false;
    }
  }

  #acknowledge() {
    const point = this.#on.resume();
    if (this.#isJoined && point) this.#write({ type: "ack", seq: point.seq });
  }
}
