"""Chat with rules, what moderators do in it, and messages with gifts; against the real site."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from creators.actions.following import follow
from creators.actions.moderating import (
    dismiss_moderator,
    lift,
    name_moderator,
    restrict,
    save_room_rules,
)
from creators.errors import Banned, PersonUnknown
from creators.models import ModerationAct, Restriction, Stream
from creators.selectors.moderation import role_of
from gifts.actions import chatting, hiding
from gifts.models import ChatLine, HiddenMessage, PlaceEvent, SentGift
from gifts.rooms.tickets import issue_ticket
from gifts.selectors import events_after, room_rows
from tests.gifts.make import make_room, make_viewer, new_key, order, send
from tests.gifts.sockets import Page, join, open_socket
from tests.live import Site
from tests.make import make_staff, make_user
from users.actions import block
from users.actions.filter_lists import add_words
from users.errors import AlreadySo, MessageNotAllowed, NotAllowed, OwnAccount
from users.models import User
from wallets.selectors.balances import coins_of

EXAMPLES = Path(__file__).resolve().parents[1] / "events"
pytestmark = pytest.mark.usefixtures("economy")


def example(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def owner_of(room: Stream) -> User:
    return room.place.creator.user


def rules(room: Stream, **changed: Any) -> None:
    usual = {"slow_seconds": 0, "followers_only": False, "gift_messages": "all", "languages": []}
    save_room_rules(creator_id=room.place.creator_id, **(usual | changed))


def ban(room: Stream, person: User, actor: User | None = None, **what: Any) -> ModerationAct:
    return restrict(
        actor=actor or owner_of(room),
        creator_id=room.place.creator_id,
        person=person,
        kind=Restriction.Kind.BAN,
        **what,
    )


def mute(room: Stream, person: User, **what: Any) -> ModerationAct:
    return restrict(
        actor=owner_of(room),
        creator_id=room.place.creator_id,
        person=person,
        kind=Restriction.Kind.MUTE,
        **what,
    )


async def say(page: Page, text: str) -> dict[str, Any]:
    key = new_key()
    await page.say("chat", key=key, text=text)
    return await page.answer(key)


def said_line(room: Stream, sender: User, text: str) -> ChatLine:
    line = chatting.Line(
        place_id=room.pk, creator_id=room.place.creator_id, sender_id=sender.pk, text=text
    )
    chatting.check_line(line)
    chatting.keep_line(line)
    return ChatLine.objects.get(pk=line.id)


def told(page: Page, type_: str) -> list[dict[str, Any]]:
    return [event for event in page.events if event["type"] == type_]


def has_event(type_: str) -> Any:
    return lambda message: any(e["type"] == type_ for e in message.get("events", ()))


# --- chat -----------------------------------------------------------------------------------------
def test_who_writes_gets_the_own_line_and_the_room_gets_it_too(site: Site) -> None:
    room, viewer = make_room(), make_viewer()

    async def play() -> tuple[dict[str, Any], Page]:
        watcher, writer = await join(site, room), await join(site, room, viewer)
        answer = await say(writer, "Good evening!")
        await watcher.until(has_event("chat"))
        return answer, watcher

    said, watcher = asyncio.run(play())
    assert set(said) == set(example("said"))
    assert set(said["line"]) == set(example("said")["line"])
    assert told(watcher, "chat") == [said["line"]]
    assert [line["id"] for line in room_rows(room.pk).chat] == [said["line"]["id"]]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("see example dot com", "link"),
        ("me@example.org", "mail"),
        ("call 555 123 4567", "phone"),
        ("ch3ap c0ins", "offer"),
        ("you m e l o n h e a d", "word"),
    ],
)
def test_what_is_not_allowed_is_told_to_nobody(site: Site, text: str, why: str) -> None:
    room, viewer = make_room(), make_viewer()
    creator_id = room.place.creator_id
    add_words(["Melonhead"], owner_id=creator_id, by_id=creator_id)

    async def play() -> tuple[dict[str, Any], dict[str, Any], Page]:
        watcher, writer = await join(site, room), await join(site, room, viewer)
        refused = await say(writer, text)
        passed = await say(writer, "Good evening")
        await watcher.until(has_event("chat"))
        return refused, passed, watcher

    refused, passed, watcher = asyncio.run(play())
    assert (refused["code"], refused["details"]) == ("message_not_allowed", {"why": why})
    assert told(watcher, "chat") == [passed["line"]]
    assert ChatLine.objects.filter(place=room.pk).count() == 1


def test_slow_mode_and_followers_only_are_shown_to_all_and_kept(site: Site) -> None:
    room, viewer, fan = make_room(), make_viewer(), make_viewer()
    follow(follower=fan, creator=owner_of(room))

    async def play() -> list[dict[str, Any]]:
        writer, follower = await join(site, room, viewer), await join(site, room, fan)
        creator = await join(site, room, owner_of(room))
        first = await say(writer, "Hello")
        await asyncio.to_thread(rules, room, slow_seconds=600, followers_only=True)
        changed = await writer.until(
            lambda m: m.get("state", {}).get("rules", {"version": 0})["version"] > 0
        )
        pages = (writer, follower, follower, creator, creator)
        answers = [await say(page, "More") for page in pages]
        return [first, changed["state"]["rules"], *answers]

    first, changed, stranger, fan_first, fan_again, *creators = asyncio.run(play())
    assert first["type"] == "said"
    wanted = {"version": 1, "slow_seconds": 600, "followers_only": True}
    assert wanted.items() <= changed.items()
    assert stranger["code"] == "followers_only"
    assert stranger["button"]["url"] == f"/@{owner_of(room).handle}/"
    assert fan_first["type"] == "said"
    assert fan_again["code"] == "slow_mode"
    assert 0 < fan_again["details"]["wait_seconds"] <= 600
    assert [answer["type"] for answer in creators] == ["said", "said"]


def test_the_budget_and_slow_mode_are_one_for_all_processes(
    site: Site, module_db: str, tmp_path: Path
) -> None:
    room, talker, calm = make_room(), make_viewer(), make_viewer()
    second = Site(tmp_path, {"CHAT_LINES_PER_MINUTE": "4"})
    second.start("web")

    async def play() -> tuple[list[str], list[str]]:
        # Ten lines are a third of the first one's minute, and so of the second one's: of the four
        # lines that it would allow, not all are left.
        here, there = await join(site, room, talker), await join(second, room, talker)
        for number in range(10):
            await say(here, f"Line {number}")
        answers = [await say(there, text) for text in ("One", "Two", "Three", "Four")]
        budget = [answer.get("code", "said") for answer in answers]
        await asyncio.to_thread(rules, room, slow_seconds=600)
        here, there = await join(site, room, calm), await join(second, room, calm)
        slow = [(await say(page, "Hello")).get("code", "said") for page in (here, there)]
        return budget, slow

    try:
        budget, slow = asyncio.run(play())
    finally:
        second.kill("web")
    assert (budget[0], budget[-1]) == ("said", "too_fast")
    assert slow == ["said", "slow_mode"]


# --- hiding ---------------------------------------------------------------------------------------
def test_a_hidden_line_leaves_pages_snapshot_resume_and_history(site: Site) -> None:
    room, viewer = make_room(), make_viewer()

    async def play() -> tuple[Page, Page, Page, dict[str, Any]]:
        watcher, writer = await join(site, room), await join(site, room, viewer)
        said = await say(writer, "Something unkind")
        await watcher.until(has_event("chat"))
        start = {"epoch": watcher.epoch, "seq": watcher.seq}
        line_id = UUID(said["line"]["id"])
        await asyncio.to_thread(hiding.hide_line, actor=owner_of(room), line_id=line_id)
        await watcher.until(has_event("hidden"))
        back = await join(site, room, resume=start)
        return watcher, back, await join(site, room), said["line"]

    watcher, back, fresh, line = asyncio.run(play())
    (event,) = told(watcher, "hidden")
    assert set(event) == set(example("hidden"))
    assert (event["lines"], event["gifts"], event["seq"]) == ([line["id"]], [], 1)
    assert fresh.heard[0]["chat"] == []
    for page in (back, fresh):
        assert "Something unkind" not in json.dumps(page.heard)
    assert room_rows(room.pk).chat == []
    act = ModerationAct.objects.get(creator=room.place.creator_id)
    assert (act.kind, act.role, act.target, act.place_id) == ("hide", "creator", viewer, room.pk)
    assert act.subjects == [{"kind": "line", "id": line["id"], "text": "Something unkind"}]


def test_what_is_hidden_can_be_shown_again_once(site: Site) -> None:
    room, viewer = make_room(), make_viewer()
    owner = owner_of(room)

    async def play() -> tuple[Page, Page, dict[str, Any]]:
        watcher, writer = await join(site, room), await join(site, room, viewer)
        first, second = await say(writer, "First"), await say(writer, "Second")
        line_id = UUID(first["line"]["id"])
        act = await asyncio.to_thread(hiding.hide_line, actor=owner, line_id=line_id)
        await watcher.until(has_event("hidden"))
        await asyncio.to_thread(hiding.take_back, actor=owner, act_id=act.pk)
        await watcher.until(has_event("shown"))
        return watcher, await join(site, room), {"first": first["line"], "second": second["line"]}

    watcher, fresh, said = asyncio.run(play())
    (event,) = told(watcher, "shown")
    assert set(event) == set(example("shown"))
    assert (event["chat"], event["messages"]) == ([said["first"]], [])
    assert fresh.heard[0]["chat"] == [said["first"], said["second"]]
    hide = ModerationAct.objects.get(creator=owner.pk, kind="hide")
    assert hide.undone_by.kind == "show"
    with pytest.raises(AlreadySo):
        hiding.take_back(actor=owner, act_id=hide.pk)


def test_a_hidden_message_is_gone_everywhere_and_gift_and_money_stand(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)
    fields = {"gift": "acorn", "quantity": 1, "price_coins": 5, "message": "For the old song"}
    fields |= {"key": new_key(), "rate_card": order(viewer, room).rate_card}

    async def play() -> tuple[dict[str, Any], Page, Page]:
        watcher, sender = await join(site, room), await join(site, room, viewer)
        await sender.say("send_gift", **fields)
        receipt = await sender.answer(fields["key"])
        await watcher.until(has_event("gift"))
        start = {"epoch": watcher.epoch, "seq": 0}
        gift_id = UUID(receipt["gift_id"])
        await asyncio.to_thread(hiding.hide_message, actor=owner_of(room), gift_id=gift_id)
        await watcher.until(has_event("hidden"))
        fresh, back = await join(site, room), await join(site, room, resume=start)
        assert "For the old song" not in json.dumps(fresh.heard + back.heard)
        return receipt, watcher, fresh

    receipt, watcher, fresh = asyncio.run(play())
    assert told(watcher, "gift")[0]["message"] == "For the old song"
    assert told(watcher, "hidden")[0]["gifts"] == [receipt["gift_id"]]
    assert [gift["message"] for gift in fresh.heard[0]["gifts"]] == [""]
    assert "For the old song" not in json.dumps(events_after(room.pk, 0))
    assert coins_of(viewer.pk) == 95
    assert fresh.state["totals"]["coins"] == 5
    act = ModerationAct.objects.get(creator=room.place.creator_id)
    hiding.take_back(actor=owner_of(room), act_id=act.pk)
    assert room_rows(room.pk).recent[0]["message"] == "For the old song"
    sent = SentGift.objects.get(place_id=room.pk)
    assert not HiddenMessage.objects.filter(pk=sent.pk).exists()


def test_all_that_somebody_said_goes_at_once() -> None:
    room, viewer, other = make_room(), make_viewer(100), make_viewer()
    for text in ("One", "Two"):
        said_line(room, viewer, text)
    kept = said_line(room, other, "Three")
    send(viewer, room, message="Four")
    act = hiding.hide_all_of(actor=owner_of(room), place=room.place, person=viewer)
    assert sorted(subject["text"] for subject in act.subjects) == ["Four", "One", "Two"]
    assert [line["id"] for line in room_rows(room.pk).chat] == [str(kept.pk)]
    with pytest.raises(AlreadySo):
        hiding.hide_all_of(actor=owner_of(room), place=room.place, person=viewer)
    assert PlaceEvent.objects.filter(place_id=room.pk).count() == 1


# --- mute and ban ---------------------------------------------------------------------------------
def test_a_ban_closes_sockets_here_and_refuses_chat_gifts_and_coming_back(site: Site) -> None:
    room, elsewhere, viewer = make_room(), make_room(), make_viewer(100)

    async def play() -> tuple[int, int, dict[str, Any]]:
        here, there = await join(site, room, viewer), await join(site, elsewhere, viewer)
        await asyncio.to_thread(ban, room, viewer, reason="Insults")
        code = await here.closed()
        again = Page(await open_socket(site, room))
        ticket = issue_ticket(place=room.place, user=viewer)
        await again.say("join", ticket=ticket, resume=None)
        return code, await again.closed(), await say(there, "Still here")

    code, again, elsewhere_said = asyncio.run(play())
    assert (code, again) == (4403, 4403)
    assert elsewhere_said["type"] == "said"
    with pytest.raises(Banned):
        said_line(room, viewer, "Let me in")
    with pytest.raises(Banned):
        chatting.check_sender(order(viewer, room), room.place.creator_id)
    with pytest.raises(Banned):
        follow(follower=viewer, creator=owner_of(room))
    assert coins_of(viewer.pk) == 100

    act = ModerationAct.objects.get(creator=room.place.creator_id, kind="ban")
    hiding.take_back(actor=owner_of(room), act_id=act.pk)
    assert said_line(room, viewer, "Thank you").text == "Thank you"
    assert asyncio.run(joined_type(site, room, viewer)) == "snapshot"


async def joined_type(site: Site, room: Stream, user: User) -> str:
    return (await join(site, room, user)).heard[0]["type"]


def test_a_banned_persons_gift_by_post_moves_nothing(site: Site, client: Any) -> None:
    room, viewer = make_room(), make_viewer(100)
    ban(room, viewer)
    client.force_login(viewer)
    fields = {"key": new_key(), "gift": "acorn", "price_coins": 5}
    fields |= {"rate_card": order(viewer, room).rate_card}
    answer = client.post(
        f"/live/{room.place.public_id}/gift/", fields, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["refusal"]["code"]) == (403, "banned")
    assert coins_of(viewer.pk) == 100
    assert not SentGift.objects.filter(sender_id=viewer.pk).exists()


def test_a_mute_ends_by_itself_or_is_lifted_and_silences_messages_too(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)
    mute(room, viewer, minutes=10)

    async def play() -> dict[str, Any]:
        return await say(await join(site, room, viewer), "Hello")

    refused = asyncio.run(play())
    assert refused["code"] == "muted"
    assert refused["details"]["until"].endswith("Z")
    with pytest.raises(Exception, match="muted"):
        chatting.check_message(order(viewer, room, message="Hi"), room.place.creator_id)
    # A longer one takes its place; one for good is not said twice.
    mute(room, viewer)
    with pytest.raises(AlreadySo):
        mute(room, viewer)
    assert Restriction.objects.filter(person=viewer).count() == 1
    Restriction.objects.filter(person=viewer).update(until="2020-01-01T00:00Z")
    assert said_line(room, viewer, "Hello again").text == "Hello again"


# --- who may --------------------------------------------------------------------------------------
def test_roles_and_on_whom_they_act() -> None:
    room, viewer, other, moderator, second = make_room(), *(make_viewer() for _ in range(4))
    owner, staff, support = owner_of(room), make_staff("moderation"), make_staff("support")
    creator_id = owner.pk
    for person in (moderator, second):
        name_moderator(creator_id=creator_id, actor=owner, handle=f"@{person.handle}")
    roles = [role_of(p, creator_id) for p in (viewer, moderator, owner, staff, support)]
    assert roles == [None, "moderator", "creator", "staff", None]
    assert role_of(moderator, make_room().place.creator_id) is None

    line = said_line(room, viewer, "Hm")
    for actor, target in ((viewer, other), (moderator, second), (moderator, owner), (owner, staff)):
        with pytest.raises(NotAllowed):
            ban(room, target, actor)
    for actor in (moderator, owner, staff):
        with pytest.raises(OwnAccount):
            ban(room, actor, actor)
    with pytest.raises(NotAllowed):
        hiding.hide_line(actor=other, line_id=line.pk)
    assert not Restriction.objects.filter(creator=creator_id).exists()
    assert not ChatLine.objects.get(pk=line.pk).hidden
    assert hiding.hide_line(actor=moderator, line_id=line.pk).role == "moderator"
    assert ban(room, viewer, moderator).role == "moderator"
    assert ban(room, second, owner).role == "creator"
    assert ban(room, moderator, staff).role == "staff"
    with pytest.raises(NotAllowed):
        ban(room, owner, staff)


def test_naming_and_dismissing_is_the_creators_alone() -> None:
    room, viewer, moderator = make_room(), make_viewer(), make_viewer()
    owner = owner_of(room)
    name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    for actor in (moderator, make_staff("moderation")):
        with pytest.raises(NotAllowed):
            name_moderator(creator_id=owner.pk, actor=actor, handle=viewer.handle)
    with pytest.raises(AlreadySo):
        name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    with pytest.raises(PersonUnknown):
        name_moderator(creator_id=owner.pk, actor=owner, handle="nobody_like_this")
    with pytest.raises(OwnAccount):
        name_moderator(creator_id=owner.pk, actor=owner, handle=owner.handle)
    dismiss_moderator(creator_id=owner.pk, actor=owner, person=moderator)
    assert role_of(moderator, owner.pk) is None
    acts = ModerationAct.objects.filter(creator=owner.pk).order_by("pk")
    assert list(acts.values_list("kind", flat=True)) == ["name", "dismiss"]


def test_the_log_is_never_changed_and_says_what_takes_back_what() -> None:
    room, viewer = make_room(), make_viewer()
    act = ban(room, viewer, reason="Insults")
    back = lift(actor=owner_of(room), creator_id=owner_of(room).pk, person=viewer, kind="ban")
    assert (back.kind, back.undoes) == ("unban", act)
    with pytest.raises(AlreadySo):
        lift(actor=owner_of(room), creator_id=owner_of(room).pk, person=viewer, kind="ban")
    with pytest.raises(Exception, match="append_only|permission denied"):
        ModerationAct.objects.filter(pk=act.pk).update(reason="Nothing")
    assert ModerationAct.objects.get(pk=act.pk).reason == "Insults"


def test_the_log_shows_a_text_when_it_is_asked_for_and_none_of_other_rooms() -> None:
    room, elsewhere, rude = make_room(), make_room(), make_viewer()
    own, other = (
        hiding.hide_line(actor=owner_of(one), line_id=said_line(one, rude, text).pk)
        for one, text in ((room, "Said here"), (elsewhere, "Said there"))
    )
    client = Client()
    client.force_login(owner_of(room))

    def log(query: str, of: Stream = room) -> str:
        answer = client.get(reverse("moderation_log", args=[owner_of(of).handle]) + query)
        return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)

    assert "Said here" in log(f"?text={own.pk}")
    for query in ("", f"?text={other.pk}", "?text=x", f"?text={'9' * 5_000}", "?page=2&text=0"):
        page = log(query)
        assert "Show the text" in page
        assert "Said" not in page
    assert log(f"?text={other.pk}", of=elsewhere) == "404"
    client.force_login(rude)
    assert log(f"?text={own.pk}") == "404"


# --- messages with gifts --------------------------------------------------------------------------
def test_who_may_attach_a_message_is_the_creators_choice() -> None:
    room, viewer, fan = make_room(), make_viewer(100), make_viewer(100)
    follow(follower=fan, creator=owner_of(room))
    creator_id = room.place.creator_id

    def why(person: User, message: str = "For you") -> str | None:
        try:
            chatting.check_message(order(person, room, message=message), creator_id)
        except MessageNotAllowed as refused:
            return refused.details["why"]
        return None

    assert [why(viewer), why(fan), why(fan, "call 555 123 4567")] == [None, None, "phone"]
    rules(room, gift_messages="followers")
    assert [why(viewer), why(fan), why(viewer, "")] == ["followers", None, None]
    rules(room, gift_messages="nobody")
    assert [why(viewer), why(fan), why(viewer, "")] == ["nobody", "nobody", None]
    block(blocker=owner_of(room), blocked=fan)
    with pytest.raises(Exception, match="blocked"):
        why(fan)


def test_a_message_is_judged_before_coins_move_and_the_same_key_is_answered(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)
    fields = {"gift": "acorn", "quantity": 1, "price_coins": 5}
    fields |= {"rate_card": order(viewer, room).rate_card}
    bad, good = new_key(), new_key()

    async def play() -> list[dict[str, Any]]:
        page = await join(site, room, viewer)
        await page.say("send_gift", key=bad, message="see example dot com", **fields)
        refused = await page.answer(bad)
        await page.say("send_gift", key=good, message="For you", **fields)
        receipt = await page.answer(good)
        await asyncio.to_thread(rules, room, gift_messages="nobody")
        page.heard.clear()
        await page.say("send_gift", key=good, message="For you", **fields)
        return [refused, receipt, await page.answer(good)]

    refused, receipt, again = asyncio.run(play())
    assert (refused["code"], refused["details"]) == ("message_not_allowed", {"why": "link"})
    assert receipt["type"] == again["type"] == "receipt"
    assert again["gift_id"] == receipt["gift_id"]
    assert coins_of(viewer.pk) == 95
    assert SentGift.objects.get(place_id=room.pk).message == "For you"


def test_old_lines_are_deleted(settings: Any) -> None:
    room, viewer = make_room(), make_user()
    old, new = said_line(room, viewer, "Old"), said_line(room, viewer, "New")
    ChatLine.objects.filter(pk=old.pk).update(created="2020-01-01T00:00Z")
    assert chatting.forget_old_lines() >= 1
    assert list(ChatLine.objects.filter(place=room.pk)) == [new]
