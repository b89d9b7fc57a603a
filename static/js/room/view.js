// What is known of the room, written into the page's head: how many watch, what was given, whether the
// room is still there. Only text and attributes are set.

/** Why streams end that the site's staff end, as the server says it. */
const BY_STAFF = new Set(["staff", "suspended"]);

export class View {
  #room;
  #viewers;
  #total;
  #link;
  #rules;
  #words;
  #shown = {};

  constructor({ room, words }) {
    this.#room = room;
    this.#words = words;
    this.#viewers = room.querySelector("#room-viewers");
    this.#total = room.querySelector("#room-total");
    this.#link = room.querySelector("#room-link");
    this.#rules = room.querySelector("#chat-rules");
  }

  /** Draws what differs from the last time. */
  show({ viewers, totals, stream, stale, rules }) {
    this.#change("rules", rules?.version, () => this.#showRules(rules));
    this.#change("viewers", viewers?.count, (count) => {
      this.#viewers.textContent = this.#words.prices.number(count);
    });
    this.#change("gifts", totals?.gifts, (gifts) => {
      this.#total.hidden = gifts === 0;
      this.#total.querySelector("[data-total-gifts]").textContent = this.#words.count("gifts", gifts);
    });
    this.#change("coins", totals?.coins, (coins) => {
      this.#total.querySelector("[data-total-coins]").replaceChildren(this.#words.coins(coins));
    });
    this.#change("open", stream?.open, (open) => {
      if (!open) this.#end(stream.why);
    });
    this.#change("stale", stale, (isStale) => this.#say(isStale ? this.#words.say("stale") : ""));
  }

  /** The link of the socket. People are told only when it has been away for a moment. */
  showLink(link) {
    clearTimeout(this.#shown.linkTimer);
    if (link === "joined") this.#say("");
    else if (link === "banned") this.#say(this.#words.say("link_banned"));
    else if (link === "over") this.#say(this.#words.say("link_over"));
    else this.#shown.linkTimer = setTimeout(() => this.#say(this.#words.say("link_waiting")), 1200);
    this.#room.dataset.link = link;
  }

  #showRules({ slow_seconds: seconds, followers_only: followersOnly, amounts }) {
    this.#room.dataset.amounts = amounts === false ? "off" : "on";
    const said = [];
    if (followersOnly) said.push(this.#words.say("followers_only"));
    if (seconds) said.push(this.#words.count("slow_mode", seconds));
    this.#rules.hidden = said.length === 0;
    this.#rules.textContent = said.join(" ");
  }

  #end(why) {
    if (this.#room.dataset.state === "ended") return;
    this.#room.dataset.state = "ended";
    const ended = this.#room.querySelector("#room-ended");
    ended.hidden = false;
    const byStaff = BY_STAFF.has(why);
    for (const part of ended.querySelectorAll("[data-by-staff]")) {
      part.hidden = (part.dataset.byStaff === "yes") !== byStaff;
    }
    ended.querySelector("h2").focus();
  }

  #say(text) {
    if (this.#link.textContent !== text) this.#link.textContent = text;
  }

  #change(name, value, write) {
    if (value === undefined || this.#shown[name] === value) return;
    this.#shown[name] = value;
    write(value);
  }
}
