"""Many at once: one wallet, two creators, one key. With the lock taken out, the race is seen."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

import pytest
from django.db import connection

from gifts.actions.sending import send_gifts
from gifts.models import SentGift
from gifts.orders import GiftOrder
from tests.creators.make import make_creator, make_stream
from tests.gifts.make import make_gift, make_room, make_viewer, order
from tests.wallets.economy import recharge
from wallets import locks, writer
from wallets.selectors.balances import coins_of
from wallets.statements import Answer, array, run
from wallets.writer import Outcome

pytestmark = pytest.mark.usefixtures("economy")


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run these in threads that start together; their results, or the errors they raised."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int) -> None:
        try:
            start.wait()
            results[index] = calls[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def codes(results: Sequence[Any]) -> Counter[str]:
    return Counter(
        outcome.code if isinstance(outcome, Outcome) else repr(outcome)
        for batch in results
        for outcome in (batch if isinstance(batch, list) else [batch])
    )


def sending_of(one: GiftOrder) -> Callable[[], list[Outcome]]:
    return lambda: send_gifts([one])


def test_32_threads_cannot_spend_more_than_a_wallet_holds() -> None:
    room, viewer, gift = make_room(), make_viewer(100), make_gift(9)
    results = at_once([sending_of(order(viewer, room, gift)) for _ in range(32)])
    assert codes(results) == {"": 11, "insufficient_coins": 21}
    assert coins_of(viewer.pk) == 1
    numbers = SentGift.objects.filter(place_id=room.pk).order_by("seq")
    assert list(numbers.values_list("seq", flat=True)) == list(range(1, 12))


def test_without_the_lock_two_threads_both_see_the_same_coins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: only the database's own constraints still hold the coins."""
    viewer, gift = make_viewer(100), make_gift(60)
    rooms = [make_room(), make_room()]  # not one, whose own lock would keep them apart
    both_are_here = threading.Barrier(2, timeout=30)

    def unlocked(ids: Sequence[int]) -> Answer:
        if not both_are_here.broken:
            both_are_here.wait()
        read = run(
            f"""SELECT {locks.ACCOUNT_COLUMNS} FROM wallets_account
                WHERE id = ANY(%s::bigint[]) AND kind NOT IN ('spent', 'earned')""",  # noqa: S608
            array(ids),
        )
        run("SELECT pg_sleep(0.2)")  # until the other has read, too
        return read

    monkeypatch.setattr(locks, "lock_accounts", unlocked)
    results = at_once([sending_of(order(viewer, room, gift)) for room in rooms])
    assert codes(results)["insufficient_coins"] == 0  # judging let both pass
    assert codes(results)[""] == 1
    assert coins_of(viewer.pk) == 40  # the constraint refused the other
    assert "LedgerBroken" in repr(results)


def test_one_key_from_many_threads_is_one_gift() -> None:
    room, viewer = make_room(), make_viewer(100)
    one = order(viewer, room, "acorn")
    results = at_once([sending_of(one) for _ in range(8)])
    assert codes(results) == {"": 8}
    assert len({batch[0].operation for batch in results}) == 1
    assert sum(not batch[0].repeated for batch in results) == 1
    assert coins_of(viewer.pk) == 95


def test_creators_who_gift_each_other_never_see_a_deadlock() -> None:
    one, other = make_viewer(2_000), make_viewer(2_000)
    rooms = [make_stream(make_creator(one)), make_stream(make_creator(other))]
    calls = [
        sending_of(order(sender, room, "clover"))
        for _ in range(8)
        for sender, room in ((one, rooms[1]), (other, rooms[0]))
    ]
    for _ in range(4):
        fresh = [
            sending_of(order(sender, room, "clover"))
            for _ in range(8)
            for sender, room in ((one, rooms[1]), (other, rooms[0]))
        ]
        assert codes(at_once(fresh)) == {"": 16}
    assert codes(at_once(calls)) == {"": 16}
    assert (coins_of(one.pk), coins_of(other.pk)) == (1_960, 1_960)


@pytest.mark.parametrize("tries", [writer.TRIES, 1])
def test_without_their_order_locks_deadlock_and_without_a_second_try_somebody_is_told(
    monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    """The negative control, in two steps: one batch locks forwards, the other backwards."""
    people = [make_viewer(100), make_viewer(100)]
    rooms = [make_stream(make_creator(person)) for person in people]
    batches = [
        [
            order(sender, room, "clover")
            for sender, room in zip(people, reversed(rooms), strict=True)
        ]
        for _ in range(2)
    ]
    both_are_here = threading.Barrier(2, timeout=30)
    turn, lock = count(), locks.lock_accounts

    def lock_one_by_one(ids: Iterable[int]) -> Answer:
        number = next(turn)
        if number < 2:
            both_are_here.wait()
            for id in sorted(ids, reverse=number == 1):
                lock([id])
                run("SELECT pg_sleep(0.1)")
        return lock(ids)

    monkeypatch.setattr(locks, "lock_accounts", lock_one_by_one)
    monkeypatch.setattr(writer, "TRIES", tries)
    results = at_once([lambda batch=batch: send_gifts(batch) for batch in batches])
    monkeypatch.undo()
    told = [result for result in results if isinstance(result, Exception)]
    assert next(turn) == (3 if tries > 1 else 2), "one of the two was ended by PostgreSQL"
    assert ["deadlock detected" in str(error) for error in told] == ([] if tries > 1 else [True])
    sent = 2 * (len(batches) - len(told))
    assert sum(coins_of(person.pk) for person in people) == 200 - sent


def test_batches_that_meet_in_two_rooms_are_all_numbered() -> None:
    rooms, viewers = [make_room(), make_room()], [make_viewer(), make_viewer()]
    for viewer in viewers:
        recharge(viewer, 500)
    batches = [
        [order(v, r, "clover") for v in viewers for r in (rooms if turn % 2 else rooms[::-1])]
        for turn in range(8)
    ]
    results = at_once([lambda batch=batch: send_gifts(batch) for batch in batches])
    assert codes(results) == {"": 32}
    for room in rooms:
        numbers = SentGift.objects.filter(place_id=room.pk).order_by("seq")
        assert list(numbers.values_list("seq", flat=True)) == list(range(1, 17))
