"""Blocking: what it ends at once, what it refuses from then on, and what its owner is told."""

import asyncio
import json
import threading
from typing import Any

import pytest
from django.test import Client

from creators.actions import following
from creators.actions.following import follow
from creators.actions.moderating import name_moderator
from creators.models import Follow, ModerationAct, Moderator, Stream
from gifts.models import ChatLine, SentGift
from gifts.rooms.tickets import issue_ticket
from gifts.viewers import viewers_own
from tests.gifts.make import make_room, make_viewer, new_key, send
from tests.gifts.sockets import Page, join, open_socket
from tests.gifts.test_moderation import EXAMPLES, owner_of, say
from tests.gifts.test_races import at_once
from tests.live import Site
from tests.make import make_staff, make_user
from users.actions import block, blocks, unblock
from users.actions.people import change_handle
from users.errors import Blocked, ListFull, Yourself
from users.models import Block, User
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")


def kept_out_by(person: User) -> frozenset[int]:
    return viewers_own([person.pk])[person.pk].kept_out_by


def test_follows_end_in_both_directions_and_do_not_come_back() -> None:
    one, other = owner_of(make_room()), owner_of(make_room())
    fan = make_user()
    follow(follower=one, creator=other)
    follow(follower=other, creator=one)
    follow(follower=fan, creator=one)
    block(blocker=one, blocked=other)
    assert set(Follow.objects.values_list("follower", "creator").filter(creator=one.pk)) == {
        (fan.pk, one.pk)
    }
    assert not Follow.objects.filter(follower=one).exists()
    for follower, creator in ((one, other), (other, one)):
        with pytest.raises(Blocked):
            follow(follower=follower, creator=creator)
    unblock(blocker=one, blocked=other)
    assert not Follow.objects.filter(follower__in=[one, other]).exists()
    follow(follower=other, creator=one)


def test_who_is_blocked_by_a_creator_moderates_there_no_more() -> None:
    room, moderator = make_room(), make_user()
    owner = owner_of(room)
    name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    block(blocker=owner, blocked=moderator)
    assert not Moderator.objects.filter(creator=owner.pk).exists()
    last = ModerationAct.objects.filter(creator=owner.pk).first()
    assert last is not None
    assert (last.kind, last.target) == ("dismiss", moderator)


def test_nobody_is_named_a_moderator_beside_a_block() -> None:
    owner, one, other = owner_of(make_room()), make_user(), make_user()
    block(blocker=owner, blocked=one)
    block(blocker=other, blocked=owner)
    for person in (one, other):
        with pytest.raises(Blocked):
            name_moderator(creator_id=owner.pk, actor=owner, handle=person.handle)
    assert not Moderator.objects.filter(creator=owner.pk).exists()
    assert not ModerationAct.objects.filter(creator=owner.pk).exists()


def test_the_blocked_persons_pages_close_and_everything_is_refused(site: Site) -> None:
    room, rude, kind = make_room(), make_viewer(100), make_viewer()
    owner = owner_of(room)

    async def play() -> tuple[int, int, dict[str, Any]]:
        page, other = await join(site, room, rude), await join(site, room, kind)
        await asyncio.to_thread(block, blocker=owner, blocked=rude)
        closed = await page.closed()
        again = await join_refused(site, room, rude)
        return closed, again, await say(other, "Still here")

    closed, again, said = asyncio.run(play())
    assert (closed, again) == (4403, 4403)
    assert said["type"] == "said"
    assert kept_out_by(rude) == {owner.pk}
    outcome = send(rude, room)
    assert (outcome.done, outcome.code) == (False, "blocked")
    client = Client()
    client.force_login(rude)
    client.post(f"/@{owner.handle}/follow/")
    assert not Follow.objects.filter(follower=rude).exists()
    assert coins_of(rude.pk) == 100
    assert not SentGift.objects.filter(sender_id=rude.pk).exists()
    assert not ChatLine.objects.filter(sender=rude).exists()

    unblock(blocker=owner, blocked=rude)

    async def back() -> dict[str, Any]:
        return await say(await join(site, room, rude), "I am back")

    assert asyncio.run(back())["type"] == "said"
    assert send(rude, room).done


async def join_refused(site: Site, room: Stream, user: User) -> int:
    """The close code of who is not let in."""
    page = Page(await open_socket(site, room))
    await page.say("join", ticket=issue_ticket(place=room.place, user=user), resume=None)
    return await page.closed()


def test_a_viewer_who_blocked_the_creator_watches_and_gives_nothing(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)
    block(blocker=viewer, blocked=owner_of(room))

    async def play() -> dict[str, Any]:
        return await say(await join(site, room, viewer), "Hello")

    assert asyncio.run(play())["code"] == "blocked"
    assert send(viewer, room).code == "blocked"
    assert coins_of(viewer.pk) == 100


