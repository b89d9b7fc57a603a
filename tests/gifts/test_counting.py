"""The cursor `counted` moves over gifts that nobody can undo, never past one that somebody can."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from creators.actions.streams import end_stream
from creators.models import Place
from creators.selectors.dashboard import streams_of, summarise
from gifts import rows
from gifts.actions import taking_back, undoing
from gifts.actions.counting import count_gifts
from gifts.actions.sending import send_gifts
from gifts.models import SentGift
from gifts.tasks import count_gifts as count_where_nobody_watches
from tests.gifts.make import make_gift, make_room, make_viewer, order, send, undo
from tests.gifts.sockets import Page, join
from tests.live import Site
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")
PATIENCE_SECONDS = 30


def counted(room: Any) -> int:
    return Place.objects.get(pk=room.pk).counted


def end_window(*gift_ids: Any) -> None:
    """As if these had been sent a minute ago."""
    for sent in SentGift.objects.filter(pk__in=gift_ids):
        sent.undo_until = sent.created
        sent.save(update_fields=["undo_until"])


def count_again(room: Any) -> None:
    """The step, as if its last one were a second ago."""
    place = Place.objects.get(pk=room.pk)
    if place.counted_at:
        place.counted_at -= timedelta(seconds=1)
        place.save(update_fields=["counted_at"])
    count_gifts([room.pk])


def test_gifts_become_final_in_their_order() -> None:
    room, viewer = make_room(), make_viewer(100)
    ids = [send(viewer, room).operation for _ in range(4)]
    count_again(room)
    assert counted(room) == 0
    end_window(ids[0], ids[2], ids[3])
    count_again(room)
    assert counted(room) == 1, "the second gift can be undone: nothing after it is final"
    assert ledger_check() == []
    end_window(ids[1])
    count_again(room)
    assert counted(room) == 4


def test_what_was_taken_back_and_its_event_are_passed_as_well() -> None:
    room, viewer = make_room(), make_viewer(100)
    first, second = (send(viewer, room, make_gift(5)).operation for _ in range(2))
    assert undo(viewer, first).done
    end_window(second)
    count_again(room)
    assert counted(room) == 0, "its window has not ended, whatever came of it"
    end_window(first)
    # ledger_check judges undos by the window as it was.
    SentGift.objects.filter(pk=first).update(
        undo_until=SentGift.objects.get(pk=first).taken_back_at
    )
    count_again(room)
    assert counted(room) == 3


def test_undo_of_what_is_counted_is_refused_and_nothing_moves() -> None:
    room, viewer = make_room(), make_viewer(100)
    gift_id = send(viewer, room).operation
    until = SentGift.objects.get(pk=gift_id).undo_until
    end_window(gift_id)
    count_again(room)
    # However the clock may have been set meanwhile.
    SentGift.objects.filter(pk=gift_id).update(undo_until=until)
    refused = undo(viewer, gift_id)
    end_window(gift_id)
    assert (refused.code, coins_of(viewer.pk), counted(room)) == ("undo_too_late", 95, 1)
    assert SentGift.objects.get(pk=gift_id).state == "sent"


def test_the_step_is_taken_once_a_second_by_however_many() -> None:
    room, viewer = make_room(), make_viewer(100)
    first, second = (send(viewer, room, make_gift(5)).operation for _ in range(2))
    end_window(first)
    count_gifts([room.pk])
    assert counted(room) == 1
    end_window(second)
    for _ in range(3):
        count_gifts([room.pk])
    assert counted(room) == 1
    count_again(room)
    assert counted(room) == 2


def test_the_summary_of_a_stream_waits_for_its_last_gift_also_when_nobody_watches() -> None:
    room, viewer = make_room(), make_viewer(100)
    gift_id = send(viewer, room).operation
    end_stream(place_id=room.pk)
    count_where_nobody_watches()
    creator = room.place.creator_id
    assert not summarise(streams_of(creator))[0].is_final
    end_window(gift_id)
    count_where_nobody_watches()
    assert summarise(streams_of(creator))[0].is_final


def test_the_cursor_follows_a_room_that_never_rests() -> None:
    """Batch after batch holds the place, and the step gets its turn."""
    room, viewer = make_room(), make_viewer(100_000, undo_seconds=1)
    gift, enough = make_gift(1, streakable=False), threading.Event()

    def send_on() -> None:
        try:
            while not enough.is_set():
                send_gifts([order(viewer, room, gift) for _ in range(50)])
        finally:
            connection.close()

    sending = threading.Thread(target=send_on)
    sending.start()
    try:
        for _ in range(2):
            until(one_step_further(room))
    finally:
        enough.set()
        sending.join(PATIENCE_SECONDS)
    assert ledger_check() == []


def one_step_further(room: Any) -> Callable[[], bool]:
    before = counted(room)

    def step() -> bool:
        count_gifts([room.pk])
        return counted(room) > before

    return step


# --- an undo and the step at once ---------------------------------------------------------------
class HeldUndo:
    """An undo that was judged by a clock inside its window, and commits when it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, viewer: Any, gift_id: Any) -> None:
        self.judging, self.go, self.outcome = threading.Event(), threading.Event(), None
        read_undos = rows.read_undos

        def read_and_wait(ids: Iterable[int], day: Any) -> dict[int, int]:
            found = read_undos(ids, day)
            self.judging.set()
            assert self.go.wait(PATIENCE_SECONDS)
            return found

        def run() -> None:
            try:
                self.outcome = undo(viewer, gift_id)
            finally:
                connection.close()

        monkeypatch.setattr(rows, "read_undos", read_and_wait)
        self.thread = threading.Thread(target=run)
        self.thread.start()
        assert self.judging.wait(PATIENCE_SECONDS)

    def finish(self) -> None:
        self.go.set()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


