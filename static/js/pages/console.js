// A creator's console: the room's socket, drawn for who holds the camera.
import { ThanksList } from "console/thanks";
import { showSwitches, watchForms, watchTabs } from "console/tools";
import { Chat } from "room/chat";
import { Connection } from "room/connection";
import { GoalBar } from "room/goal";
import { RoomLog } from "room/log";
import { Moderation } from "room/moderation";
import { Prices } from "room/money";
import { apply, NOTHING_KNOWN, resumePoint } from "room/state";
import { Words } from "room/words";
import { showToast } from "base/toasts";

const FACTS_MS = 1200;
const config = JSON.parse(document.getElementById("console-config").textContent);
const find = (id) => document.getElementById(id);
const root = find("room");
const arts = new Map(config.gifts.map((gift) => [gift.slug, gift.art]));
const artUrl = (slug) => arts.get(slug) ?? config.unknown_art;
const words = new Words({ texts: config.texts, prices: new Prices(config.prices), locale: config.prices.locale });
const goalBar = new GoalBar(find("room-goal"), { words });
const thanks = new ThanksList(
  { list: find("thanks-list"), empty: find("gifts-empty"), badge: find("unthanked"), bigFirst: find("big-first") },
  { words, artUrl, url: config.urls.thank },
);
const log = new RoomLog({
  list: find("chat-list"),
  empty: find("chat-empty"),
  newer: find("chat-newer"),
  words,
  artUrl,
  returnUrl: (giftId) => config.urls.return.replace(config.urls.any_gift, giftId),
});
let state = NOTHING_KNOWN;
let factsTimer = null;
const connection = new Connection(config.room, { message: take, link: showLink, resume: () => resumePoint(state) });
const chat = new Chat({
  form: find("chat-form"),
  pause: find("chat-pause"),
  log,
  words,
  me: () => state.me,
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
watchForms(root, { words });
watchTabs(root);
connection.open();

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
  if (message.type === "thanked") thanks.thanked(message.streak_id, message.on);
  for (const event of state.news) happened(event);
  if (state.leftOut) log.addLeftOut(state.leftOut);
  if (message.type === "said") chat.said(message);
  if (message.type === "refusal" && !chat.refuse(message)) showToast(message.sentence, "error");
  show();
}

function happened(event) {
  if (event.type === "gift") {
    thanks.add(event);
    log.add(event);
    askFacts();
  } else if (event.type === "gift_taken_back") {
    thanks.takenBack(event);
    log.update(event);
    askFacts();
  } else if (event.type === "hidden") {
    log.hide(event);
    thanks.hideMessages(event.gifts);
  } else if (event.type === "shown") {
    log.show(event);
    askFacts();
  } else if (event.type === "chat" && !chat.settle(event)) {
    log.add(event);
  }
}

function show() {
  const { viewers, likes, rules, goal, stream, boundaries } = state;
  find("room-viewers").textContent = words.prices.number(viewers?.count ?? 0);
  find("console-likes").textContent = words.prices.number(likes?.count ?? 0);
  if (rules) showSwitches(root, rules);
  if (boundaries) showSwitches(root, { gifts: boundaries.gifts !== "off", enough: boundaries.gifts === "enough" });
  goalBar.show(goal);
  for (const button of root.querySelectorAll("[data-with-goal]")) button.hidden = !goal?.goal;
  if (stream?.open === false) location.assign(config.urls.ended);
}

/** The latest streaks with their ticks, and what was earned: asked soon, not for each gift. */
function askFacts() {
  factsTimer ??= setTimeout(readFacts, FACTS_MS);
}

async function readFacts() {
  clearTimeout(factsTimer);
  factsTimer = null;
  try {
    const answer = await fetch(config.urls.facts, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { streaks, earned } = await answer.json();
    thanks.replace(streaks);
    const page = new DOMParser().parseFromString(earned, "text/html");
    find("console-earned").replaceChildren(...page.body.childNodes);
  } catch {
    // Asked again with the next gift, or when the socket is back.
  }
}

function showLink(link) {
  root.dataset.link = link;
  find("room-link").textContent = link === "joined" ? "" : words.say(link === "waiting" ? "link_waiting" : "link_over");
  if (link === "joined") readFacts();
}
