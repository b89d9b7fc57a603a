"""What a process remembers of accounts must not outlive the database that it was read from."""

import pytest
from django.db import connection

from gifts.actions import roads
from tests.gifts.make import make_room, make_viewer, order, send
from users.models import User
from wallets.models import Account
from wallets.selectors.balances import coins_of, diamonds_of

pytestmark = pytest.mark.usefixtures("economy")


def wallet(user: User) -> int:
    return Account.objects.get(owner=user, kind="wallet").pk


def test_known_road_is_not_looked_up_again() -> None:
    room, viewer = make_room(), make_viewer(100)
    asked = order(viewer, room)
    first = roads.find([asked])
    connection.close()
    assert roads.find([asked]) == first
    assert connection.connection is None


@pytest.mark.parametrize("number", ["somebody else's", "nobody's"])
def test_number_that_went_to_somebody_else_moves_nothing_of_theirs(number: str) -> None:
    room, viewer, other = make_room(), make_viewer(100), make_viewer(100)
    asked = order(viewer, room)
    [(key, road)] = roads.find([asked]).items()
    wrong = wallet(other) if number == "somebody else's" else 10**9
    roads._known[key] = roads.Road(road.creator, wrong, road.spent, road.earned, road.clearing)
    assert send(viewer, room).done
    assert (coins_of(viewer.pk), coins_of(other.pk)) == (95, 100)
    assert roads.find([asked]) == {key: road}


def test_place_that_went_to_another_creator_pays_the_right_one() -> None:
    room, another, viewer = make_room(), make_room(), make_viewer(100)
    [(key, _)] = roads.find([order(viewer, room)]).items()
    [(_, wrong)] = roads.find([order(viewer, another)]).items()
    roads._known[key] = wrong
    assert send(viewer, room).done
    assert [d.clearing for d in diamonds_of(room.place.creator_id)] == [5]
    assert sum(d.clearing for d in diamonds_of(another.place.creator_id)) == 0


def test_road_of_a_rate_card_that_is_not_there_is_not_kept() -> None:
    room, viewer = make_room(), make_viewer(100)
    outcome = send(viewer, room, rate_card=10**9)
    assert (outcome.done, outcome.code) == (False, "price_changed")
    assert not [key for key in roads._known if key[2] == 10**9]