def wait_until_over(gift_id: Any) -> None:
    """Until the window has ended by the database's clock."""
    until(
        lambda: (
            SentGift.objects.extra(where=["undo_until < clock_timestamp()"])  # noqa: S610
            .filter(pk=gift_id)
            .exists()
        )
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_undo_under_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    room, viewer = make_room(), make_viewer(100, undo_seconds=2)
    gift_id = send(viewer, room).operation
    held = HeldUndo(monkeypatch, viewer, gift_id)
    wait_until_over(gift_id)
    count_gifts([room.pk])
    assert counted(room) == 0, "the place is locked: another time"
    held.finish()
    assert held.outcome is not None
    assert held.outcome.done
    count_gifts([room.pk])
    assert (counted(room), coins_of(viewer.pk)) == (2, 100)


def test_without_the_lock_a_gift_is_undone_after_it_was_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control."""
    room, viewer = make_room(), make_viewer(100, undo_seconds=2)
    gift_id = send(viewer, room).operation
    for module in (undoing, taking_back):
        monkeypatch.setattr(module, "lock_places", lambda ids: {})
    held = HeldUndo(monkeypatch, viewer, gift_id)
    wait_until_over(gift_id)
    count_gifts([room.pk])
    assert counted(room) == 1, "counted as sent …"
    held.finish()
    assert SentGift.objects.get(pk=gift_id).state == "taken_back", "… and undone after it"


def test_viewers_are_told_what_is_final(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100, undo_seconds=1)

    async def play() -> tuple[Page, Page]:
        watcher = await join(site, room)
        for _ in range(2):
            await asyncio.to_thread(send, viewer, room)
        await watcher.until(lambda _: watcher.state["counted"]["seq"] == 2)
        return watcher, await join(site, room)

    watcher, fresh = asyncio.run(play())
    assert watcher.state["counted"] == fresh.state["counted"] == {"version": 2, "seq": 2}
    assert counted(room) == 2
