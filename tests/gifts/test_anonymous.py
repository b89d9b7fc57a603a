"""A gift without a name: the sender is in nothing that anybody but the sender and staff gets."""

import asyncio
import json
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from creators.actions.boundaries import save_boundaries
from creators.actions.moderating import restrict
from creators.models import Boundaries, Earning, Stream
from gifts.actions.overlays import make_overlay
from gifts.actions.sending import send_gifts
from gifts.models import PlaceEvent, SentGift
from gifts.rooms.state import RoomState
from gifts.selectors import events_after, room_rows
from tests.gifts.make import make_gift, make_room, make_viewer, order, send, undo
from tests.gifts.sockets import join
from tests.live import Site
from users.actions.own_limits import set_own_limit
from users.models import User
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")
numbers = count(101)


@pytest.fixture
def giver() -> User:
    number = next(numbers)
    return make_viewer(
        10_000, handle=f"quiet_giver_{number}", display_name=f"Quinta Verschwiegen {number}"
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def secrets_of(giver: User) -> list[str]:
    """What would say who it was."""
    return [giver.handle, giver.name, str(giver.public_id), giver.email]


def surfaces(room: Stream, token: str) -> dict[str, str]:
    """Everything that somebody else can be shown of a room, as text."""
    owner = signed_in(room.place.creator.user)
    public_id = room.place.public_id
    pages = {
        "dashboard": reverse("dashboard"),
        "streams": reverse("creator_streams"),
        "summary": reverse("stream_summary", args=[public_id]),
        "csv": reverse("earnings_csv"),
        "log": reverse("moderation_log", args=[room.place.creator.user.handle]),
        "room": reverse("room", args=[public_id]),
        "home": reverse("home"),
    }
    found = {}
    for name, path in pages.items():
        answer = owner.get(path)
        assert answer.status_code == 200, (name, answer.status_code)
        body = answer.getvalue() if answer.streaming else answer.content
        found[name] = body.decode()
    found["overlay"] = (
        Client()
        .post(
            reverse("overlay_next"),
            json.dumps({"take": True, "shown": None}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        .content.decode()
    )
    found["snapshot"] = json.dumps(RoomState.of(room_rows(room.pk)).snapshot(None))
    found["events"] = json.dumps(events_after(room.pk, 0))
    rows = PlaceEvent.objects.filter(place_id=room.pk).values_list("data", flat=True)
    found["rows of events"] = json.dumps(list(rows))
    return found


def leaks(room: Stream, token: str, secrets: list[str]) -> list[str]:
    return [
        f"{secret} in {name}"
        for name, text in surfaces(room, token).items()
        for secret in secrets
        if secret.casefold() in text.casefold()
    ]


def ids_in(value: Any, key: str) -> set[str]:
    """Every value under this key, however deep."""
    if isinstance(value, dict):
        own = {str(value[key])} if key in value else set()
        return own.union(*(ids_in(one, key) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(ids_in(one, key) for one in value))
    return set()


def test_nobody_is_told_who_sent_a_gift_without_a_name(settings: Any, giver: User) -> None:
    room = make_room()
    token = make_overlay(creator_id=room.place.creator_id)
    settings.STREAK_IDLE_SECONDS = -3600  # every streak has ended: the overlay shows it
    assert send(giver, room, "moon-whale", anonymous=True, confirmed=True).done
    gone = send(giver, room, "acorn", anonymous=True)
    assert undo(giver, gone.operation).done
    shown = surfaces(room, token)
    assert all("moon-whale" in shown[name] for name in ("overlay", "snapshot", "events"))
    assert leaks(room, token, secrets_of(giver)) == []
    assert "Without a name" in shown["dashboard"]
    assert "Without a name" in shown["summary"]
    # Staff see the rows.
    row = SentGift.objects.get(place_id=room.pk, state="sent")
    assert (row.sender_id, row.anonymous) == (giver.pk, True)
    assert Earning.objects.get(pk=row.pk).supporter_id == giver.pk


def test_the_walk_over_the_surfaces_finds_a_name(settings: Any, giver: User) -> None:
    """The negative control: the same gift with a name is found on each that names people."""
    room = make_room()
    token = make_overlay(creator_id=room.place.creator_id)
    settings.STREAK_IDLE_SECONDS = -3600
    assert send(giver, room, "moon-whale", confirmed=True).done
    assert undo(giver, send(giver, room, "acorn").operation).done
    told = {leak.split(" in ")[1] for leak in leaks(room, token, [giver.handle])}
    assert told == {
        "dashboard",
        "summary",
        "csv",
        "overlay",
        "snapshot",
        "events",
        "rows of events",
    }


def test_what_a_socket_hears_says_nothing_of_the_sender(site: Site, giver: User) -> None:
    room = make_room()

    async def watch() -> list[dict[str, Any]]:
        page = await join(site, room)
        for name in ("acorn", "clover"):
            await asyncio.to_thread(send, giver, room, name, anonymous=True)
        await page.until_seq(2)
        again = await join(site, room, resume={"epoch": page.epoch, "seq": 0})
        return page.heard + again.heard

    heard = asyncio.run(watch())
    text = json.dumps(heard).casefold()
    assert '"slug": "acorn"' in text
    assert [secret for secret in secrets_of(giver) if secret.casefold() in text] == []
    gifts = [e for m in heard for e in m.get("events", []) if e["type"] == "gift"]
    assert {gift["sender"] for gift in gifts} == {None}


def test_with_and_without_a_name_are_never_one_streak(giver: User) -> None:
    room, gift = make_room(), make_gift(1)
    orders = [order(giver, room, gift, anonymous=hidden) for hidden in (False, True, False, True)]
    together = [outcome.details for outcome in send_gifts(orders)]
    later = [send(giver, room, gift, anonymous=hidden).details for hidden in (False, True)]
    named, hidden = together[::2] + later[:1], together[1::2] + later[1:]
    assert [one["count"] for one in named] == [1, 2, 3] == [one["count"] for one in hidden]
    assert (
        len({one["streak_id"] for one in named}) == 1 == len({one["streak_id"] for one in hidden})
    )
    events = events_after(room.pk, 0)
    of_name = ids_in([e for e in events if e["sender"]], "streak_id")
    assert of_name.isdisjoint(ids_in([e for e in events if not e["sender"]], "streak_id"))


def test_it_carries_no_message_and_the_creator_can_switch_it_off(giver: User) -> None:
    room = make_room()
    said = send(giver, room, "acorn", anonymous=True, message="It is me")
    assert (said.done, said.code) == (False, "anonymous_with_message")
    save_boundaries(
        creator_id=room.place.creator_id,
        gifts=True,
        least_coins=None,
        most_coins=None,
        viewer_coins_per_day=None,
        anonymous=False,
    )
    assert send(giver, room, "acorn", anonymous=True).code == "anonymous_off"
    assert coins_of(giver.pk) == 10_000
    assert not SentGift.objects.filter(place_id=room.pk).exists()
    assert send(giver, room, "acorn").done


def test_it_is_part_of_what_was_asked(giver: User) -> None:
    room = make_room()
    one = order(giver, room, "acorn", anonymous=True)
    assert send_gifts([one])[0].done
    open_ = order(giver, room, "acorn", key=one.key)
    assert send_gifts([open_])[0].code == "repeat_differs"
    assert send_gifts([one])[0].repeated
    assert SentGift.objects.filter(place_id=room.pk).count() == 1


def test_bans_caps_and_limits_hold_all_the_same(giver: User) -> None:
    room, gift = make_room(), make_gift(60)
    Boundaries.objects.create(creator=room.place.creator, viewer_coins_per_day=100)
    assert send(giver, room, gift).done
    over = send(giver, room, gift, anonymous=True)
    assert over.details == {"limit": "creator_day", "left": 40}
    set_own_limit(giver, asset="coins", period="day", most=61)
    assert send(giver, room, make_gift(2), anonymous=True).details["limit"] == "own_day"
    owner = room.place.creator.user
    restrict(actor=owner, creator_id=owner.pk, person=giver, kind="ban")
    assert send(giver, room, make_gift(1), anonymous=True).code == "banned"
    assert coins_of(giver.pk) == 9_940


def test_the_card_of_a_person_counts_what_was_sent_with_a_name(giver: User) -> None:
    room = make_room()
    owner = signed_in(room.place.creator.user)
    path = reverse("person_card", args=[room.place.public_id, giver.handle])

    def given() -> dict[str, int]:
        return owner.get(path).context["given"]

    assert send(giver, room, "acorn", anonymous=True).done
    assert given() == {"gifts": 0, "coins": 0}
    assert send(giver, room, "acorn").done
    assert given() == {"gifts": 1, "coins": 5}
