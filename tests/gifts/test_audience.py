"""Boards, likes, thanks and the summary of a stream: their numbers, and who is left out."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.actions.following import follow
from creators.actions.moderating import restrict
from creators.actions.streams import end_stream
from creators.models import Place
from creators.selectors.dashboard import summarise
from creators.selectors.recount import recount_earned, recount_supporters
from gifts.actions.audience import keep_tallies, wish_for_board
from gifts.actions.thanking import thank
from gifts.boards import board_wishes, tally_of
from gifts.console import latest_streaks
from gifts.errors import GiftUnknown
from gifts.models import BoardWish, SentGift, Thanks
from gifts.rooms import bus
from gifts.rooms.board import SHOWN, Board, Wishes
from gifts.rooms.liking import BURST, PER_SECOND, Likes
from gifts.selectors import room_rows
from gifts.summaries import facts_of, given_by
from tests.gifts.make import make_room, make_viewer, send, undo
from tests.gifts.processes import in_processes
from tests.gifts.racers import tap
from users import valkey
from users.errors import NotAllowed
from users.models import Block, User

pytestmark = pytest.mark.usefixtures("economy")
OPEN = Wishes(listed=True, amount=True)
SHY = Wishes(listed=False, amount=True)
SECRET = Wishes(listed=True, amount=False)


def someone(handle: str) -> dict[str, Any]:
    return {"id": handle, "handle": handle, "name": handle.title(), "picture": None}


def test_equal_sums_keep_their_places_and_secret_amounts_stand_last() -> None:
    board = Board.of((someone(handle), 10) for handle in ("cara", "abel", "bert", "dora"))
    assert board.people(amounts=True) == []  # of whom nothing is known, nobody is shown
    board.learn({"cara": OPEN, "abel": SECRET, "bert": OPEN, "dora": SHY})
    shown = [(one["handle"], one["coins"]) for one in board.people(amounts=True)]
    assert shown == [("bert", 10), ("cara", 10), ("abel", None)]
    board.add(someone("cara"), 1)
    board.add(None, 500)
    assert [one["handle"] for one in board.people(amounts=True)] == ["cara", "bert", "abel"]
    assert {one["coins"] for one in board.people(amounts=False)} == {None}
    board.add(someone("bert"), -10)
    assert [one["handle"] for one in board.people(amounts=True)] == ["cara", "abel"]
    many = Board.of((someone(f"fan{n}"), n + 1) for n in range(200))
    many.learn({f"fan{n}": OPEN for n in range(200)})
    assert len(many.people(amounts=True)) == SHOWN
    assert len(many.wishes) < 200


def handles(place_id: int) -> set[str]:
    return {one["handle"] for one in room_rows(place_id).board.people(amounts=True)}


def test_who_hides_is_banned_or_blocked_is_on_no_board() -> None:
    room = make_room()
    owner = room.place.creator.user
    fans = [make_viewer(100) for _ in range(5)]
    for fan in fans:
        assert send(fan, room, "acorn").done
    assert handles(room.pk) == {fan.handle for fan in fans}
    wish_for_board(person=fans[0], place_id=room.pk, hidden=True)
    User.objects.filter(pk=fans[1].pk).update(hide_on_boards=True)
    restrict(actor=owner, creator_id=owner.pk, person=fans[2], kind="ban")
    Block.objects.create(blocker=owner, blocked=fans[3])
    assert handles(room.pk) == {fans[4].handle}
    # Who hides everywhere may want to be seen here.
    wish_for_board(person=fans[1], place_id=room.pk, hidden=False)
    assert handles(room.pk) == {fans[1].handle, fans[4].handle}
    assert board_wishes({room.pk: ["nobody_is_called_so"]}) == {
        room.pk: {"nobody_is_called_so": Wishes(listed=False, amount=False)}
    }


def test_a_flood_of_wishes_is_refused(client: Client) -> None:
    """Each of them makes every process of the room ask the database."""
    room, fan = make_room(), make_viewer()
    client.force_login(fan)
    path = reverse("board_wish", args=[room.place.public_id])
    wished = 0
    while client.post(path, {"listed": "0"}, headers={"X-Part": "board"}).status_code == 200:
        wished += 1
        assert wished < 100
    assert wished >= 20
    assert BoardWish.objects.get(person=fan).hidden


def test_a_flood_of_likes_is_bounded_over_two_processes() -> None:
    room, fan = make_room(), make_viewer()
    began = timezone.now()
    counts = in_processes(tap, [(room.pk, fan.pk, 40), (room.pk, fan.pk, 40)])
    most = BURST + PER_SECOND * ((timezone.now() - began).total_seconds() + 1)
    assert BURST <= max(counts) <= most, "4,000 taps of one person"


def test_likes_go_on_from_what_was_kept_and_a_crowd_is_counted_whole() -> None:
    room = make_room()
    keep_tallies({room.pk: (700, 12, 9)})
    keep_tallies({room.pk: (650, 3, 4)})  # late, from another process
    kept = tally_of(room.pk)
    assert (kept.likes, kept.viewers_peak, kept.people) == (700, 12, 9)

    async def crowd() -> None:
        likes = Likes(lambda place: kept.likes)
        for user_id in range(1, 301):
            likes.add(room.pk, user_id, 2)
        await likes.flush()

    asyncio.run(crowd())
    assert int(valkey.client().get(bus.likes_key(room.pk)) or 0) == 700 + 600
    assert room_rows(room.pk).likes == 700


def test_thanks_are_the_creators_own_and_for_gifts_of_the_room() -> None:
    room, other, fan = make_room(), make_room(), make_viewer(100)
    owner = room.place.creator.user
    streak = SentGift.objects.get(pk=send(fan, room, "acorn").operation).streak_id
    place = Place.objects.get(pk=room.pk)
    with pytest.raises(NotAllowed):
        thank(actor=fan, place=place, streak_id=streak, on=True)
    with pytest.raises(GiftUnknown):
        thank(actor=other.place.creator.user, place=other.place, streak_id=streak, on=True)
    assert not Thanks.objects.filter(pk=streak).exists()
    for _ in range(2):
        thank(actor=owner, place=place, streak_id=streak, on=True)
    send(fan, room, "acorn", quantity=2)
    [line] = latest_streaks(room.pk)
    assert (line["count"], line["coins_total"], line["thanked"]) == (3, 15, True)
    thank(actor=owner, place=place, streak_id=streak, on=False)
    assert not latest_streaks(room.pk)[0]["thanked"]


def test_the_summaries_are_what_a_recount_gives() -> None:
    room = make_room()
    owner = room.place.creator.user
    fans = [make_viewer(1_000) for _ in range(3)]
    follow(follower=fans[0], creator=owner)
    for fan, quantity in zip(fans, (3, 5, 7), strict=True):
        assert send(fan, room, "acorn", quantity=quantity).done
        assert send(fan, room, "clover", quantity=2).done
    gone = send(fans[0], room, "feather")
    assert undo(fans[0], gone.operation).done
    stream = end_stream(place_id=room.pk)
    facts = facts_of(stream, now=timezone.now())
    span = stream.started - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)
    earned = recount_earned(owner.pk, *span)
    assert facts.coins == sum(earned.values()) == 15 * 5 + 6
    assert facts.gifts == summarise([stream])[0].sum.gifts == 15 + 6
    assert facts.followers == 1
    assert facts.best is not None
    assert sum(minute.coins for minute in facts.minutes) == facts.coins
    mine = {fan.pk: given_by(fan.pk, room.pk) for fan in fans}
    assert {id: given.coins for id, given in mine.items()} == recount_supporters(owner.pk, *span)
    first = mine[fans[0].pk]
    assert (first.count, first.coins, first.streaks, first.longest) == (5, 17, 2, 3)
    assert [(kind.gift.slug, kind.count) for kind in first.kinds] == [("acorn", 3), ("clover", 2)]
