"""Own limits and a creator's cap at their edge, also when two gifts come at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from creators.models import Boundaries
from gifts.actions.sending import send_gifts
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.processes import in_processes
from tests.gifts.racers import send_each, send_unlocked
from users.actions.own_limits import set_own_limit
from users.models import Notification, OwnLimit
from wallets.actions.campaigns import end_campaign, start_campaign
from wallets.errors import OverLimit
from wallets.models import SpendingDay
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")
ROUNDS = 5


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


def test_half_and_the_whole_are_told_once_each_with_the_gift_and_by_the_bell() -> None:
    room, viewer = make_room(), limited(1_000, 100)
    OwnLimit.objects.create(user=viewer, asset="coins", period="month", most=1_000)
    told = [send(viewer, room, make_gift(coins)).details.get("reminder") for coins in (49, 1, 40)]
    assert told == [
        None,
        {"limit": "own_day", "reached": "half", "of": 100, "spent": 50},
        None,
    ]
    last = send(viewer, room, make_gift(10))
    assert last.details["reminder"]["reached"] == "whole"
    assert undo(viewer, last.operation).done
    assert send(viewer, room, make_gift(10)).details["reminder"]["reached"] == "whole"
    notices = Notification.objects.filter(person=viewer, kind="limit_reached").order_by("pk")
    assert [notice.data["reached"] for notice in notices] == ["half", "whole"]


def test_two_gifts_at_once_do_not_pass_a_limit_that_allows_one() -> None:
    """Two processes, each with a gift for each of these people at the same moment."""
    room, gift = make_room(), make_gift(60)
    capped = make_room()
    Boundaries.objects.create(creator=capped.place.creator, viewer_coins_per_day=100)
    races = [(limited(1_000, 100), room) for _ in range(ROUNDS)]
    races += [(make_viewer(1_000), capped) for _ in range(ROUNDS)]
    orders = [[order(viewer, place, gift) for viewer, place in races] for _ in range(2)]
    results = in_processes(send_each, [(one,) for one in orders])
    assert [sorted(pair) for pair in zip(*results, strict=True)] == [["", "limit"]] * 2 * ROUNDS
    assert {spent(viewer) for viewer, _ in races} == {60}


def test_read_without_the_lock_a_limit_that_allows_one_lets_two_pass() -> None:
    """The negative control: limits are read before the wallet's lock instead of under it."""
    room, viewer, gift = make_room(), limited(1_000, 100), make_gift(60)
    results = in_processes(send_unlocked, [(order(viewer, room, gift),) for _ in range(2)])
    assert results == [[""], [""]]
    assert spent(viewer) == 120
