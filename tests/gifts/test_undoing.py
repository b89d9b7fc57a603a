"""A gift that is taken back, by its sender or by staff, on a database that commits."""

from datetime import timedelta

import pytest

from creators.models import Earning, Place
from gifts.actions.sending import send_gifts
from gifts.models import PlaceEvent, PlaceTotals, SentGift, SupporterDay, UndoDay
from tests.gifts.make import make_gift, make_room, make_viewer, order, send, undo
from tests.make import make_staff
from wallets.actions.take_back import reverse_gift
from wallets.models import SpendingDay
from wallets.selectors.balances import coins_of, diamonds_of

pytestmark = pytest.mark.usefixtures("economy")


def test_undo_gives_back_coins_and_diamonds_and_tells_the_room() -> None:
    room, viewer = make_room(), make_viewer(100)
    gift_id = send(viewer, room, "acorn").operation
    outcome = undo(viewer, gift_id)
    assert outcome.done
    assert outcome.details["gift_ids"] == [str(gift_id)]
    assert (outcome.details["coins"], outcome.details["balance"]) == (5, 100)
    assert (outcome.details["seq"], outcome.details["undo_left_today"]) == (2, 4)
    assert coins_of(viewer.pk) == 100
    assert diamonds_of(room.place.creator_id)[0].clearing == 0
    sent = SentGift.objects.get(pk=gift_id)
    assert sent.state == "taken_back"
    assert Earning.objects.get(pk=gift_id).taken_back_coins == 5
    totals = PlaceTotals.objects.get(pk=room.pk)
    assert (totals.coins, totals.gifts) == (0, 0)
    assert SpendingDay.objects.get(user_id=viewer.pk).coins == 0
    assert SupporterDay.objects.get(sender_id=viewer.pk).coins == 0
    assert UndoDay.objects.get(user_id=viewer.pk).undos == 1
    event = PlaceEvent.objects.get(place_id=room.pk)
    assert (event.seq, event.type, event.data["why"]) == (2, "gift_taken_back", "undo")
    assert (event.data["delta"], event.data["count"], event.data["coins_delta"]) == (1, 0, 5)
    assert Place.objects.get(pk=room.pk).seq == 2


def test_undo_of_a_streak_takes_what_is_inside_the_window_and_counts_as_one() -> None:
    room, viewer = make_room(), make_viewer(100)
    outcomes = send_gifts([order(viewer, room, "acorn") for _ in range(4)])
    ids = [outcome.operation for outcome in outcomes]
    old = SentGift.objects.get(pk=ids[0])
    SentGift.objects.filter(pk=ids[0]).update(undo_until=old.created - timedelta(seconds=1))
    outcome = undo(viewer, ids[2])
    assert outcome.details["gift_ids"] == [str(id) for id in ids[1:]]
    assert (outcome.details["coins"], outcome.details["undo_left_today"]) == (15, 4)
    assert coins_of(viewer.pk) == 95
    event = PlaceEvent.objects.get(place_id=room.pk)
    assert (event.data["delta"], event.data["count"], event.data["coins_total"]) == (3, 1, 5)


def test_undo_after_the_window_is_refused_by_the_database_clock() -> None:
    room, viewer = make_room(), make_viewer(100)
    sent = SentGift.objects.get(pk=send(viewer, room).operation)
    SentGift.objects.filter(pk=sent.pk).update(undo_until=sent.created)
    outcome = undo(viewer, sent.pk)
    assert (outcome.code, coins_of(viewer.pk)) == ("undo_too_late", 95)
    assert not PlaceEvent.objects.filter(place_id=room.pk).exists()


def test_undo_twice_gives_back_once() -> None:
    room, viewer = make_room(), make_viewer(100)
    gift_id = send(viewer, room).operation
    assert undo(viewer, gift_id, key="undo-key-1").done
    assert undo(viewer, gift_id, key="undo-key-1").repeated
    assert undo(viewer, gift_id, key="undo-key-2").code == "undone_before"
    assert coins_of(viewer.pk) == 100


def test_gift_of_another_person_is_unknown() -> None:
    room, viewer, other = make_room(), make_viewer(100), make_viewer(100)
    gift_id = send(viewer, room).operation
    assert undo(other, gift_id).code == "gift_unknown"
    assert (coins_of(viewer.pk), coins_of(other.pk)) == (95, 100)


def test_undos_of_a_day_are_limited() -> None:
    room, viewer = make_room(), make_viewer(100)
    gifts = [make_gift(1, streakable=False) for _ in range(6)]
    ids = [send(viewer, room, gift).operation for gift in gifts]
    outcomes = [undo(viewer, id) for id in ids]
    assert [outcome.code for outcome in outcomes] == [""] * 5 + ["undo_limit"]
    assert coins_of(viewer.pk) == 99


def test_own_longer_window_holds_and_the_longest_caps_it() -> None:
    room = make_room()
    slow, slower = make_viewer(100, undo_seconds=30), make_viewer(100, undo_seconds=3_000)
    for viewer, seconds in ((slow, 30), (slower, 60)):
        sent = SentGift.objects.get(pk=send(viewer, room).operation)
        assert (sent.undo_until - sent.created).total_seconds() == seconds


def test_reversal_by_staff_marks_gift_and_earning_and_tells_the_room() -> None:
    room, viewer = make_room(), make_viewer(100)
    gift_id = send(viewer, room).operation
    reverse_gift(
        operation_id=gift_id, staff_id=make_staff().pk, reason="a mistake", key=f"r{gift_id}"
    )
    assert coins_of(viewer.pk) == 100
    assert SentGift.objects.get(pk=gift_id).state == "taken_back"
    assert Earning.objects.get(pk=gift_id).taken_back_coins == 5
    event = PlaceEvent.objects.get(place_id=room.pk)
    assert (event.seq, event.data["why"]) == (2, "reversal")
    assert not UndoDay.objects.filter(user_id=viewer.pk).exists()
    assert SupporterDay.objects.get(sender_id=viewer.pk).coins == 0
