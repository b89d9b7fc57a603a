// The room: wires the parts together. What is known comes from state.js, what is drawn from the others.
import { ringBell } from "base/bell";
import { showToast } from "base/toasts";
import { GiftPlayer } from "gifts/player";
import { Board, showOpener, watchWish } from "room/board";
import { Chat } from "room/chat";
import { Chime } from "room/chime";
import { Connection } from "room/connection";
import { showGiven } from "room/given";
import { GoalBar, GoalMoment } from "room/goal";
import { Likes } from "room/likes";
import { RoomLog } from "room/log";
import { Prices } from "room/money";
import { Moderation } from "room/moderation";
import { Panel } from "room/panel";
import { Picture } from "room/picture";
import { Pins } from "room/pins";
import { Sender } from "room/sender";
import { Stage } from "room/stage";
import { apply, NOTHING_KNOWN, resumePoint } from "room/state";
import { Switches } from "room/switches";
import { UndoBar } from "room/undo";
import { View } from "room/view";
import { Words } from "room/words";

const config = JSON.parse(document.getElementById("room-config").textContent);
const find = (id) => document.getElementById(id);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const gifts = new Map(config.gifts.map((gift) => [gift.slug, gift]));
const words = new Words({ texts: config.texts, prices: new Prices(config.prices), locale: config.prices.locale });
const room = find("room");
const view = new View({ room, words });
const chime = new Chime();
const player = new GiftPlayer(find("gift-layer"), {
  calm: config.calm,
  reducedMotion,
  artUrl: (slug) => gifts.get(slug)?.art ?? null,
  motionUrl: (slug) => (gifts.get(slug)?.has_motion ? import.meta.resolve(`gifts/motion/${slug}`) : null),
  labels: { ...config.player_texts, times: (n) => words.say("times", { n }) },
});
const stage = new Stage(find("stage-scene"), { button: find("stage-pause"), calm: config.calm });
const picture = find("picture")
  ? new Picture(find("stage"), {
      files: config.video,
      words,
      creator: config.creator.name,
      covered: (isCovered) => stage.setCovered(isCovered),
    })
  : null;
new Switches({
  calm: { button: find("calm-switch"), isOn: config.calm, changed: setCalm },
  sound: { button: find("sound-switch"), isOn: config.sound, changed: (isOn) => chime.setOn(isOn) },
});

let state = NOTHING_KNOWN;
const me = () => state.me;
const log = new RoomLog({
  list: find("chat-list"),
  empty: find("chat-empty"),
  newer: find("chat-newer"),
  words,
  artUrl: (slug) => gifts.get(slug)?.art ?? config.unknown_art,
  returnUrl: (giftId) => config.urls.return.replace(config.urls.any_gift, giftId),
});
const connection = new Connection(config.room, { message: take, link: showLink, resume: () => resumePoint(state) });
const sender = new Sender(connection, {
  urls: { gift: config.urls.gift, undo: (giftId) => config.urls.undo.replace(config.urls.any_gift, giftId) },
  answered,
});
const chat = new Chat({
  form: find("chat-form"),
  pause: find("chat-pause"),
  log,
  words,
  me,
  send: (message) => connection.send(message),
});
new Moderation({
  list: find("chat-list"),
  dialog: find("person-card"),
  urls: {
    hide: config.urls.hide,
    report: (kind, id) => config.urls.report[kind].replace(config.urls.any_gift, id),
    person: (handle) => config.urls.person.replace(config.urls.any_person, encodeURIComponent(handle)),
    sender: (giftId) => config.urls.sender.replace(config.urls.any_gift, giftId),
  },
  words,
});
const pins = new Pins({
  host: find("pins"),
  words,
  artUrl: (slug) => gifts.get(slug)?.art ?? config.unknown_art,
  unpinUrl: config.urls.unpin,
  isBlocked,
});
const goalBar = new GoalBar(find("room-goal"), { words });
const goalMoment = new GoalMoment(find("goal-moment"), { words });
const board = new Board(find("board-list"), { words });
watchWish(find("board-wish"), { words });
const likes = new Likes({
  stage: find("stage"),
  hearts: find("hearts"),
  button: find("like"),
  counter: find("room-likes"),
  words,
  send: (message) => connection.send(message),
});
const undoBar = new UndoBar({ host: find("undo"), words, undo: (giftId) => sender.undo(giftId) });
const panel = new Panel({
  panel: find("gift-panel"),
  opener: find("gift-open"),
  words,
  gifts,
  chosen: config.chosen,
  creator: config.creator.name,
  send: sendGift,
  me,
});

if (room.dataset.state === "live") {
  // It need not wait for the socket.
  picture?.show(config.video.part);
  connection.open();
}
if (config.opens_panel) panel.open({ focus: false });

function take(message) {
  const before = state;
  state = apply(state, message);
  if (state.lost) {
    connection.restart();
    return;
  }
  if (state.me?.blocked !== before.me?.blocked) log.setBlocked(state.me?.blocked ?? []);
  if (message.type === "snapshot") {
    log.replace(state);
    chat.forgetOwn();
  }
  for (const event of state.news) happened(event);
  if (state.leftOut) log.addLeftOut(state.leftOut);
  if (message.type === "bell") ringBell(message);
  if (message.type === "said") chat.said(message);
  if (["receipt", "undone", "refusal"].includes(message.type)) answer(message);
  view.show(state);
  panel.showBoundaries(state.boundaries);
  if (state.pins) pins.show(state.pins);
  goalBar.show(state.goal);
  const listed = state.board && { ...state.board, people: state.board.people.filter((person) => !isBlocked(person)) };
  board.show(listed);
  showOpener(find("board-open"), listed);
  likes.show(state.likes);
  showPicture();
  if (state.me && state.me !== before.me) showPurse(state.me.coins);
}

