// The bell above every page: how many notifications are new, as it is told. A room's page is told by the
// room's own socket; every other page opens one for the bell.
import { showToast } from "base/toasts";

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;
const SHOWN_MOST = 99;
/** Not signed in any more: coming back would be refused again. */
const NOT_VALID = 4401;

export function watchBell() {
  const address = document.getElementById("bell")?.dataset.bellSocket;
  if (address) new BellSocket(address).open();
}

/** Takes a message `{unread, latest: {text, path} | null}`. */
export function ringBell({ unread, latest }) {
  const bell = document.getElementById("bell");
  if (!bell) return;
  const count = bell.querySelector("[data-bell-count]");
  count.textContent = unread > SHOWN_MOST ? `${SHOWN_MOST}+` : unread.toLocaleString(document.documentElement.lang);
  count.hidden = unread === 0;
  bell.querySelector("[data-bell-new]").hidden = unread === 0;
  if (latest) showToast(latest.text, "info", latest.path);
}

class BellSocket {
  #address;
  #socket = null;
  #failures = 0;

  constructor(address) {
    this.#address = address;
    // A page that goes into the browser's cache lets go of its socket, and comes back for a new one.
    addEventListener("pagehide", () => this.#socket?.close());
    addEventListener("pageshow", (event) => {
      if (event.persisted && !this.#socket) this.open();
    });
  }

  open() {
    const address = new URL(this.#address, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("message", ({ data }) => {
      this.#failures = 0;
      ringBell(JSON.parse(data));
    });
    this.#socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  #closed(code) {
    this.#socket = null;
    if (code === NOT_VALID || document.visibilityState === "hidden") {
      if (code !== NOT_VALID) this.#openWhenSeen();
      return;
    }
    const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    setTimeout(() => this.#socket ?? this.open(), Math.random() * bound);
  }

  #openWhenSeen() {
    const seen = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", seen);
      if (!this.#socket) this.open();
    };
    document.addEventListener("visibilitychange", seen);
  }
}
