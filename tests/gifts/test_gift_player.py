"""The gift layer in a real browser, on a clock that the test sets, under a strict policy."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

CHECKOUT = Path(__file__).resolve().parents[2]
SITE = "http://gifts.test"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
HARNESS = """async () => {
  const { GiftPlayer } = await import("/static/js/gifts/player.js");
  const { ManualClock } = await import("/static/js/gifts/clock.js");
  const catalogue = await (await fetch("/gifts/catalogue.json")).json();
  const find = (slug) => catalogue.find((gift) => gift.slug === slug);
  let count = 0;
  window.open_layer = (options = {}) => {
    window.player?.destroy();
    const layer = document.createElement("div");
    document.body.replaceChildren(layer);
    window.clock = new ManualClock();
    window.player = new GiftPlayer(layer, {
      clock,
      artUrl: (slug) => (find(slug) ? `/static/gifts/art/${slug}.svg` : null),
      motionUrl: (slug) => (find(slug)?.has_motion ? `/static/js/gifts/motion/${slug}.js` : null),
      ...options,
    });
  };
  window.gift = (slug, more = {}) => {
    count += 1;
    const { name, coins, tier, display } = find(slug) ?? { name: slug, coins: 1, display: "tray" };
    return {
      event_id: `e${count}`, seq: count, streak_id: `s${count}`, delta: 1, count: 1, final: false,
      coins_delta: coins, coins_total: coins * (more.count ?? 1), message: "",
      sender: { handle: "mira", name: "Mira" }, gift: { slug, name, coins }, tier, display,
      is_test: false, ...more,
    };
  };
  window.pass = async (milliseconds) => {
    clock.advance(20);
    await player.loaded();
    clock.advance(milliseconds, 20);
  };
  window.shown = () =>
    [...document.querySelectorAll(".gift-card")].map((card) => [
      card.dataset.display, card.dataset.state,
      ...["gift", "count", "note"].map(
        (part) => card.querySelector(`.gift-card__${part}`).textContent,
      ),
    ]);
}"""
Run = Callable[[str], Any]


def answer_from_checkout(route: Route) -> None:
    path = CHECKOUT / route.request.url.removeprefix(SITE).lstrip("/")
    if route.request.url == f"{SITE}/":
        body, kind = (
            "<!DOCTYPE html><title>Gifts</title><link rel='icon' href='data:,'>",
            "text/html",
        )
    elif path.is_file():
        body, kind = path.read_text(encoding="utf-8"), mimetypes.guess_type(path)[0] or "text/plain"
    else:
        return route.fulfill(status=404)
    return route.fulfill(body=body, content_type=kind, headers={"Content-Security-Policy": POLICY})


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page with the harness, and the errors of its console."""
    errors: list[str] = []
    page = browser.new_page(viewport={"width": 390, "height": 760})
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(f"{line.type}: {line.text}"))
    page.route(f"{SITE}/**", answer_from_checkout)
    page.goto(f"{SITE}/")
    page.add_style_tag(url="/static/css/components/gift-player.css")
    page.evaluate(HARNESS)
    yield page, errors
    page.close()


@pytest.fixture
def run(window: tuple[Page, list[str]]) -> Iterator[Run]:
    """Runs a script body on a new gift layer; anything on the console fails the test."""
    page, errors = window
    errors.clear()
    page.evaluate("open_layer()")
    yield lambda body: page.evaluate(f"async () => {{ {body} }}")
    assert errors == []


def test_a_streak_is_one_row_and_a_repeated_event_counts_once(run: Run) -> None:
    shown = run("""
      for (let count = 1; count <= 5; count += 1) {
        player.play(gift("clover", { event_id: `c${count}`, streak_id: "S", count }));
        await pass(100);
      }
      player.play(gift("clover", { event_id: "c5", streak_id: "S", count: 9 }));
      await pass(100);
      return shown();""")
    assert shown == [["tray", "sent", "Lucky Clover", "×5", ""]]


def test_each_sender_has_one_row_however_their_gifts_mix(run: Run) -> None:
    shown = run("""
      const otis = { handle: "otis", name: "Otis" };
      for (let count = 1; count <= 120; count += 1) {
        player.play(gift("clover", { streak_id: "M", count }));
        const more = { streak_id: "O", count: 2 * count, delta: 2, sender: otis };
        player.play(gift("clover", more));
        await pass(20);
      }
      const text = (card, part) => card.querySelector(`.gift-card__${part}`).textContent;
      const cards = [...document.querySelectorAll(".gift-card")];
      return cards.map((card) => [text(card, "sender"), text(card, "count")]);""")
    assert sorted(shown) == [["Mira", "×120"], ["Otis", "×240"]]


def test_a_settled_row_leaves_and_its_late_final_event_brings_nothing_back(run: Run) -> None:
    shown = run("""
      player.play(gift("clover", { streak_id: "S", count: 3 }));
      await pass(100);
      player.settle("S");
      await pass(2600);
      const gone = shown();
      player.play(gift("clover", { streak_id: "S", delta: 0, count: 3, final: true }));
      await pass(100);
      return [gone, shown()];""")
    assert shown == [[], []]


def test_sending_is_drawn_as_sending_until_its_receipt(run: Run) -> None:
    before, after = run("""
      player.play({ ...gift("acorn"), state: "sending", key: "k1" });
      player.play({ ...gift("acorn"), state: "sending", key: "k2" });
      await pass(100);
      const before = shown();
      player.confirm("k1", gift("acorn", { streak_id: "S", count: 1 }));
      player.confirm("k2", gift("acorn", { streak_id: "S", count: 2 }));
      await pass(100);
      return [before, shown()];""")
    assert before == [["tray", "sending", "Pocket Acorn", "×2", "Sending…"]]
    assert after == [["tray", "sent", "Pocket Acorn", "×2", ""]]