/** Something new in the room; each is drawn once, whoever did it. */
function happened(event) {
  if (event.type === "gift") {
    player.play(asWished(isBlocked(event.sender) ? { ...event, message: "" } : event));
    log.add(event);
    if (event.sender?.handle !== me()?.handle && state.rules?.sound !== false) chime.play(event.tier);
  } else if (event.type === "goal") {
    if (event.what === "reached") goalMoment.play(event.goal);
  } else if (event.type === "streak_ended") {
    player.settle(event.streak_id);
  } else if (event.type === "gift_taken_back") {
    for (const giftId of event.gift_ids) player.takeBack(giftId);
    log.update(event);
    undoBar.hide(event.streak_id);
  } else if (event.type === "hidden") {
    log.hide(event);
    for (const giftId of event.gifts) player.hideMessage(giftId);
  } else if (event.type === "shown") {
    log.show(event);
  } else if (event.type === "chat" && !chat.settle(event)) {
    log.add(event);
  }
}

/** What this person says is not shown here; a gift is. */
function isBlocked(person) {
  return Boolean(person && me()?.blocked?.includes(person.id));
}

/** The creator may want no gift over the whole stage. */
function asWished(event) {
  const tooBig = state.rules?.fullscreen === false && event.display === "fullscreen";
  return tooBig ? { ...event, display: "banner" } : event;
}

function sendGift(gift, quantity, confirmed, { message, anonymous }) {
  const key = sender.sendGift({
    ...(message ? { message } : {}),
    ...(anonymous ? { anonymous } : {}),
    gift: gift.slug,
    quantity,
    price_coins: gift.coins,
    rate_card: config.rate_card,
    confirmed,
  });
  player.play({ state: "sending", key, gift, tier: gift.tier, display: gift.display, sender: anonymous ? null : me() });
  chime.play(gift.tier);
}

/** An answer by the socket: to a gift or an undo, to a chat line, or to nothing that is known here. */
function answer(message) {
  if (sender.take(message)) return;
  if (message.type === "refusal" && !chat.refuse(message)) showToast(message.sentence, "error");
}

/** A wish was answered, by socket or POST. */
function answered(wish, reply) {
  if (wish.type === "undo") answeredUndo(reply);
  else if (reply.type === "receipt") booked(wish, reply);
  else refused(wish, reply);
  if (reply.type !== "refusal") take(reply);
}

function booked(wish, receipt) {
  const gift = gifts.get(receipt.gift.slug);
  player.confirm(receipt.key, {
    event_id: receipt.gift_id,
    streak_id: receipt.streak_id,
    delta: receipt.quantity,
    count: receipt.count,
    gift: receipt.gift,
    tier: gift.tier,
    display: gift.display,
    sender: wish.anonymous ? null : me(),
  });
  panel.clearNotice();
  if (receipt.reminder) remind(receipt.reminder);
  undoBar.show(receipt, {
    seconds: me()?.undo_seconds ?? 0,
    left: me()?.undo_left_today ?? 0,
    creator: config.creator.name,
  });
}

function refused(wish, refusal) {
  player.refuse(wish.key, words.say("not_sent"));
  panel.giveBackMessage(wish.message);
  if (refusal.code === "confirm") panel.confirm(gifts.get(wish.gift), wish.quantity);
  else panel.refuse(withWayBack(refusal, wish.gift));
}

/** The half or the whole of an own limit is spent. */
function remind({ limit, reached, of, spent }) {
  const amounts = { of: words.coinsText(of), spent: words.coinsText(spent) };
  showToast(words.say(`reminder_${reached}`, { ...amounts, period: words.say(`period_${limit}`) }), "info");
}

function answeredUndo(reply) {
  undoBar.release();
  if (reply.type === "refusal") {
    showToast(reply.sentence, "error");
    return;
  }
  for (const giftId of reply.gift_ids) player.takeBack(giftId);
  undoBar.hide(reply.streak_id);
  showToast(words.say("undone", { coins: words.coinsText(reply.coins) }), "success");
}

/** Whoever leaves to get coins comes back to this room, with the same gift chosen. */
function withWayBack(refusal, slug) {
  if (!refusal.button) return refusal;
  const url = new URL(refusal.button.url, location.href);
  if (url.origin !== location.origin || url.pathname === location.pathname) return refusal;
  url.searchParams.set("next", `${location.pathname}?gift=${encodeURIComponent(slug)}`);
  const button = { ...refusal.button, url: `${url.pathname}${url.search}` };
  const { missing } = refusal.details ?? {};
  if (missing) button.label = words.say("get_coins", { coins: words.coinsText(missing) });
  return { ...refusal, button };
}

function showPurse(coins) {
  panel.showBalance(coins);
  const purse = document.querySelector("[data-purse]");
  if (purse) purse.replaceChildren(words.coins(coins));
}

function showPicture() {
  if (state.stream?.open === false) {
    picture?.end();
    showGiven(find("given-here"));
  } else {
    picture?.show(state.video);
  }
}

function showLink(link) {
  view.showLink(link);
  if (link === "joined") sender.askAgain();
}

function setCalm(isOn) {
  player.setCalm(isOn);
  stage.setCalm(isOn);
  document.documentElement.toggleAttribute("data-calm", isOn);
}
