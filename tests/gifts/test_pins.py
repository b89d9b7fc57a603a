"""Messages with dear gifts: over the chat for a time by price, gone when they have to be."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from creators.models import ModerationAct, Stream
from gifts.actions.hiding import hide_message
from gifts.actions.pinning import unpin
from gifts.actions.returning import return_gift
from gifts.actions.sending import send_gifts
from gifts.errors import TextUnknown
from gifts.pins import MOST_SHOWN, pin_seconds
from gifts.rooms.state import RoomState
from gifts.selectors import room_rows
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.sockets import Page, join
from tests.live import Site
from users.errors import AlreadySo, NotAllowed
from users.models import User

pytestmark = pytest.mark.usefixtures("economy")


def pinned(room: Stream) -> list[str]:
    """The messages over the chat, as a process that starts now reads them from the rows."""
    part = RoomState.of(room_rows(room.pk)).parts()["pins"]
    return [pin["message"] for pin in part["pins"]]


def sent(viewer: User, room: Stream, coins: int, message: str) -> UUID:
    outcome = send(viewer, room, make_gift(coins), message=message, confirmed=True)
    assert outcome.operation is not None
    return outcome.operation


@pytest.mark.parametrize(
    ("coins", "seconds"),
    [(1, 0), (99, 0), (100, 30), (499, 30), (500, 120), (2_000, 300), (9_999, 300), (10_000, 900)],
)
def test_the_price_says_for_how_long(coins: int, seconds: int) -> None:
    assert pin_seconds(coins) == seconds


def test_a_message_is_pinned_from_a_price_on_and_ends_by_itself() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    sent(viewer, room, 99, "cheap")
    send(viewer, room, make_gift(100))  # says nothing
    sent(viewer, room, 100, "short")
    now = timezone.now()
    before = [order(viewer, room, make_gift(100), message=text) for text in ("gone", "nearly gone")]
    for one, seconds in zip(before, (31, 20), strict=True):
        assert send_gifts([one], now=now - timedelta(seconds=seconds))[0].done
    assert pinned(room) == ["nearly gone", "short"]
    state = RoomState.of(room_rows(room.pk))
    state.end_pins(now + timedelta(seconds=15))
    assert [pin["message"] for pin in state.pins] == ["short"]
    state.end_pins(now + timedelta(seconds=60))
    assert state.pins == []


def test_undo_hide_and_return_take_it_away() -> None:
    room, viewer = make_room(), make_viewer(2_000)
    owner = room.place.creator.user
    first, second, third, stays = (sent(viewer, room, 100, text) for text in "abcd")
    assert pinned(room) == list("abcd")
    assert undo(viewer, first).done
    hide_message(actor=owner, gift_id=second)
    return_gift(actor=owner, gift_id=third, key=new_key())
    assert pinned(room) == ["d"]
    unpin(actor=owner, gift_id=stays)
    assert pinned(room) == []
    act = ModerationAct.objects.get(creator=owner.pk, kind="unpin")
    assert (act.target, act.subjects[0]["text"]) == (viewer, "d")
    with pytest.raises(AlreadySo):
        unpin(actor=owner, gift_id=stays)
    # Nothing but the pin ended: the message is in the chat.
    assert RoomState.of(room_rows(room.pk)).recent[-1]["message"] == "d"


def test_who_does_not_moderate_here_unpins_nothing() -> None:
    room, viewer = make_room(), make_viewer(1_000)
    gift_id = sent(viewer, room, 100, "stays")
    for other in (make_viewer(), make_room().place.creator.user):
        with pytest.raises(NotAllowed):
            unpin(actor=other, gift_id=gift_id)
    with pytest.raises(TextUnknown):
        unpin(actor=room.place.creator.user, gift_id=UUID(int=7))
    assert pinned(room) == ["stays"]


def test_there_is_room_for_so_many_and_those_that_last_longest_stay() -> None:
    room, viewer = make_room(), make_viewer(10_000)
    sent(viewer, room, 500, "long")
    for number in range(MOST_SHOWN + 2):
        sent(viewer, room, 100, str(number))
    found = pinned(room)
    assert len(found) == MOST_SHOWN
    assert found[0] == "long"
    assert "0" not in found


def test_an_open_room_is_told_of_pins_and_of_their_end(site: Site) -> None:
    room, viewer = make_room(), make_viewer(1_000)
    owner = room.place.creator.user
    soon = order(viewer, room, make_gift(100), message="soon over")

    def said(page: Page) -> list[str]:
        return [pin["message"] for pin in page.state["pins"]["pins"]]

    async def watch() -> None:
        page = await join(site, room)
        now = timezone.now()
        await asyncio.to_thread(send_gifts, [soon], now=now - timedelta(seconds=26))
        gift_id = await asyncio.to_thread(sent, viewer, room, 100, "unpinned")
        while said(page) != ["soon over", "unpinned"]:
            await page.hear()
        await asyncio.to_thread(unpin, actor=owner, gift_id=gift_id)
        while said(page) != ["soon over"]:
            await page.hear()
        while said(page):  # by the clock
            await page.hear()
        assert timezone.now() - now < timedelta(seconds=20)

    asyncio.run(watch())
