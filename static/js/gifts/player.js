/**
 * The gift layer of a page. It is told what happened (`play`, `confirm`, `refuse`, `takeBack`) and
 * decides what is seen: three rows in the tray, one banner, one big or full-screen scene at a time.
 * It never throws on an event it does not understand, and it never blocks the page under it.
 */

import { Act } from "./act.js";
import { systemClock } from "./clock.js";
import { Lane } from "./lane.js";
import { Showing } from "./showing.js";

const LANES = {
  tray: { slots: 3, limit: 30, hold: { moving: 3400, settled: 2200, crowded: 1300, calm: 4000 } },
  banner: { slots: 1, limit: 12, hold: { moving: 3800, settled: 3000, crowded: 3000, calm: 4500 } },
  scene: { slots: 1, limit: 8, hold: { calm: 5500 } },
};
const LANE_OF = { tray: "tray", banner: "banner", big: "scene", fullscreen: "scene" };
/** Ids of events already shown, so that a repeated frame is not a second gift. */
const SEEN_LIMIT = 1024;
const NO_URL = () => null;
const DEFAULT_LABELS = {
  skip: "Skip",
  sending: "Sending…",
  refused: "Not sent",
  anonymous: "Anonymous",
  test: "Test",
  times: (count) => `×${count}`,
};

export class GiftPlayer {
  #layer;
  #clock;
  #labels;
  #urls;
  #calm;
  #reducedMotion;
  #lanes = {};
  #hosts = {};
  #acts = new Map();
  #streaks = new Map();
  #keys = new Map();
  #seen = new Set();
  #skipButton;
  #focusBefore = null;
  #frame = null;

