// The overlay: shows alerts over a creator's picture, each once. Whose overlay it is stands behind the
// # of the address; `?show=alerts,goal,board`, `?sound=on`, `?style=off` and `?preview` choose.
import { GiftPlayer } from "gifts/player";
import { Regions } from "overlay/regions";
import { Source } from "overlay/source";
import { Chime } from "room/chime";
import { Connection } from "room/connection";
import { apply, NOTHING_KNOWN, resumePoint } from "room/state";
import { fill } from "room/words";

const config = JSON.parse(document.getElementById("overlay-config").textContent);
const wishes = new URLSearchParams(location.search);
const overlay = document.getElementById("overlay");
const told = document.getElementById("overlay-told");
const show = (wishes.get("show") ?? "alerts,goal,board").split(",");
const gifts = new Map(config.gifts.map((gift) => [gift.slug, gift]));
const chime = new Chime();
const player = new GiftPlayer(document.getElementById("alerts"), {
  reducedMotion: matchMedia("(prefers-reduced-motion: reduce)"),
  artUrl: (slug) => gifts.get(slug)?.art ?? config.unknown_art,
  motionUrl: (slug) => (gifts.get(slug)?.has_motion ? import.meta.resolve(`gifts/motion/${slug}`) : null),
  labels: { ...config.player_texts, times: (n) => fill(config.player_texts.times, { n }) },
});
const source = new Source({
  token: location.hash.slice(1),
  url: config.urls.next,
  takes: show.includes("alerts") && !wishes.has("preview"),
  on: { answer, over, canTake, isJoined: () => Boolean(connection?.isJoined) && !state.stale },
});
const regions = new Regions(config);
let connection = null;
let socketUrl = null;
let state = NOTHING_KNOWN;
/** Alerts on the screen with a message, by the gift whose message it is. */
const messages = new Map();
/** Gifts whose message was hidden: an answer that was on its way may still have it. */
const hidden = new Set();

overlay.dataset.show = show.join(" ");
if (wishes.get("sound") === "on") chime.setOn(true);
// A source that nobody sees takes nothing away from one that is seen.
document.addEventListener("visibilitychange", () => source.ask());
source.ask();

function canTake() {
  return !document.hidden && player.queueLength === 0;
}

function answer({ alert, room, style }) {
  overlay.dataset.state = room ? "live" : "waiting";
  follow(room);
  dress(wishes.get("style") === "off" ? null : style);
  if (!alert) return;
  if (hidden.has(alert.message_of)) alert.message = "";
  player.play(alert);
  chime.play(alert.tier);
  if (alert.message_of) messages.set(alert.message_of, alert.event_id);
  told.textContent = `${alert.sender?.name ?? config.player_texts.anonymous} · ${alert.gift.name} ×${alert.count}`;
  source.shown(alert.event_id);
}

/** The token is not good any more: nothing is shown and nothing is heard from now on. */
function over() {
  connection?.close();
  player.destroy();
  overlay.dataset.state = "closed";
  told.textContent = "";
}

/** Listen to the creator's room: another one when a new stream began, none when none is live. */
function follow(room) {
  if (room?.socket_url === socketUrl || (!room && !socketUrl)) return;
  connection?.close();
  connection = null;
  socketUrl = room?.socket_url ?? null;
  state = NOTHING_KNOWN;
  regions.show(state);
  if (!room) return;
  connection = new Connection(room, {
    message: take,
    link: (link) => link === "joined" && source.ask(),
    resume: () => resumePoint(state),
  });
  connection.open();
}

function take(message) {
  state = apply(state, message);
  if (state.lost) {
    connection.restart();
    return;
  }
  for (const event of message.events ?? []) happened(event);
  regions.show(state);
  // For whoever draws more of the room.
  document.dispatchEvent(new CustomEvent("overlay:room", { detail: state }));
}

const NEWS = new Set(["streak_ended", "stream_ended", "overlay"]);

function happened(event) {
  if (NEWS.has(event.type) || (event.type === "gift" && event.final)) source.ask();
  if (event.type === "goal" && event.what === "reached") regions.reached(event.goal);
  if (event.type === "gift_taken_back" && event.count === 0) player.takeBack(event.streak_id);
  if (event.type === "shown") for (const { event_id: giftId } of event.messages) hidden.delete(giftId);
  if (event.type !== "hidden") return;
  for (const giftId of event.gifts) {
    hidden.add(giftId);
    if (messages.has(giftId)) player.hideMessage(messages.get(giftId));
    messages.delete(giftId);
  }
}

/** The creator's own CSS; another text has another address. */
function dress(address) {
  const worn = document.getElementById("own-style");
  if (worn?.getAttribute("href") === address || (!worn && !address)) return;
  worn?.remove();
  if (!address) return;
  const link = document.createElement("link");
  link.id = "own-style";
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}
