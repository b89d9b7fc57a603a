"""What somebody tries who does not mean well: refused, and nothing moves."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from creators.actions.boundaries import save_boundaries
from creators.actions.moderating import restrict
from creators.models import Stream
from gifts.actions.chatting import check_message
from gifts.actions.sending import send_gifts
from gifts.models import SentGift
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.test_races import at_once
from users.actions.blocks import block
from users.actions.own_limits import set_own_limit
from users.errors import Refusal
from users.models import User
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")
TAPS = 32


def cap(room: Stream, viewer: User) -> None:
    save_boundaries(
        creator_id=room.place.creator_id,
        gifts=True,
        least_coins=None,
        most_coins=None,
        viewer_coins_per_day=50,
        anonymous=True,
    )


def own_limit(room: Stream, viewer: User) -> None:
    set_own_limit(viewer, asset="coins", period="day", most=50)


def last_coin(room: Stream, viewer: User) -> None:
    assert send(viewer, room, make_gift(coins_of(viewer.pk) - 50), confirmed=True).done


@pytest.mark.parametrize(
    ("guard", "code"),
    [(cap, "limit"), (own_limit, "limit"), (last_coin, "insufficient_coins")],
)
def test_32_taps_in_two_tabs_do_not_pass(guard: Callable[[Stream, User], None], code: str) -> None:
    """One tab with the name, one without: they are one person all the same."""
    room, viewer, gift = make_room(), make_viewer(1_000), make_gift(7)
    guard(room, viewer)
    before = coins_of(viewer.pk)
    taps = [order(viewer, room, gift, anonymous=bool(tap % 2)) for tap in range(TAPS)]
    results = at_once([lambda one=one: send_gifts([one])[0].code for one in taps])
    assert Counter(results) == {"": 7, code: TAPS - 7}
    assert coins_of(viewer.pk) == before - 49


def test_the_sixth_undo_of_a_day_is_refused() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    most = settings.UNDO_PER_DAY
    codes = []
    for number in range(most + 1):
        sent = send(viewer, room, make_gift(10), anonymous=bool(number % 2))
        codes.append(undo(viewer, sent.operation).code)
    assert codes == [""] * most + ["undo_limit"]
    assert coins_of(viewer.pk) == 990


def banned(room: Stream, viewer: User) -> None:
    owner = room.place.creator.user
    restrict(actor=owner, creator_id=owner.pk, person=viewer, kind="ban")


def blocked(room: Stream, viewer: User) -> None:
    block(blocker=room.place.creator.user, blocked=viewer)


@pytest.mark.parametrize(("shut_out", "code"), [(banned, "banned"), (blocked, "blocked")])
def test_who_is_shut_out_gives_nothing_and_says_nothing(
    shut_out: Callable[[Stream, User], Any], code: str
) -> None:
    room, viewer = make_room(), make_viewer(1_000)
    shut_out(room, viewer)
    for fields in ({}, {"anonymous": True}, {"message": "Hello"}):
        assert send(viewer, room, "acorn", **fields).code == code
    with pytest.raises(Refusal) as refused:
        check_message(order(viewer, room, "acorn", message="Hello"), room.place.creator_id)
    assert refused.value.code == code
    assert coins_of(viewer.pk) == 1_000
    assert not SentGift.objects.filter(place_id=room.pk).exists()


def test_a_key_of_another_gift_does_not_bring_a_second_one() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    key = new_key()
    assert send(viewer, room, make_gift(10), key=key).done
    assert send(viewer, room, make_gift(10), key=key).code == "repeat_differs"
    assert send(viewer, room, make_gift(10), key=key, anonymous=True).code == "repeat_differs"
    assert coins_of(viewer.pk) == 990