  /**
   * `layer` covers the video. `artUrl(slug)` and `motionUrl(slug)` give addresses, or null when there
   * is none. `reducedMotion` is a boolean or a MediaQueryList. `labels` are the page's own texts.
   */
  constructor(layer, { calm = false, reducedMotion = false, clock = systemClock, artUrl = NO_URL, motionUrl = NO_URL, labels = {} } = {}) {
    this.#layer = layer;
    this.#clock = clock;
    this.#labels = { ...DEFAULT_LABELS, ...labels };
    this.#urls = { artUrl, motionUrl };
    this.#calm = Boolean(calm);
    this.#reducedMotion = reducedMotion;
    layer.classList.add("gift-layer");
    for (const [name, options] of Object.entries(LANES)) {
      this.#lanes[name] = new Lane({ name, ...options });
      this.#hosts[name] = document.createElement("div");
      this.#hosts[name].className = `gift-lane gift-lane--${name}`;
      this.#hosts[name].setAttribute("aria-hidden", "true");
      layer.append(this.#hosts[name]);
    }
    this.#skipButton = this.#makeSkipButton();
    this.#markCalm();
    this.onKey = this.onKey.bind(this);
    document.addEventListener("keydown", this.onKey);
  }

  /** Show a gift event, or the sender's own gift (`state: "sending"` with its `key`) before its receipt. */
  play(event) {
    if (!event?.gift) return;
    if (event.state === "sending") this.#playSending(event);
    else this.#playBooked(event);
    this.#wake();
  }

  /** The receipt of the gift sent under `key`: what was drawn as sending becomes what was booked. */
  confirm(key, event) {
    const showing = this.#forgetKey(key);
    if (!showing) return this.play(event);
    const streakId = event.streak_id ?? event.event_id;
    const other = this.#shown(streakId);
    const isChip = LANE_OF[event.display] === "scene";
    const canAdopt = !isChip && (!other || other === showing) && [null, streakId].includes(showing.streakId);
    if (canAdopt && !this.#seen.has(event.event_id)) {
      this.#remember(event.event_id);
      showing.absorb(event);
      this.#streaks.set(streakId, showing);
      this.#refresh(showing, { punch: false });
    } else {
      this.#refreshOrDrop(showing);
      this.play(event);
    }
    this.#wake();
  }

  /** The gift sent under `key` was refused: take its drawing away and say why. Nothing was paid. */
  refuse(key, reason = "") {
    const showing = this.#forgetKey(key);
    if (!showing) return;
    if (showing.isEmpty) showing.refusal = reason || this.#labels.refused;
    if (showing.isEmpty && !this.#acts.has(showing)) this.#drop(showing);
    else this.#refresh(showing, { punch: false });
    this.#wake();
  }

  /** Set the counters of a streak that is being shown. */
  update(streakId, { count, coins_total: coins }) {
    const showing = this.#shown(streakId);
    if (!showing) return;
    const grew = count > showing.count;
    showing.count = Math.max(showing.count, count ?? 0);
    showing.coins = Math.max(showing.coins, coins ?? 0);
    this.#refresh(showing, { punch: grew });
    this.#wake();
  }

  /** The streak has ended: it leaves soon. */
  settle(streakId) {
    const showing = this.#shown(streakId);
    if (!showing) return;
    showing.final = true;
    this.#refresh(showing, { punch: false });
    this.#wake();
  }

  /** A gift was undone or taken back: it is not shown any more. */
  takeBack(eventId) {
    this.#remember(eventId);
    for (const showing of this.#everyShowing()) {
      if (showing.takeBack(eventId)) this.#refreshOrDrop(showing);
    }
    this.#wake();
  }

  /** The message of a gift was taken away; the gift goes on. */
  hideMessage(eventId) {
    for (const showing of this.#everyShowing()) {
      if (showing.hideMessage(eventId)) this.#refresh(showing, { punch: false });
    }
  }

  /** End the scene that is playing; when there is none, the banner. Returns whether there was one. */
  skip() {
    const act = [...this.#lanes.scene.active, ...this.#lanes.banner.active].find((active) => !active.isLeaving);
    act?.leave(this.#clock.now());
    this.#wake();
    return Boolean(act);
  }

  /** Calm mode shows stills that do not move; what is moving now goes on as a still. */
  setCalm(calm) {
    this.#calm = Boolean(calm);
    this.#markCalm();
    if (!this.#isStill) return;
    for (const act of [...this.#acts.values()]) {
      if (act.calm) continue;
      this.#clear(act);
      if (!act.isLeaving) this.#start(act.showing);
      else this.#forget(act.showing);
    }
    this.#wake();
  }

  /** How many showings wait for a place. */
  get queueLength() {
    return Object.values(this.#lanes).reduce((sum, lane) => sum + lane.waiting.length, 0);
  }

  /** Resolves when the files of everything on the screen have been loaded or given up. */
  async loaded() {
    await Promise.all([...this.#acts.values()].map((act) => act.loading));
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
    if (this.#frame !== null) this.#cancelFrame();
    for (const act of this.#acts.values()) act.remove();
    this.#layer.replaceChildren();
    this.#layer.classList.remove("gift-layer");
  }

  onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    this.skip();
  }

  #playBooked(event) {
    if (event.event_id && this.#seen.has(event.event_id)) return;
    this.#remember(event.event_id);
    const streakId = event.streak_id ?? event.event_id;
    const known = this.#shown(streakId);
    if (known) {
      const before = known.shownCount;
      known.absorb(event);
      this.#refresh(known, { punch: known.shownCount > before });
    } else if (event.delta !== 0) {
      const showing = new Showing(event);
      showing.absorb(event);
      this.#streaks.set(streakId, showing);
      this.#admit(showing, LANE_OF[showing.display]);
    }
  }

  /** Taps on one gift share one drawing. Dear gifts wait as a row: their scene starts with the receipt. */
  #playSending(event) {
    const same = [...this.#keys.values(), ...this.#acts.keys()].find(
      (showing) => showing.own && !showing.refusal && !showing.final && showing.gift.slug === event.gift.slug && this.#isLive(showing),
    );
    const showing = same ?? new Showing({ ...event, streak_id: null });
    showing.own = true;
    showing.expect(event.key, event.delta ?? 1);
    this.#keys.set(event.key, showing);
    if (same) this.#refresh(showing, { punch: true });
    else this.#admit(showing, LANE_OF[showing.display] === "scene" ? "tray" : LANE_OF[showing.display]);
  }

  #admit(showing, laneName) {
    const lane = this.#lanes[laneName];
    showing.lane = lane;
    const dropped = lane.add(showing);
    if (dropped) this.#forget(dropped);
  }

  #start(showing) {
    const { lane } = showing;
    const act = new Act({
      showing,
      display: lane.name === "scene" ? showing.display : lane.name,
      hold: lane.hold,
      host: this.#hosts[lane.name],
      labels: this.#labels,
      calm: this.#isStill,
      now: this.#clock.now(),
      ...this.#urls,
    });
    lane.active.push(act);
    this.#acts.set(showing, act);
  }

  #tick() {
    const now = this.#clock.now();
    for (const lane of Object.values(this.#lanes)) {
      const crowded = lane.waiting.length > 2;
      for (const act of [...lane.active]) if (act.draw(now, { crowded })) this.#finish(act);
      for (let showing = lane.next(); showing; showing = lane.next()) {
        this.#start(showing);
        this.#acts.get(showing).draw(now, { crowded });
      }
    }
    this.#showSkip(this.#lanes.scene.active.some((act) => !act.isLeaving));
    if (this.#acts.size > 0) this.#wake();
  }

  #wake() {
    if (this.#frame !== null) return;
    const request = this.#clock.request ?? systemClock.request;
    this.#frame = request.call(this.#clock, () => {
      this.#frame = null;
      this.#tick();
    });
  }

  #cancelFrame() {
    (this.#clock.cancel ?? systemClock.cancel).call(this.#clock, this.#frame);
    this.#frame = null;
  }

  #refresh(showing, options) {
    this.#acts.get(showing)?.refresh(this.#clock.now(), options);
  }

  #refreshOrDrop(showing) {
    if (showing.isEmpty) this.#drop(showing);
    else this.#refresh(showing, { punch: false });
  }

  #drop(showing) {
    showing.lane?.forget(showing);
    const act = this.#acts.get(showing);
    if (act) this.#finish(act);
    else this.#forget(showing);
  }

  #finish(act) {
    this.#clear(act);
    this.#forget(act.showing);
  }

  /** Take an act off the screen and free its slot. */
  #clear(act) {
    act.remove();
    const { lane } = act.showing;
    lane.active = lane.active.filter((active) => active !== act);
    this.#acts.delete(act.showing);
  }

  #forget(showing) {
    if (this.#streaks.get(showing.streakId) === showing) this.#streaks.delete(showing.streakId);
    for (const [key, owner] of this.#keys) if (owner === showing) this.#keys.delete(key);
  }

  #forgetKey(key) {
    const showing = this.#keys.get(key);
    this.#keys.delete(key);
    showing?.settle(key);
    return showing;
  }

  /** The showing of a streak, unless it is on its way out. */
  #shown(streakId) {
    const showing = this.#streaks.get(streakId);
    return showing && this.#isLive(showing) ? showing : undefined;
  }

