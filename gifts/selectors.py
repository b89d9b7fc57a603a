"""Reads of the gifts app."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from creators.models import Place, Stream
from creators.selectors.streams import video_of
from creators.video import video_part
from gifts.events import Event, gift_event, person
from gifts.models import Gift, PlaceEvent, SentGift, UndoDay
from gifts.rows import confirm_from, undo_seconds_of
from users.models import Block, User
from wallets.limits import local_day
from wallets.models import Account
from wallets.statements import array

CATALOGUE_KEY = "gifts.catalogue"
CATALOGUE_SECONDS = 10
RECENT_GIFTS = 30
# However long no worker ran, what ended since is counted to its end.
COUNTED_AFTER_END = timedelta(days=7)


def catalogue() -> list[Gift]:
    """What can be sent now, in the order of the shelf; at most ten seconds old."""
    found: list[Gift] | None = cache.get(CATALOGUE_KEY)
    if found is None:
        found = list(Gift.objects.filter(active=True))
        cache.set(CATALOGUE_KEY, found, CATALOGUE_SECONDS)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRows:
    """A place as the database has it: what a snapshot is made of."""

    place_id: int
    epoch: str
    seq: int
    counted: int
    open: bool
    coins: int
    gifts: int
    place: dict[str, Any]
    recent: list[Event]
    video: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceHead:
    """How far a place is, up to where its gifts are final, and its picture."""

    seq: int
    counted: int
    epoch: str
    open: bool
    video: dict[str, Any]


def room_rows(place_id: int) -> RoomRows:
    """A place, its totals and its latest gifts. Raises Place.DoesNotExist."""
    place = Place.objects.select_related("creator__user", "stream").get(pk=place_id)
    seq, counted, is_open, coins, gifts = _head_and_totals(place_id)
    sent = list(
        SentGift.objects.filter(
            place_id=place_id, seq__lte=seq, state=SentGift.State.SENT
        ).order_by("-seq")[:RECENT_GIFTS]
    )
    return RoomRows(
        place_id=place_id,
        epoch=str(place.epoch),
        seq=seq,
        counted=counted,
        open=is_open,
        coins=coins,
        gifts=gifts,
        place={
            "id": str(place.public_id),
            "kind": place.kind,
            "title": place.stream.title if place.kind == Place.Kind.STREAM else "",
            "creator": person(place.creator.user),
        },
        recent=gift_events(list(reversed(sent))),
        video=video_of(place.pk),
    )


def _head_and_totals(place_id: int) -> tuple[int, int, bool, int, int]:
    """In one statement: the number and the totals are of the same moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.seq, p.counted, p.open, coalesce(t.coins, 0), coalesce(t.gifts, 0)
               FROM creators_place p LEFT JOIN gifts_placetotals t ON t.place_id = p.id
               WHERE p.id = %s""",
            [place_id],
        )
        return cursor.fetchone()


def place_heads(place_ids: Iterable[int]) -> dict[int, PlaceHead]:
    """How far these places are, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.id, p.seq, p.counted, p.epoch, p.open, b.state, b.name, b.version
               FROM creators_place p LEFT JOIN creators_broadcast b ON b.stream_id = p.id
               WHERE p.id = ANY(%s::bigint[])""",
            [array(place_ids)],
        )
        return {
            id: PlaceHead(seq, counted, str(epoch), open, video_part(*picture))
            for id, seq, counted, epoch, open, *picture in cursor.fetchall()
        }


def places_to_count() -> list[int]:
    """Places of streams that are live or have ended, of which not all gifts are final."""
    since = timezone.now() - COUNTED_AFTER_END
    streams = Stream.objects.filter(
        Q(state=Stream.State.LIVE) | Q(state=Stream.State.ENDED, ended__gte=since)
    )
    return list(
        streams.filter(place__counted__lt=F("place__seq"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def events_after(place_id: int, seq: int, *, most: int = 1_000) -> list[Event]:
    """What has a number above `seq` in a place, in order, as it was told."""
    sent = SentGift.objects.filter(place_id=place_id, seq__gt=seq).order_by("seq")[:most]
    others = PlaceEvent.objects.filter(place_id=place_id, seq__gt=seq).order_by("seq")[:most]
    events = [*gift_events(list(sent)), *others.values_list("data", flat=True)]
    return sorted(events, key=lambda event: event["seq"])[:most]


def gift_events(sent: Sequence[SentGift]) -> list[Event]:
    """The events of sent gifts, as they were when they were sent."""
    gifts = Gift.objects.in_bulk({row.gift_id for row in sent})
    senders = User.objects.in_bulk({row.sender_id for row in sent})
    people = {user.pk: person(user) for user in senders.values()}
    return [
        gift_event(
            id=row.id,
            seq=row.seq,
            gift=gifts[row.gift_id],
            sender=people.get(row.sender_id),
            quantity=row.quantity,
            coins=row.coins,
            streak_id=row.streak_id,
            streak_count=row.streak_count,
            streak_coins=row.streak_coins,
            message=row.message,
            created=row.created,
        )
        for row in sent
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """What a viewer's own page knows of its person."""

    active: bool
    message: dict[str, Any]


def viewers_own(user_ids: Sequence[int]) -> dict[int, Me]:
    """What the snapshots of these people say about themselves, in three statements."""
    wallets = {
        account.owner_id: account
        for account in Account.objects.filter(
            owner_id__in=user_ids, kind=Account.Kind.WALLET, ref=""
        )
    }
    undos = dict(
        UndoDay.objects.filter(user_id__in=user_ids, day=local_day(timezone.now())).values_list(
            "user_id", "undos"
        )
    )
    return {
        user.pk: Me(
            active=user.is_active,
            message=person(user)
            | {
                "coins": wallets[user.pk].spendable,
                "pseq": wallets[user.pk].debits_posted + wallets[user.pk].credits_posted,
                "undo_left_today": max(0, settings.UNDO_PER_DAY - undos.get(user.pk, 0)),
                "undo_seconds": undo_seconds_of(user),
                "confirm_from_coins": confirm_from(user),
            },
        )
        for user in User.objects.filter(pk__in=user_ids)
    }


def place_by_public_id(public_id: UUID) -> Place:
    """Raises Place.DoesNotExist."""
    return Place.objects.select_related("creator").get(public_id=public_id)


def is_blocked_at(user_id: int, place_id: int) -> bool:
    """Whether this person and the creator of the place have blocked one another."""
    return Block.objects.filter(
        Q(blocker=user_id, blocked__creator__places=place_id)
        | Q(blocked=user_id, blocker__creator__places=place_id)
    ).exists()