def test_staff_stay_where_they_work(site: Site) -> None:
    room, staff = make_room(), make_staff("moderation")

    async def play() -> dict[str, Any]:
        page = await join(site, room, staff)
        await asyncio.to_thread(block, blocker=owner_of(room), blocked=staff)
        again = await join(site, room, staff)
        return {"open": page.socket.state.name, "again": again.heard[0]["type"]}

    assert asyncio.run(play()) == {"open": "OPEN", "again": "snapshot"}
    assert kept_out_by(staff) == frozenset()


def test_the_blockers_pages_know_whom_to_leave_out(site: Site) -> None:
    room, viewer, rude = make_room(), make_viewer(), make_user()
    example = json.loads((EXAMPLES / "blocks.json").read_text(encoding="utf-8"))

    async def play() -> list[list[str]]:
        page = await join(site, room, viewer)
        first = page.heard[0]["me"]["blocked"]
        await asyncio.to_thread(block, blocker=viewer, blocked=rude)
        told = await page.until(lambda m: m["type"] == "blocks")
        assert set(told) == set(example)
        fresh = (await join(site, room, viewer)).heard[0]["me"]["blocked"]
        page.heard.clear()
        await asyncio.to_thread(unblock, blocker=viewer, blocked=rude)
        last = await page.until(lambda m: m["type"] == "blocks")
        return [first, told["people"], fresh, last["people"]]

    known = [str(rude.public_id)]
    assert asyncio.run(play()) == [[], known, known, []]
    # The blocked person's own page is told nothing of it.
    assert viewers_own([rude.pk])[rude.pk].message["blocked"] == []


def test_what_somebody_says_carries_the_same_id_under_another_handle(site: Site) -> None:
    room, viewer, rude = make_room(), make_viewer(), make_viewer(100)
    block(blocker=viewer, blocked=rude)

    async def play() -> list[str]:
        page = await join(site, room, viewer)
        await say(await join(site, room, rude), "One")
        await asyncio.to_thread(change_handle, rude, handle=f"not_{rude.handle}"[:30])
        await asyncio.to_thread(rude.refresh_from_db)
        await say(await join(site, room, rude), "Two")
        await asyncio.to_thread(send, rude, room)
        await page.until_seq(1)
        while len(page.events) < 3:
            await page.hear()
        senders = [event["sender"] for event in page.events]
        assert len({sender["handle"] for sender in senders}) == 2
        blocked = page.heard[0]["me"]["blocked"]
        return [sender["id"] for sender in senders if sender["id"] in blocked]

    assert asyncio.run(play()) == [str(rude.public_id)] * 3


def test_nobody_blocks_themselves_or_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_user()
    with pytest.raises(Yourself):
        block(blocker=one, blocked=one)
    monkeypatch.setattr(blocks, "MOST_BLOCKS", 2)
    first, second, third = make_user(), make_user(), make_user()
    for person in (first, second, first):
        block(blocker=one, blocked=person)
    with pytest.raises(ListFull):
        block(blocker=one, blocked=third)
    assert Block.objects.filter(blocker=one).count() == 2


def test_the_door_asks_for_sign_in_and_is_limited() -> None:
    one, other = make_user(), make_user()
    client, path = Client(), f"/person/{other.public_id}/block/"
    assert client.post(path).headers["Location"].startswith("/accounts/login/")
    client.force_login(one)
    assert client.get(path).status_code == 405
    assert client.post(path, {"next": "https://elsewhere.example/"}).headers["Location"] == (
        "/account/blocked/"
    )
    assert Block.objects.filter(blocker=one, blocked=other).exists()
    for _ in range(40):
        client.post(path, {"off": "1"})
    client.post(path)
    assert not Block.objects.filter(blocker=one).exists()


def test_a_key_cannot_be_used_to_give_after_a_block() -> None:
    room, viewer = make_room(), make_viewer(100)
    key = new_key()
    assert send(viewer, room, key=key).done
    block(blocker=owner_of(room), blocked=viewer)
    # What was done stands and is answered again; what is new is refused.
    assert send(viewer, room, key=key).done
    assert send(viewer, room).code == "blocked"
    assert coins_of(viewer.pk) == 95


@pytest.mark.parametrize("locked", [True, False])
def test_no_follow_is_left_beside_a_block(monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Somebody follows at the moment when they are blocked. Without the lock a follow stays."""
    owner, fan = owner_of(make_room()), make_user()
    judged, blocked = threading.Event(), threading.Event()

    def judge_and_wait(one: User, other: User) -> None:
        blocks.require_not_blocked(one, other)
        judged.set()
        blocked.wait(1)

    def block_when_judged() -> None:
        judged.wait(5)
        block(blocker=owner, blocked=fan)
        blocked.set()

    monkeypatch.setattr(following, "require_not_blocked", judge_and_wait)
    if not locked:
        monkeypatch.setattr(following, "lock_users", lambda *ids: None)
    at_once([lambda: follow(follower=fan, creator=owner), block_when_judged])
    assert Block.objects.filter(blocker=owner, blocked=fan).exists()
    assert Follow.objects.filter(follower=fan, creator=owner.pk).exists() == (not locked)
