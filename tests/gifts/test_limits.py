"""Own limits and a creator's cap at their edge, also when two gifts come at once."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from creators.models import Boundaries
from gifts.actions.sending import send_gifts
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.test_races import at_once, codes, sending_of
from users.actions.own_limits import set_own_limit
from users.models import OwnLimit
from wallets import limits, locks
from wallets.actions.campaigns import end_campaign, start_campaign
from wallets.errors import OverLimit
from wallets.models import SpendingDay
from wallets.selectors.balances import coins_of
from wallets.statements import Answer, run

pytestmark = pytest.mark.usefixtures("economy")


def limited(coins: int, most: int, period: str = "day") -> Any:
    viewer = make_viewer(coins)
    OwnLimit.objects.create(user=viewer, asset="coins", period=period, most=most)
    return viewer


def spent(viewer: Any) -> int:
    return sum(SpendingDay.objects.filter(user_id=viewer.pk).values_list("coins", flat=True))


@pytest.mark.parametrize("together", [True, False])
def test_an_own_limit_is_judged_gift_by_gift(together: bool) -> None:
    room, viewer = make_room(), limited(1_000, 100)
    orders = [order(viewer, room, make_gift(coins)) for coins in (60, 60, 30)]
    outcomes = send_gifts(orders) if together else [send_gifts([one])[0] for one in orders]
    assert [outcome.done for outcome in outcomes] == [True, False, True]
    assert (outcomes[1].code, outcomes[1].details) == ("limit", {"limit": "own_day", "left": 40})
    assert (coins_of(viewer.pk), spent(viewer)) == (910, 90)


@pytest.mark.parametrize("together", [True, False])
def test_a_creators_cap_is_judged_gift_by_gift(together: bool) -> None:
    room, other, viewer = make_room(), make_room(), make_viewer(1_000)
    Boundaries.objects.create(creator=room.place.creator, viewer_coins_per_day=100)
    orders = [order(viewer, room, make_gift(coins)) for coins in (60, 60, 30)]
    outcomes = send_gifts(orders) if together else [send_gifts([one])[0] for one in orders]
    assert [outcome.done for outcome in outcomes] == [True, False, True]
    assert outcomes[1].details == {"limit": "creator_day", "left": 40}
    assert send(viewer, other, make_gift(60)).done


def test_gifts_and_campaigns_are_one_pot_and_what_comes_back_is_free_again() -> None:
    room, viewer = make_room(), limited(1_000, 100)
    gift = make_gift(60)
    sent = send(viewer, room, gift)
    with pytest.raises(OverLimit):
        start_campaign(user_id=viewer.pk, campaign="big", coins=41, key=new_key())
    start_campaign(user_id=viewer.pk, campaign=f"c{viewer.pk}", coins=40, key=new_key())
    assert send(viewer, room, make_gift(1)).code == "limit"
    assert undo(viewer, sent.operation).done
    assert send(viewer, room, gift).done
    end_campaign(user_id=viewer.pk, campaign=f"c{viewer.pk}")
    assert spent(viewer) == 60
    assert send(viewer, room, make_gift(40)).done


def test_a_lower_limit_holds_for_the_next_gift() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    assert send(viewer, room, make_gift(60)).done
    set_own_limit(viewer, asset="coins", period="day", most=50)
    refused = send(viewer, room, make_gift(1))
    assert (refused.code, refused.details["left"]) == ("limit", 0)


@pytest.mark.parametrize(
    ("period", "days_ago", "counts"),
    [("day", 1, False), ("week", 2, True), ("week", 3, False), ("month", 20, True),
     ("month", 21, False)],
)  # fmt: skip
def test_periods_begin_with_the_day_the_monday_and_the_first(period, days_ago, counts) -> None:
    now = datetime(2031, 5, 21, 12, tzinfo=UTC)  # a Wednesday
    room, viewer = make_room(), limited(1_000, 100, period)
    first = order(viewer, room, make_gift(60))
    assert send_gifts([first], now=now - timedelta(days=days_ago))[0].done
    [second] = send_gifts([order(viewer, room, make_gift(60))], now=now)
    assert second.done is not counts


def test_two_gifts_at_once_do_not_pass_a_limit_that_allows_one() -> None:
    room, viewer, gift = make_room(), limited(1_000, 100), make_gift(60)
    results = at_once([sending_of(order(viewer, room, gift)) for _ in range(8)])
    assert codes(results) == {"": 1, "limit": 7}
    assert spent(viewer) == 60


def test_read_without_the_lock_a_limit_that_allows_one_lets_two_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: limits are read before the wallet's lock instead of under it."""
    room, viewer, gift = make_room(), limited(1_000, 100), make_gift(60)
    both_are_here = threading.Barrier(2, timeout=30)
    lock, ask = locks.lock_accounts, limits.ask_limits
    of_thread = threading.local()

    def lock_after_reading(ids: Iterable[int]) -> Answer:
        both_are_here.wait()
        owner = SimpleNamespace(owner=viewer.pk)
        of_thread.limits = ask([owner], today=limits.local_day(timezone.now()))
        run("SELECT pg_sleep(0.2)")  # until the other has read, too
        return lock(ids)

    monkeypatch.setattr(locks, "lock_accounts", lock_after_reading)
    monkeypatch.setattr(limits, "ask_limits", lambda wallets, today: of_thread.limits)
    results = at_once([sending_of(order(viewer, room, gift)) for _ in range(2)])
    monkeypatch.undo()
    assert codes(results) == {"": 2}
    assert spent(viewer) == 120
