"""What a creator asks of gifts, judged under the lock, also when it changes meanwhile."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from creators import locks as creator_locks
from creators.actions import boundaries
from creators.actions.boundaries import say_enough, take_gifts_again
from creators.errors import BoundariesCross, NotLive
from creators.models import Boundaries, Stream
from gifts import rows
from gifts.actions.sending import SendGift, send_gifts
from gifts.models import SentGift
from tests.creators.make import make_creator
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send
from tests.gifts.test_races import at_once
from users.errors import AlreadySo
from wallets.selectors.balances import coins_of
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")
NONE: dict[str, Any] = {
    "gifts": True,
    "least_coins": None,
    "most_coins": None,
    "viewer_coins_per_day": None,
    "anonymous": True,
}


def save(room: Stream, **fields: Any) -> Boundaries:
    return boundaries.save_boundaries(creator_id=room.place.creator_id, **NONE | fields)


def refused(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    assert not outcome.done
    return outcome.code, outcome.details


def test_a_gift_lies_between_the_least_and_the_most_with_all_of_its_number() -> None:
    room, viewer, gift = make_room(), make_viewer(1_000), make_gift(10)
    save(room, least_coins=20, most_coins=50)
    assert refused(send(viewer, room, gift)) == ("gift_too_small", {"least": 20})
    assert refused(send(viewer, room, gift, quantity=6)) == ("gift_too_large", {"most": 50})
    assert coins_of(viewer.pk) == 1_000
    assert not SentGift.objects.filter(place_id=room.pk).exists()
    assert send(viewer, room, gift, quantity=2).done
    assert send(viewer, room, gift, quantity=5).done


def test_gifts_off_and_enough_refuse_and_end() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    save(room, gifts=False)
    assert refused(send(viewer, room)) == ("gifts_off", {})
    save(room, gifts=True)
    say_enough(creator_id=room.place.creator_id)
    with pytest.raises(AlreadySo):
        say_enough(creator_id=room.place.creator_id)
    one = order(viewer, room)
    assert refused(send_gifts([one])[0]) == ("enough", {})
    assert coins_of(viewer.pk) == 1_000
    take_gifts_again(creator_id=room.place.creator_id)
    # Final for its key; the person tries again with a new one.
    assert send_gifts([one])[0].code == "enough"
    assert send(viewer, room).done


def test_enough_is_for_one_stream_and_needs_one() -> None:
    with pytest.raises(NotLive):
        say_enough(creator_id=make_creator().pk)


def test_boundaries_that_leave_no_gift_are_refused() -> None:
    room = make_room()
    for fields in (
        {"least_coins": 9, "most_coins": 8},
        {"least_coins": 9, "viewer_coins_per_day": 8},
    ):
        with pytest.raises(BoundariesCross):
            save(room, **fields)
    assert not Boundaries.objects.filter(pk=room.place.creator_id).exists()


def test_what_is_not_named_stays_as_another_page_left_it() -> None:
    """The console switches one thing, while the page of boundaries saves another."""
    room = make_room()
    creator = room.place.creator_id
    save(room, least_coins=20)
    boundaries.save_boundaries(creator_id=creator, gifts=False)
    boundaries.save_boundaries(creator_id=creator, most_coins=50)
    kept = Boundaries.objects.get(pk=creator)
    assert (kept.gifts, kept.least_coins, kept.most_coins) == (False, 20, 50)
    with pytest.raises(BoundariesCross):
        boundaries.save_boundaries(creator_id=creator, viewer_coins_per_day=19)
    assert Boundaries.objects.get(pk=creator).viewer_coins_per_day is None


def test_console_refuses_what_no_column_holds(client: Client) -> None:
    room = make_room()
    client.force_login(room.place.creator.user)
    amounts = reverse("gift_amounts", args=[room.place.public_id])
    answer = client.post(amounts, {"least_coins": "5"}, headers={"X-Part": "saved"})
    assert answer.json() == {"done": True}
    answer = client.post(amounts, {"least_coins": "9" * 20}, headers={"X-Part": "saved"})
    assert (answer.status_code, answer.json()["refusal"]["code"]) == (400, "wrong_value")
    assert Boundaries.objects.get(pk=room.place.creator_id).least_coins == 5


def test_32_taps_do_not_pass_a_cap() -> None:
    room, viewer, gift = make_room(), make_viewer(1_000), make_gift(9)
    save(room, viewer_coins_per_day=100)
    results = at_once([lambda: send(viewer, room, gift) for _ in range(32)])
    assert sum(outcome.done for outcome in results) == 11
    assert {outcome.code for outcome in results} == {"", "limit"}
    assert coins_of(viewer.pk) == 901


def while_a_gift_waits(room: Stream, change: Any) -> list[Outcome]:
    """A gift comes to a place that is locked; this changes while it waits. Its outcome."""
    viewer, outcomes = make_viewer(100), []

    def send_one() -> None:
        try:
            outcomes.extend(send_gifts([order(viewer, room)]))
        finally:
            connection.close()

    with transaction.atomic():
        creator_locks.lock_places([room.pk])
        gift = threading.Thread(target=send_one)
        gift.start()
        wait_until_locked_out(1)
        change()
    gift.join()
    return outcomes


def wait_until_locked_out(number: int) -> None:
    """Until so many statements of this database wait for a lock."""
    with connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                """SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'"""
            )
            if cursor.fetchone()[0] >= number:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waits")


def test_enough_that_is_said_while_a_gift_waits_counts_for_it() -> None:
    room = make_room()
    [outcome] = while_a_gift_waits(room, lambda: say_enough(creator_id=room.place.creator_id))
    assert refused(outcome) == ("enough", {})


def test_judged_by_what_was_read_before_the_lock_the_gift_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: boundaries are read when the gift comes, not when it has the lock."""
    room = make_room()
    before: list[Any] = []
    lock, read = SendGift.lock, rows._ask_places

    def lock_after_reading(self: SendGift, asks: Any) -> None:
        before.append(read([room.pk]))
        lock(self, asks)

    monkeypatch.setattr(SendGift, "lock", lock_after_reading)
    monkeypatch.setattr(rows, "_ask_places", lambda ids: before[0])
    [outcome] = while_a_gift_waits(room, lambda: say_enough(creator_id=room.place.creator_id))
    assert outcome.done


def test_whoever_has_said_enough_gets_no_gift_that_was_under_way() -> None:
    """Saying it waits for gifts that are judged already: none of them is committed after it."""
    room, viewer = make_room(), make_viewer(100)
    said = threading.Event()

    def say() -> None:
        try:
            say_enough(creator_id=room.place.creator_id)
            said.set()
        finally:
            connection.close()

    with transaction.atomic():
        [outcome] = send_gifts([order(viewer, room, key=new_key())])
        assert outcome.done
        saying = threading.Thread(target=say)
        saying.start()
        wait_until_locked_out(1)
        assert not said.is_set()
    saying.join()
    assert said.is_set()
