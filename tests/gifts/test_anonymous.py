"""A gift without a name: the sender is in nothing that anybody but the sender and staff gets."""

import asyncio
import json
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from creators.actions.boundaries import save_boundaries
from creators.actions.moderating import name_moderator, restrict
from creators.models import Boundaries, Earning, ModerationAct, Restriction, Stream
from gifts.actions.overlays import make_overlay
from gifts.actions.sending import send_gifts
from gifts.boards import board_wishes
from gifts.models import PlaceEvent, SentGift
from gifts.rooms.state import RoomState
from gifts.selectors import events_after, room_rows
from tests.gifts.make import make_gift, make_room, make_viewer, order, send, undo
from tests.gifts.sockets import join
from tests.gifts.test_blocks import kept_out_by
from tests.live import Site
from tests.make import make_staff
from tests.wallets.economy import recharge
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


def sender_path(room: Stream, giver: User) -> str:
    """The card of the sender of this person's latest anonymous gift in a room."""
    sent = SentGift.objects.filter(place_id=room.pk, sender_id=giver.pk, anonymous=True)
    return reverse("sender_card", args=[room.place.public_id, sent.latest("seq").pk])


def test_the_sender_is_banned_let_in_again_and_stays_unknown(settings: Any, giver: User) -> None:
    settings.STREAK_IDLE_SECONDS = -3600
    room = make_room()
    token = make_overlay(creator_id=room.place.creator_id)
    owner_user = room.place.creator.user
    moderator = make_viewer()
    name_moderator(creator_id=owner_user.pk, actor=owner_user, handle=moderator.handle)
    owner, helper = signed_in(owner_user), signed_in(moderator)
    secrets = secrets_of(giver)
    assert send(giver, room, "acorn", anonymous=True).done
    path = sender_path(room, giver)
    log = reverse("moderation_log", args=[owner_user.handle])

    def told() -> str:
        """All that the creator's side is shown, of the ban too."""
        assert leaks(room, token, secrets) == []
        seen = [client.get(at).content.decode() for client in (owner, helper) for at in (path, log)]
        part = owner.get(path, headers={"X-Part": "card"}).content.decode()
        text = "".join([*seen, part, *surfaces(room, token).values()])
        assert [secret for secret in secrets if secret.casefold() in text.casefold()] == []
        return seen[1]

    assert "anonymous gift" not in told()
    assert helper.post(path, {"act": "ban", "reason": "Insults"}).status_code == 302
    assert "Sender of an anonymous gift" in told()
    assert send(giver, room, "acorn").code == "banned"
    assert kept_out_by(giver) == {owner_user.pk}
    assert owner.post(path, {"act": "ban"}).status_code == 409
    # Staff read who it was.
    staff = signed_in(make_staff("moderation"))
    assert giver.handle in staff.get(log).content.decode()

    banned = ModerationAct.objects.get(creator=owner_user.pk, kind="ban")
    owner.post(reverse("undo_moderation", args=[banned.pk]))
    assert "let in again" in told()
    assert kept_out_by(giver) == frozenset()
    assert send(giver, room, "acorn", anonymous=True).done
    assert owner.post(sender_path(room, giver), {"act": "ban"}).status_code == 302
    assert owner.post(sender_path(room, giver), {"act": "unban"}).status_code == 302
    assert "let in again" in told()
    assert kept_out_by(giver) == frozenset()


def test_a_ban_without_a_name_says_nothing_of_the_name_and_the_other_way_round(
    giver: User,
) -> None:
    room, other = make_room(), make_viewer(100)
    owner_user = room.place.creator.user
    owner = signed_in(owner_user)
    for one in (giver, giver, other):
        assert send(one, room, "acorn", anonymous=True).done
    for one in (giver, other):
        assert send(one, room, "acorn").done
    gifts = SentGift.objects.filter(place_id=room.pk, anonymous=True).order_by("seq")
    paths = [
        reverse("sender_card", args=[room.place.public_id, pk])
        for pk in gifts.values_list("pk", flat=True)
    ]
    cards = [
        reverse("person_card", args=[room.place.public_id, one.handle]) for one in (giver, other)
    ]

    def look(person: User) -> tuple[object, ...]:
        """What the creator can see of somebody by name."""
        card = reverse("person_card", args=[room.place.public_id, person.handle])
        seen = owner.get(card).context
        listed = board_wishes({room.pk: [person.handle]})[room.pk][person.handle].listed
        return bool(seen["held"]), len(seen["acts"]), listed

    # By the one gift; the other person looks the same, and so does the other gift.
    assert owner.post(paths[0], {"act": "ban"}).status_code == 302
    assert look(giver) == look(other) == (False, 0, True)
    assert [owner.get(path).context["is_banned"] for path in paths] == [True, False, False]
    # Banning everybody by everything is answered alike, and listed alike.
    for path in (*paths[1:], *cards):
        assert owner.post(path, {"act": "ban"}).status_code == 302
    assert look(giver) == look(other) == (True, 1, False)
    log = owner.get(reverse("moderation_log", args=[owner_user.handle]))
    assert log.content.count(b"/undo/") == 5
    # So is letting in; only then the person is.
    for path in (*cards, paths[2], *paths[:2]):
        assert kept_out_by(giver) == {owner_user.pk}
        assert owner.post(path, {"act": "unban"}).status_code == 302
    assert look(giver) == look(other) == (False, 2, True)
    assert kept_out_by(giver) == frozenset()


def test_only_who_moderates_asks_for_a_sender_and_only_of_gifts_without_a_name(
    giver: User,
) -> None:
    room, elsewhere = make_room(), make_room()
    assert send(giver, room, "acorn", anonymous=True).done
    path = sender_path(room, giver)
    owner = signed_in(room.place.creator.user)
    for client in (signed_in(make_viewer()), signed_in(elsewhere.place.creator.user)):
        assert client.get(path).status_code == 404
        assert client.post(path, {"act": "ban"}).status_code == 404
    assert Client().post(path, {"act": "ban"}).status_code == 302  # to signing in
    named = send(giver, room, "acorn").operation
    for place, gift in ((room, named), (elsewhere, sent_to(room))):
        at = reverse("sender_card", args=[place.place.public_id, gift])
        assert signed_in(place.place.creator.user).post(at, {"act": "ban"}).status_code == 404
    # A gift of somebody on whom the creator does not act.
    staff = make_staff("moderation", date_of_birth=giver.date_of_birth)
    recharge(staff, 10, tax=1)
    assert send(staff, room, "acorn", anonymous=True).done
    assert owner.post(sender_path(room, staff), {"act": "ban"}).status_code == 403
    assert not Restriction.objects.filter(creator=room.place.creator_id).exists()


def sent_to(room: Stream) -> Any:
    return SentGift.objects.filter(place_id=room.pk, anonymous=True).latest("seq").pk


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
