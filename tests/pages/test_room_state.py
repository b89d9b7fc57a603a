"""state.js: what the page knows, from example messages and beside what the server says anew."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send, undo
from tests.live import Site
from tests.pages.rooms import enter

EVENTS = Path(__file__).resolve().parent.parent / "events"
APPLY = """async (messages) => {
  const { apply, NOTHING_KNOWN, resumePoint } = await import("room/state");
  const state = messages.reduce(apply, NOTHING_KNOWN);
  return { ...state, resume: resumePoint(state) };
}"""
# Two sockets of the same room: one has watched from the beginning, one asks only now.
COMPARE = """async ({ config, settle }) => {
  const { apply, NOTHING_KNOWN } = await import("room/state");
  const join = () => new Promise((resolve) => {
    const socket = new WebSocket(new URL(config.socket_url, location.href.replace("http", "ws")));
    socket.binaryType = "arraybuffer";
    const known = { state: NOTHING_KNOWN, socket };
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: "join", v: 1, ticket: config.ticket, resume: null }));
    socket.onmessage = ({ data }) => {
      known.state = apply(known.state, JSON.parse(new TextDecoder().decode(data)));
      resolve(known);
    };
  });
  window.watching = window.watching ?? (await join());
  if (!settle) return null;
  while (window.watching.state.seq < settle) await new Promise((go) => setTimeout(go, 50));
  await new Promise((go) => setTimeout(go, 400));
  let fresh = await join();
  // The board is told a few times a second at most.
  for (let tries = 0; tries < 20; tries += 1) {
    const [known, now] = [window.watching.state.board, fresh.state.board];
    if (JSON.stringify(known.people) === JSON.stringify(now.people)) break;
    await new Promise((go) => setTimeout(go, 200));
    fresh.socket.close();
    fresh = await join();
  }
  const bare = ({ news, viewers, me, pins, board, ...state }) => ({
    ...state,
    pins: pins.pins,
    board: board.people,
  });
  fresh.socket.close();
  return [bare(window.watching.state), bare(fresh.state)];
}"""


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture
def page_with_modules(new_page) -> Page:
    page = new_page(reduced_motion="reduce")
    page.goto("/accounts/login/")
    return page


def example(name: str, **changed) -> dict:
    return json.loads((EVENTS / f"{name}.json").read_text()) | changed


def test_a_snapshot_and_a_tick_give_what_the_examples_say(page_with_modules):
    snapshot, tick = example("snapshot"), example("tick")
    state = page_with_modules.evaluate(APPLY, [snapshot])
    assert state["place"] == snapshot["place"]
    assert state["totals"] == snapshot["state"]["totals"]
    assert state["gifts"] == snapshot["gifts"]
    assert state["news"] == []
    assert state["resume"] == {"epoch": "7f3a9c0e", "seq": 41}

    state = page_with_modules.evaluate(APPLY, [snapshot, tick])
    assert state["seq"] == 43
    assert state["totals"] == tick["state"]["totals"]
    assert state["viewers"] == snapshot["state"]["viewers"]
    # The gift of 42 was taken back by 43.
    assert state["gifts"] == snapshot["gifts"]
    # The chat line was known from the snapshot.
    assert state["chat"] == snapshot["chat"]
    assert [event["type"] for event in state["news"]] == [
        "gift",
        "gift_taken_back",
        "streak_ended",
    ]


def test_what_is_old_repeated_or_unknown_changes_nothing(page_with_modules):
    known = [example("snapshot"), example("tick")]
    before = page_with_modules.evaluate(APPLY, known)
    stranger = {"type": "weather", "v": 1, "epoch": "7f3a9c0e", "seq": 99}
    for message in (example("tick"), stranger, example("tick", events=[stranger | {"seq": 43}])):
        after = page_with_modules.evaluate(APPLY, [*known, message])
        assert after | {"news": []} == before | {"news": []}
        assert after["news"] == [e for e in after["news"] if e["type"] == "streak_ended"]
    older = {"totals": {"version": 1, "coins": 7, "gifts": 7}}
    after = page_with_modules.evaluate(APPLY, [*known, example("tick", state=older, events=[])])
    assert after["totals"] == before["totals"]


def test_what_was_left_out_is_news_once_and_counted(page_with_modules):
    known, crowded = [example("snapshot")], example("tick_left_out")
    state = page_with_modules.evaluate(APPLY, [*known, crowded])
    assert state["leftOut"] == crowded["left_out"] == {"gifts": 410, "coins": 2060}
    assert [event["seq"] for event in state["news"]] == [420]
    assert (state["seq"], state["totals"]) == (455, crowded["state"]["totals"])
    assert page_with_modules.evaluate(APPLY, [*known, crowded, crowded])["leftOut"] is None


def test_what_is_hidden_is_known_no_more_and_comes_back_when_it_is_shown(page_with_modules):
    said = {"message": "For the old harbour song"}
    known = example("snapshot")
    known["gifts"] = [known["gifts"][0] | said]
    hidden = example("tick", seq=44, events=[example("hidden")], state={})
    state = page_with_modules.evaluate(APPLY, [known, hidden])
    assert (state["chat"], state["seq"]) == ([], 44)
    assert [gift["message"] for gift in state["gifts"]] == [""]
    assert "harbour song" not in json.dumps(state["gifts"])
    assert state["rules"] == known["state"]["rules"]

    shown = example("tick", seq=45, events=[example("shown")], state={})
    state = page_with_modules.evaluate(APPLY, [known, hidden, shown, hidden])
    assert state["chat"] == known["chat"]
    assert [gift["message"] for gift in state["gifts"]] == [said["message"]]


def test_another_life_of_the_room_asks_for_a_snapshot(page_with_modules):
    messages = [example("snapshot"), example("tick", epoch="00000000")]
    state = page_with_modules.evaluate(APPLY, messages)
    assert state["lost"] is True
    assert state["resume"] is None
    assert state["seq"] == 41
    state = page_with_modules.evaluate(APPLY, [*messages, example("snapshot", epoch="00000000")])
    assert state["resume"] == {"epoch": "00000000", "seq": 41}


def test_the_own_purse_never_goes_back(page_with_modules):
    known = [example("snapshot"), example("receipt"), example("undone")]
    state = page_with_modules.evaluate(APPLY, known)
    assert (state["me"]["pseq"], state["me"]["undo_left_today"]) == (4195, 4)
    late = example("wallet", pseq=4190, balance=1)
    assert page_with_modules.evaluate(APPLY, [*known, late])["me"]["coins"] == 815
    # A snapshot that was made before the last movement keeps the newer purse.
    state = page_with_modules.evaluate(APPLY, [*known, example("snapshot")])
    assert state["me"]["pseq"] == 4195


def test_an_ended_stream_and_a_stale_room_are_known(page_with_modules):
    ended = example("tick", seq=44, events=[example("stream_ended")], state={})
    state = page_with_modules.evaluate(APPLY, [example("snapshot"), ended, example("stale")])
    assert (state["stream"]["open"], state["stream"]["why"]) == (False, "staff")
    assert state["stale"] is True
    quiet = example("tick", seq=44, events=[], state={})
    state = page_with_modules.evaluate(APPLY, [example("snapshot"), example("stale"), quiet])
    assert state["stale"] is False


def test_snapshot_and_ticks_are_what_a_fresh_snapshot_says(new_page):
    room, viewer = make_room(), make_viewer(coins=1_000)
    page = enter(new_page(reduced_motion="reduce"), room)
    config = json.loads(page.locator("#room-config").text_content())["room"]
    page.evaluate(COMPARE, {"config": config, "settle": 0})
    for _ in range(3):
        assert send(viewer, room, "acorn").done
    assert send(viewer, room, "river-koi").done
    taken = send(viewer, room, "tulip")
    assert undo(viewer, UUID(taken.details["gift_id"])).done
    room.place.refresh_from_db()
    assert room.place.seq == 6
    watched, fresh = page.evaluate(COMPARE, {"config": config, "settle": 6})
    assert watched == fresh
    assert watched["totals"]["coins"] == 135
