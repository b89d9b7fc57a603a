"""The gift desk: batches, answers, and what it does when something fails."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from gifts import desk
from gifts.actions import reminding
from gifts.models import SentGift
from gifts.orders import GiftOrder, UndoOrder
from tests.conftest import owner_url
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order
from users.models import Notification, OwnLimit
from wallets.errors import Busy
from wallets.selectors.balances import coins_of
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")


@pytest.fixture
def open_desk() -> Iterator[None]:
    desk.open_desk()
    yield
    desk.close_desk()


async def answers(orders: Sequence[desk.Order]) -> list[Outcome]:
    return await asyncio.gather(*[desk.place_order_soon(one) for one in orders])


@pytest.mark.usefixtures("open_desk")
def test_desk_answers_each_in_the_order_of_asking() -> None:
    room, viewer = make_room(), make_viewer(100)
    gifts = [make_gift(coins) for coins in (60, 60, 30)]
    outcomes = asyncio.run(answers([order(viewer, room, gift) for gift in gifts]))
    assert [outcome.done for outcome in outcomes] == [True, False, True]
    assert coins_of(viewer.pk) == 10


@pytest.mark.usefixtures("open_desk")
def test_desk_serves_sends_and_undos_together_and_threads_as_well() -> None:
    room, viewer = make_room(), make_viewer(100)
    first = desk.place_order(order(viewer, room))
    undo = UndoOrder(sender_id=viewer.pk, key=new_key(), gift_id=first.operation)
    mixed: list[GiftOrder | UndoOrder] = [order(viewer, room, "clover"), undo]
    outcomes = asyncio.run(answers(mixed))
    assert [outcome.done for outcome in outcomes] == [True, True]
    assert outcomes[1].details["coins"] == 5
    assert coins_of(viewer.pk) == 99


def test_what_arrives_meanwhile_is_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    room, viewer = make_room(), make_viewer(100)
    sizes, entered, go_on = [], threading.Event(), threading.Event()
    send_gifts = desk._ACTIONS[GiftOrder]

    def watched(orders: list[GiftOrder]) -> list[Outcome]:
        sizes.append(len(orders))
        entered.set()
        go_on.wait(20)
        return send_gifts(orders)

    monkeypatch.setitem(desk._ACTIONS, GiftOrder, watched)
    counter = desk.Desk(batch=6, waiting=100)
    try:
        futures = [counter.take(order(viewer, room, "clover"), None)]
        assert entered.wait(20)
        futures += [counter.take(order(viewer, room, "clover"), None) for _ in range(8)]
        go_on.set()
        assert all(future.result(30).done for future in futures)
    finally:
        counter.close()
    assert sizes == [1, 6, 2]
    assert coins_of(viewer.pk) == 91


def test_no_receipt_waits_for_the_reminder_of_an_own_limit(module_db: str) -> None:
    room, viewer = make_room(), make_viewer(100)
    OwnLimit.objects.create(user=viewer, asset="coins", period="day", most=10)
    told = Notification.objects.filter(person=viewer, kind="limit_reached")
    desk.open_desk()
    try:
        # Nobody can be told anything for now.
        with psycopg.connect(owner_url(module_db)) as other:
            other.execute("LOCK TABLE users_notification IN EXCLUSIVE MODE")
            for _ in range(2):
                assert desk.place_order(order(viewer, room, "acorn")).details["reminder"]
            assert desk.place_order(order(viewer, room, "acorn")).code == "limit"
            assert not told.exists()
    finally:
        desk.close_desk()
    assert sorted(told.values_list("data__reached", flat=True)) == ["half", "whole"]


def test_a_reminder_that_comes_as_its_thread_ends_is_told_by_who_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, viewer = make_room(), make_viewer(100)
    OwnLimit.objects.create(user=viewer, asset="coins", period="day", most=10)
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    monkeypatch.setattr(reminding, "_thread", ended)
    assert desk.place_order(order(viewer, room, "acorn")).details["reminder"]
    assert Notification.objects.filter(person=viewer, kind="limit_reached").count() == 1


def test_full_desk_is_busy_and_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    room, viewer = make_room(), make_viewer(100)
    entered, go_on = threading.Event(), threading.Event()
    send_gifts = desk._ACTIONS[GiftOrder]

    def slow(orders: list[GiftOrder]) -> list[Outcome]:
        entered.set()
        go_on.wait(20)
        return send_gifts(orders)

    monkeypatch.setitem(desk._ACTIONS, GiftOrder, slow)
    counter = desk.Desk(batch=10, waiting=2)
    try:
        taken = [counter.take(order(viewer, room, "clover"), None)]
        assert entered.wait(20)
        taken += [counter.take(order(viewer, room, "clover"), None) for _ in range(2)]
        with pytest.raises(Busy):
            counter.take(order(viewer, room, "clover"), None)
        go_on.set()
        assert all(future.result(30).done for future in taken)
    finally:
        counter.close()
    assert coins_of(viewer.pk) == 97


def test_error_answers_its_batch_and_the_desk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    room, viewer = make_room(), make_viewer(100)
    asked = order(viewer, room)
    send_gifts = desk._ACTIONS[GiftOrder]

    def broken(orders: list[GiftOrder]) -> list[Outcome]:
        raise RuntimeError("as if the database were away")

    monkeypatch.setitem(desk._ACTIONS, GiftOrder, broken)
    counter = desk.Desk(batch=10, waiting=10)
    try:
        refused = counter.take(asked, None).result(30)
        assert (refused.done, refused.code) == (False, "unavailable")
        assert not SentGift.objects.filter(place_id=room.pk).exists()
        monkeypatch.setitem(desk._ACTIONS, GiftOrder, send_gifts)
        # Nothing was stored for the key: the same one asks again.
        assert counter.take(asked, None).result(30).done
    finally:
        counter.close()
    assert coins_of(viewer.pk) == 95
