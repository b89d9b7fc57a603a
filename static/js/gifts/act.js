/** A showing on the screen: its card comes in, its scene plays, the counter punches, the card leaves. */

import { stillArt } from "./art.js";
import { Card } from "./card.js";
import { loadScene, mountScene, stillScene } from "./scenes.js";
import { Timeline } from "./timeline.js";

const ENTER_MS = 420;
const LEAVE_MS = 280;
const PUNCH_MS = 340;
/** How long a scene may load before the still is shown instead. */
const LOAD_LIMIT_MS = 1500;
const REFUSED_MS = 3200;
/** A gift without an answer does not keep its place for ever. */
const SENDING_LIMIT_MS = 30_000;

export class Act {
  #enter = null;
  #punch = null;
  #leave = null;
  #scene = null;
  #stale = null;
  #leaveAt = null;
  #sceneAt = null;

  /** `host` is the element of the lane. `calm` shows a still card that does not move. */
  constructor({ showing, display, hold, host, labels, calm, now, artUrl, motionUrl }) {
    this.showing = showing;
    this.display = display;
    this.calm = calm;
    this.hold = hold;
    this.startedAt = now;
    this.changedAt = now;
    this.urls = { artUrl, motionUrl };
    this.card = new Card({ showing, display, labels, calm });
    this.card.write(showing);
    host.append(this.card.root);
    if (calm) {
      this.card.seat.append(stillArt(artUrl(showing.gift.slug)));
      this.loading = Promise.resolve();
    } else {
      this.#comeIn();
      this.loading = this.#load();
    }
  }

  /** The showing has changed: the next frame writes it, once, and lets the counter punch when it grew. */
  refresh(now, { punch }) {
    this.changedAt = now;
    this.#stale = { punch: punch || Boolean(this.#stale?.punch) };
  }

  #update(now) {
    const { punch } = this.#stale;
    this.#stale = null;
    this.card.write(this.showing);
    if (!punch || this.calm) return;
    this.#punch?.timeline.cancel();
    const timeline = new Timeline();
    timeline.animate(
      this.card.count,
      [{ scale: 1 }, { scale: 1.7, offset: 0.25 }, { scale: 0.9, offset: 0.6 }, { scale: 1 }],
      { duration: PUNCH_MS, easing: "ease-out" },
    );
    this.#punch = { timeline, at: now };
    if (this.display === "tray" && this.#scene && now > this.#sceneAt + this.#scene.duration_ms) this.#sceneAt = now;
  }

  /** Draw the moment `now`. Returns true when nothing of it is left to show. */
  draw(now, { crowded }) {
    if (this.#stale) this.#update(now);
    if (this.#leaveAt === null && now >= this.#endsAt(crowded)) this.leave(now);
    if (this.#leaveAt !== null) {
      this.#leave?.seek(now - this.#leaveAt);
      if (this.calm || now >= this.#leaveAt + LEAVE_MS) return true;
    }
    if (this.calm) return false;
    this.#enter.seek(now - this.startedAt);
    this.#punch?.timeline.seek(now - this.#punch.at);
    if (this.#scene) {
      this.#sceneAt ??= now;
      this.#scene.seek(Math.min(now - this.#sceneAt, this.#scene.duration_ms));
    } else if (now > this.startedAt + LOAD_LIMIT_MS) {
      this.#mount(stillScene({ display: this.display, art: this.urls.artUrl(this.showing.gift.slug) }));
    }
    return false;
  }

  /** Begin to go. A refusal goes by itself, after its reason could be read. */
  leave(now) {
    if (this.#leaveAt !== null) return;
    this.#leaveAt = now;
    if (this.calm) return;
    this.#leave = new Timeline();
    this.#leave.animate(this.card.root, [{ opacity: 1 }, { opacity: 0 }], { duration: LEAVE_MS, easing: "ease-in" });
  }

  remove() {
    for (const timeline of [this.#enter, this.#punch?.timeline, this.#leave, this.#scene]) timeline?.cancel();
    this.card.root.remove();
    this.removed = true;
  }

  get isLeaving() {
    return this.#leaveAt !== null;
  }

  #endsAt(crowded) {
    const { showing, hold } = this;
    if (showing.refusal) return this.changedAt + REFUSED_MS;
    if (showing.isSending) return this.changedAt + SENDING_LIMIT_MS;
    if (this.calm) return this.changedAt + hold.calm;
    if (!this.#scene || this.#sceneAt === null) return Infinity;
    const played = this.#sceneAt + this.#scene.duration_ms;
    if (this.display === "big" || this.display === "fullscreen") return played;
    const rest = crowded ? hold.crowded : showing.final ? hold.settled : hold.moving;
    return crowded ? this.changedAt + rest : Math.max(played, this.changedAt + rest);
  }

  async #load() {
    const loaded = await loadScene({ slug: this.showing.gift.slug, display: this.display, ...this.urls });
    if (!this.removed && !this.#scene) this.#mount(loaded);
  }

  #mount(loaded) {
    const { stage: root, seat } = this.card;
    const seedText = this.showing.streakId ?? this.showing.gift.slug;
    try {
      this.#scene = mountScene({ root, seat, loaded, seedText });
    } catch (error) {
      console.warn(`gift scene ${this.showing.gift.slug}:`, error);
      root.replaceChildren(seat);
      seat.replaceChildren();
      const still = stillScene({ display: this.display, art: this.urls.artUrl(this.showing.gift.slug) });
      this.#scene = mountScene({ root, seat, loaded: still, seedText });
    }
  }

  #comeIn() {
    const { root, plate } = this.card;
    const away = getComputedStyle(root).direction === "rtl" ? 1 : -1;
    this.#enter = new Timeline();
    if (this.display === "tray" || this.display === "banner") {
      this.#enter.animate(
        root,
        [{ transform: `translateX(${away * 60}%)`, opacity: 0 }, { transform: "none", opacity: 1 }],
        { duration: ENTER_MS, easing: "cubic-bezier(.16, 1, .3, 1)" },
      );
      return;
    }
    this.#enter.animate(
      plate,
      [{ transform: "translateY(40%)", opacity: 0 }, { transform: "none", opacity: 1 }],
      { duration: ENTER_MS, delay: 200, easing: "cubic-bezier(.16, 1, .3, 1)" },
    );
  }
}
