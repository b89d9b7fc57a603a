"""Order, merging and slow viewers, in plain memory."""

import asyncio
import json
import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from gifts.rooms.frames import frame_of
from gifts.rooms.hub import Hub
from gifts.rooms.reader import Told
from gifts.rooms.room import Room
from gifts.rooms.sending import MOST_PERSONAL, Connection, Viewer
from gifts.rooms.shedding import EVENT_BYTES, FEWEST, Budget
from gifts.rooms.state import RoomState

EXAMPLES = Path(__file__).resolve().parents[1] / "events"


def gift(seq: int, **fields: Any) -> dict[str, Any]:
    text = (EXAMPLES / "gift.json").read_text(encoding="utf-8")
    said = {"seq": seq, "event_id": f"gift-{seq}", "streak_id": "run", "count": seq}
    return json.loads(text) | said | {"coins_total": 5 * seq} | fields


def make_state(seq: int = 0) -> RoomState:
    return RoomState(
        epoch="e",
        seq=seq,
        open=True,
        coins=0,
        gifts=0,
        place={},
        recent=[],
        chat=deque(maxlen=50),
        forgotten=seq,
    )


def make_room() -> Room:
    return Room(1, make_state(), b"0-0")


class Wire:
    """A connection that takes frames at once, or not before it is let go."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.stuck: asyncio.Future[None] | None = None

    async def send(self, frame: dict[str, Any]) -> None:
        if self.stuck is not None:
            await self.stuck
        self.got.append(json.loads(frame["bytes"]))


def make_page(wire: Wire, *, language: str = "en") -> Viewer:
    return Viewer(
        connection=Connection(wire.send),
        close=lambda code: None,
        place_id=1,
        user_id=1,
        me=None,
        language=language,
    )


def test_the_picture_is_told_when_it_changes_and_an_older_one_is_not() -> None:
    room = make_room()
    live = {"version": 3, "state": "live", "playlist": "/hls/x.m3u8"}
    paused = {"version": 4, "state": "paused", "playlist": None}
    assert room.take({"type": "video", "video": live}, 0) == []
    assert room.parts == {"video"}
    told = json.loads(room.frame([], most=5)["bytes"])
    assert told["state"] == {"video": live}
    assert told["events"] == []
    room.show(paused)
    room.take({"type": "video", "video": live}, 0)
    assert json.loads(room.snapshot_for(make_page(Wire()))["bytes"])["state"]["video"] == paused
    room.frame([], most=5)
    room.show(dict(paused))
    assert not room.parts


def test_each_page_of_a_person_reads_its_own_language() -> None:
    async def play() -> list[str]:
        hub = Hub()
        try:
            wires = [Wire(), Wire()]
            for wire, language in zip(wires, ("en", "de"), strict=True):
                viewer = make_page(wire, language=language)
                viewer.index = 0  # it has joined
                hub.people[1].add(viewer)
            latest = {"kind": "recharge_arrived", "data": {"coins": 1_200}, "path": "/"}
            hub.tell_person(1, {"type": "bell", "v": 1, "unread": 1, "latest": latest})
            return [wire.got[0]["latest"]["text"] for wire in wires]
        finally:
            await hub.close()

    english, german = asyncio.run(play())
    assert "1,200 coins ($12.00)" in english
    assert "1.200 coins (12,00\xa0$)" in german


def test_what_cannot_be_told_to_a_person_keeps_nothing_else_from_anybody() -> None:
    async def play() -> list[str]:
        hub = Hub()
        try:
            wire = Wire()
            viewer = make_page(wire)
            viewer.index = 0  # it has joined
            hub.people[1].add(viewer)
            # Of a process of another version, as while a site is deployed: no sentence is made.
            latest = {"kind": "recharge_arrived", "data": {}, "path": "/"}
            bell = {"type": "bell", "v": 1, "unread": 1, "latest": latest}
            wallet = {"type": "wallet", "v": 1, "pseq": 7, "balance": 95}
            await hub._tell(Told([], [(1, bell), (1, wallet)]), 0.0)
            return [message["type"] for message in wire.got]
        finally:
            await hub.close()

    assert asyncio.run(play()) == ["wallet"]


def test_events_are_told_in_order_each_once() -> None:
    room = make_room()
    assert room.take(gift(2), 0) == []
    assert room.take(gift(3), 0) == []
    assert [event["seq"] for event in room.take(gift(1), 0)] == [1, 2, 3]
    assert room.take(gift(2), 0) == []
    assert (room.state.seq, room.state.coins, room.state.gifts) == (3, 15, 3)
    assert room.held == {}


def test_frame_holds_the_parts_that_changed_absolute_and_versioned() -> None:
    room = make_room()
    frame = room.frame(room.take(gift(1), 0), 9)
    tick = json.loads(frame["bytes"])
    assert (tick["type"], tick["seq"], len(tick["events"])) == ("tick", 1, 1)
    assert tick["state"] == {"totals": {"version": 1, "coins": 5, "gifts": 1}}
    assert json.loads(room.frame([], 9)["bytes"])["state"] == {}


def test_streak_ends_when_nothing_came_for_its_time_and_only_once() -> None:
    state = make_state()
    state.apply(gift(1), 10.0)
    state.apply(gift(2), 12.0)
    assert state.end_streaks(idle_since=11.9) == []
    [ended] = state.end_streaks(idle_since=12.1)
    assert (ended["streak_id"], ended["count"], ended["coins_total"]) == ("run", 2, 10)
    assert state.end_streaks(idle_since=99) == []


@pytest.mark.parametrize(("waits", "ends"), [(1.0, [2]), (0.0, [1, 2])])
def test_streak_waits_for_a_gift_on_its_way_and_would_else_end_twice(
    waits: float, ends: list[int]
) -> None:
    state, idle, told = make_state(), 3.0, []
    state.apply(gift(1), 10.0)
    told += state.end_streaks(idle_since=13.2 - idle - waits)
    state.apply(gift(2), 13.3)  # the database counted it on at 13.0
    told += state.end_streaks(idle_since=20.0 - idle - waits)
    assert [event["count"] for event in told] == ends


def test_gift_that_is_final_starts_no_streak() -> None:
    state = make_state()
    state.apply(gift(1, final=True), 10.0)
    assert state.end_streaks(idle_since=99) == []


def test_what_is_not_remembered_is_not_resumed() -> None:
    state = make_state(seq=5)
    for seq in range(6, 9):
        state.apply(gift(seq), 0)
    missed = state.missed(epoch="e", seq=6)
    assert missed is not None
    assert [event["seq"] for event in missed["events"]] == [7, 8]
    parts = {"totals", "counted", "viewers", "rules", "stream", "video", "goal", "board", "likes"}
    parts |= {"boundaries", "pins"}
    assert set(missed["state"]) == parts
    assert state.missed(epoch="e", seq=4) is None
    assert state.missed(epoch="e", seq=9) is None
    assert state.missed(epoch="other", seq=6) is None


def test_remembered_events_are_bounded() -> None:
    state = make_state()
    most = state.remembered.maxlen or 0
    for seq in range(1, most + 11):
        state.apply(gift(seq), 0)
    assert len(state.remembered) == most
    assert state.missed(epoch="e", seq=9) is None
    missed = state.missed(epoch="e", seq=10)
    assert missed is not None
    assert len(missed["events"]) == most


async def test_viewer_who_does_not_take_gets_one_snapshot_and_all_personal_messages() -> None:
    wire, room = Wire(), make_room()
    viewer = make_page(wire)
    viewer.offer(room.frame(room.take(gift(1), 0), 9), 0)
    wire.stuck = asyncio.get_running_loop().create_future()
    for seq in range(2, 100):
        viewer.offer(room.frame(room.take(gift(seq), 0), 9), 0)
    for number in range(3):
        assert viewer.tell(frame_of({"type": "receipt", "key": number}))
    assert [message["seq"] for message in wire.got] == [1]
    assert viewer.behind
    wire.stuck.set_result(None)
    wire.stuck = None
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    viewer.catch_up(room.snapshot_for)
    assert [message["type"] for message in wire.got] == [
        "tick",
        "tick",
        "receipt",
        "receipt",
        "receipt",
        "snapshot",
    ]
    assert wire.got[-1]["seq"] == 99
    assert not viewer.behind


async def test_personal_messages_that_wait_are_bounded() -> None:
    wire = Wire()
    viewer = make_page(wire)
    wire.stuck = asyncio.get_running_loop().create_future()
    frame = frame_of({"type": "wallet"})
    told = [viewer.tell(frame) for _ in range(MOST_PERSONAL + 2)]
    assert told == [True] * (MOST_PERSONAL + 1) + [False]
    wire.stuck.cancel()


async def test_connection_that_failed_is_known_at_the_next_frame() -> None:
    wire = Wire()
    viewer = make_page(wire)
    wire.stuck = asyncio.get_running_loop().create_future()
    viewer.offer(frame_of({"type": "tick"}), 0)
    wire.stuck.set_exception(OSError("gone"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ConnectionResetError):
        viewer.offer(frame_of({"type": "tick"}), 0)


def test_leaving_keeps_every_other_viewer_in_its_place() -> None:
    room = make_room()
    viewers = [make_page(Wire()) for _ in range(5)]
    for viewer in viewers:
        room.add(viewer)
    room.remove(viewers[1])
    room.remove(viewers[1])
    room.remove(viewers[4])
    assert {viewer.index for viewer in room.viewers} == {0, 1, 2}
    assert all(room.viewers[viewer.index] is viewer for viewer in room.viewers)


def test_dearest_gifts_are_told_when_there_are_too_many_and_the_rest_is_counted() -> None:
    room = make_room()
    sent = [gift(n, coins_delta=coins) for n, coins in enumerate([5, 900, 1, 5, 1, 40], 1)]
    back = {"type": "gift_taken_back", "seq": 7, "gift_ids": ["gift-1"], "streak_id": "run"}
    back |= {"count": 0, "coins_total": 0, "coins_delta": 5, "delta": 1, "sender": None}
    lines = [{"type": "chat", "id": str(number)} for number in range(4)]
    events = [told for event in [*sent, back, *lines] for told in room.take(event, 0)]
    tick = json.loads(room.frame(events, 2)["bytes"])
    assert [e.get("seq", e.get("id")) for e in tick["events"]] == [2, 6, 7, "2", "3"]
    assert tick["left_out"] == {"gifts": 4, "coins": 12}
    example = json.loads((EXAMPLES / "tick_left_out.json").read_text(encoding="utf-8"))
    assert set(tick) == set(example)
    assert set(tick["left_out"]) == set(example["left_out"])
    # What counts is whole.
    assert tick["seq"] == 7
    assert tick["state"]["totals"] == {"version": 7, "coins": 947, "gifts": 5}
    assert "left_out" not in json.loads(room.frame(room.take(gift(8), 0), 2)["bytes"])


def test_budget_lets_a_burst_into_a_small_room_and_holds_back_a_lasting_storm() -> None:
    budget = Budget()
    now = time.monotonic()
    assert budget.most_events(100, now) > 300
    told = []
    for tick in range(50):
        most = budget.most_events(1_000, now + tick / 10)
        told.append(min(50, most))
        budget.spend(1_000, EVENT_BYTES * told[-1])
    assert told[0] == 50
    assert FEWEST <= told[-1] <= 10
    assert budget.most_events(1_000, now + 60) > 50, "and recovers"
    # 20 gifts a second to 300 viewers are told whole, for ever.
    for tick in range(600):
        assert budget.most_events(300, now + 60 + tick / 10) >= 2
        budget.spend(300, EVENT_BYTES * 2)
