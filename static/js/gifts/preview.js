/** The preview page: play any gift in any state, or hold the clock at one moment of its scene. */

import { ManualClock, systemClock } from "./clock.js";
import { GiftPlayer } from "./player.js";

const { catalogue: catalogueUrl, art, motion } = document.body.dataset;
const catalogue = await (await fetch(catalogueUrl)).json();
const bySlug = new Map(catalogue.map((gift) => [gift.slug, gift]));
const form = document.querySelector("#controls");
const fields = form.elements;
let sequence = 0;
let lastEvent = null;
let clock = systemClock;
let player = makePlayer();

for (const gift of catalogue) {
  const text = `${gift.name} · ${gift.coins} · ${gift.display}${gift.has_motion ? " · moves" : ""}`;
  fields.gift.append(new Option(text, gift.slug));
}

function makePlayer() {
  return new GiftPlayer(document.querySelector("#layer"), {
    calm: fields.calm.checked,
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)"),
    clock,
    artUrl: (slug) => new URL(`${art}${slug}.svg`, document.baseURI).href,
    motionUrl: (slug) =>
      bySlug.get(slug)?.has_motion ? new URL(`${motion}${slug}.js`, document.baseURI).href : null,
  });
}

function makeEvent({ gift = bySlug.get(fields.gift.value), count = 1, streak = null, ...rest } = {}) {
  sequence += 1;
  const { slug, name, coins, tier, display } = gift;
  lastEvent = {
    event_id: `event-${sequence}`,
    seq: sequence,
    streak_id: streak ?? `streak-${sequence}`,
    delta: 1,
    count,
    final: false,
    coins_delta: coins,
    coins_total: coins * count,
    sender: fields.sender.value ? { handle: "preview", name: fields.sender.value } : null,
    message: fields.message.value,
    gift: { slug, name, coins },
    tier,
    display,
    is_test: false,
    created_at: new Date().toISOString(),
    ...rest,
  };
  return lastEvent;
}

const actions = {
  play: () => player.play(makeEvent()),
  streak() {
    const streak = `streak-of-${sequence}`;
    for (let count = 1; count <= 8; count += 1) {
      setTimeout(() => player.play(makeEvent({ streak, count, final: count === 8 })), count * 260);
    }
  },
  confirmed() {
    const key = `key-${sequence}`;
    player.play({ ...makeEvent(), state: "sending", key });
    setTimeout(() => player.confirm(key, makeEvent()), 1200);
  },
  refused() {
    const key = `key-${sequence}`;
    player.play({ ...makeEvent(), state: "sending", key });
    setTimeout(() => player.refuse(key, "Not enough coins"), 1200);
  },
  crowd() {
    for (let index = 0; index < 30; index += 1) {
      player.play(makeEvent({ gift: catalogue[(index * 7) % catalogue.length] }));
    }
  },
  back: () => lastEvent && player.takeBack(lastEvent.event_id),
};

form.addEventListener("click", ({ target }) => actions[target.dataset.do]?.());
fields.calm.addEventListener("change", () => player.setCalm(fields.calm.checked));
fields.rtl.addEventListener("change", () => {
  document.documentElement.dir = fields.rtl.checked ? "rtl" : "ltr";
});
fields.time.addEventListener("input", async () => {
  if (!(clock instanceof ManualClock)) {
    player.destroy();
    clock = new ManualClock();
    player = makePlayer();
    player.play(makeEvent());
    clock.set(0);
    await player.loaded();
    clock.set(0);
  }
  clock.set(Number(fields.time.value));
  fields.state.value = `${fields.time.value} ms, ${player.queueLength} waiting`;
});
fields.gift.addEventListener("change", () => {
  player.destroy();
  clock = systemClock;
  player = makePlayer();
});