def test_the_room_may_tell_before_the_receipt_does(run: Run) -> None:
    shown = run("""
      player.play({ ...gift("acorn"), state: "sending", key: "k1" });
      await pass(50);
      player.play(gift("acorn", { event_id: "B", streak_id: "S" }));
      player.confirm("k1", gift("acorn", { event_id: "B", streak_id: "S" }));
      await pass(50);
      return shown();""")
    assert shown == [["tray", "sent", "Pocket Acorn", "", ""]]


def test_a_refusal_takes_the_gift_away_and_says_why(run: Run) -> None:
    said, later = run("""
      player.play({ ...gift("great-comet"), state: "sending", key: "k1" });
      await pass(100);
      player.refuse("k1", "Not enough coins");
      await pass(100);
      const said = shown();
      await pass(3800);
      return [said, shown()];""")
    assert said == [["tray", "refused", "Great Comet", "", "Not enough coins"]]
    assert later == []


def test_what_was_taken_back_is_not_shown_any_more(run: Run) -> None:
    shown = run("""
      player.play(gift("clover", { event_id: "a", streak_id: "S", delta: 3, count: 3 }));
      player.play(gift("clover", { event_id: "b", streak_id: "S", count: 4 }));
      player.play(gift("moon-whale", { event_id: "w" }));
      player.play(gift("eclipse", { event_id: "x" }));
      player.takeBack("x");
      await pass(100);
      player.takeBack("b");
      player.takeBack("w");
      await pass(100);
      return [shown(), player.queueLength];""")
    assert shown == [[["tray", "sent", "Lucky Clover", "×3", ""]], 0]


def test_dear_gifts_go_first_and_the_queue_is_bounded(run: Run) -> None:
    order, waiting, rows = run("""
      for (let index = 0; index < 200; index += 1) player.play(gift("clover"));
      for (let index = 0; index < 50; index += 1) player.play(gift("bicycle"));
      for (const slug of ["peacock", "grand-orrery", "eclipse"]) player.play(gift(slug));
      const waiting = player.queueLength;
      const order = [];
      for (let index = 0; index < 4; index += 1) {
        await pass(20);
        order.push(shown().find(([display]) => display === "big" || display === "fullscreen")[2]);
        player.skip();
        await pass(320);
      }
      return [order, waiting, shown().filter(([display]) => display === "tray").length];""")
    assert order == ["Grand Orrery", "Total Eclipse", "Peacock", "Sunday Bicycle"]
    assert waiting == 30 + 8
    assert rows == 3


def test_escape_skips_and_gives_the_focus_back(run: Run) -> None:
    result = run("""
      const field = document.createElement("input");
      document.body.append(field);
      player.play(gift("grand-orrery"));
      await pass(500);
      const skip = document.querySelector(".gift-skip");
      const visible = !skip.hidden;
      field.focus();
      skip.focus();
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      await pass(400);
      return [visible, skip.hidden, document.activeElement === field, shown()];""")
    assert result == [True, True, True, []]


@pytest.mark.parametrize("still", ["calm: true", "reducedMotion: { matches: true }"])
def test_calm_shows_a_still_with_name_and_count_that_does_not_move(run: Run, still: str) -> None:
    shown, moving, stills = run(f"""
      open_layer({{ {still} }});
      player.play(gift("great-comet", {{ count: 3 }}));
      await pass(1000);
      return [shown(), document.getAnimations().length + document.querySelectorAll("canvas").length,
        document.querySelectorAll("img.gift-art").length];""")
    assert shown == [["fullscreen", "sent", "Great Comet", "×3", ""]]
    assert (moving, stills) == (0, 1)


def test_switching_calm_on_leaves_the_still_of_what_was_moving(run: Run) -> None:
    shown, moving = run("""
      player.play(gift("great-comet"));
      await pass(1500);
      player.setCalm(true);
      await pass(100);
      return [shown(), document.getAnimations().length];""")
    assert shown == [["fullscreen", "sent", "Great Comet", "", ""]]
    assert moving == 0


def test_unknown_gifts_and_markup_in_names_do_no_harm(run: Run) -> None:
    shown, parcels, markup = run("""
      player.play(null);
      player.play({ gift: {} });
      player.play(gift("no-such-gift", { sender: { name: "<b>Eve</b>" }, message: "<img src=x>" }));
      player.play(gift("clover", { display: "hologram", sender: null }));
      await pass(100);
      return [shown().length, document.querySelectorAll(".gift-card svg.gift-art").length,
        document.querySelectorAll(".gift-card b, .gift-card__text img").length];""")
    assert (shown, parcels, markup) == (3, 2, 0)


def test_every_scene_draws_every_tenth_of_its_time_and_cleans_up(run: Run) -> None:
    lengths = run("""
      const catalogue = await (await fetch("/gifts/catalogue.json")).json();
      const lengths = {};
      for (const { slug, display } of catalogue.filter((row) => row.has_motion)) {
        const { scene } = await import(`/static/js/gifts/motion/${slug}.js`);
        if (!(scene.layers.length >= 3)) throw new Error(`${slug} has too few layers`);
        open_layer();
        player.play(gift(slug));
        await pass(0);
        for (let part = 0; part <= 10; part += 1) clock.set((scene.duration_ms * part) / 10);
        for (const after of [100, 5000, 10000]) clock.set(scene.duration_ms + after);
        if (shown().length || document.getAnimations().length) throw new Error(`${slug} stays`);
        lengths[slug] = [display, scene.duration_ms];
      }
      return lengths;""")
    assert len(lengths) == 12
    assert all(3000 <= ms <= 8000 for display, ms in lengths.values() if display == "fullscreen")