  #isLive(showing) {
    const act = this.#acts.get(showing);
    return act ? !act.isLeaving : showing.lane.waiting.some((entry) => entry.showing === showing);
  }

  #everyShowing() {
    const waiting = Object.values(this.#lanes).flatMap((lane) => lane.waiting.map((entry) => entry.showing));
    return [...this.#acts.keys(), ...waiting];
  }

  #remember(eventId) {
    if (!eventId) return;
    this.#seen.add(eventId);
    if (this.#seen.size > SEEN_LIMIT) this.#seen.delete(this.#seen.values().next().value);
  }

  get #isStill() {
    const reduced = this.#reducedMotion;
    return this.#calm || (typeof reduced === "object" ? reduced.matches : Boolean(reduced));
  }

  #markCalm() {
    this.#layer.toggleAttribute("data-calm", this.#isStill);
  }

  #makeSkipButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "gift-skip";
    button.textContent = this.#labels.skip;
    button.hidden = true;
    button.addEventListener("click", () => this.skip());
    button.addEventListener("focus", (event) => {
      this.#focusBefore = event.relatedTarget;
    });
    this.#layer.append(button);
    return button;
  }

  /** When the button goes while it has the focus, the focus goes back to where it came from. */
  #showSkip(visible) {
    if (this.#skipButton.hidden !== visible) return;
    const hadFocus = document.activeElement === this.#skipButton;
    this.#skipButton.hidden = !visible;
    if (!visible && hadFocus && this.#focusBefore?.isConnected) this.#focusBefore.focus();
  }
}
