"""Reads of the gifts app."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import F, Q, Sum
from django.utils import timezone

from creators.models import Place, RoomRules, Stream
from creators.selectors.boundaries import BOUNDARIES_PART, boundaries_at, boundaries_part
from creators.selectors.moderation import rules_of
from creators.selectors.streams import video_of
from creators.video import video_part
from gifts.boards import board_wishes, tally_of
from gifts.events import Event, chat_line, gift_event, goal_part, person
from gifts.models import (
    ChatLine,
    EndedPin,
    Gift,
    Goal,
    HiddenMessage,
    PlaceEvent,
    SentGift,
)
from gifts.pins import LEAST_COINS, LONGEST, Pin, pin_of, still
from gifts.rooms.board import Board
from gifts.sums import Sums, sums_of
from users.models import User
from wallets.statements import array

CATALOGUE_KEY = "gifts.catalogue"
CATALOGUE_SECONDS = 10
RECENT_GIFTS = 30
RECENT_LINES = 50
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
    why: str
    coins: int
    gifts: int
    place: dict[str, Any]
    recent: list[Event]
    video: dict[str, Any]
    chat: list[Event]
    chat_rules: "ChatRules"
    # The goal as it is told and how far it is; and the number with which the last one was removed.
    goal: tuple[dict[str, Any], int] | None
    goal_removed: int
    board: Board
    likes: int
    boundaries: dict[str, Any]
    pins: list[Pin]


@dataclass(frozen=True, slots=True)
class ChatRules:
    """What a creator asks of who writes, and what the room shows: the part `rules` of its state."""

    version: int
    slow_seconds: int
    followers_only: bool
    board: bool = True
    amounts: bool = True
    fullscreen: bool = True
    sound: bool = True


@dataclass(frozen=True, slots=True)
class PlaceHead:
    """How far a place is, up to where its gifts are final, and its picture."""

    seq: int
    counted: int
    epoch: str
    open: bool
    # Why the stream ended; "" while it is open.
    why: str
    video: dict[str, Any]
    chat_rules: ChatRules
    boundaries: dict[str, Any]


def room_rows(place_id: int) -> RoomRows:
    """A place, its totals and its latest gifts. Raises Place.DoesNotExist."""
    place = Place.objects.select_related("creator__user", "stream").get(pk=place_id)
    sums = sums_of(place_id)
    sent = list(
        SentGift.objects.filter(
            place_id=place_id, seq__lte=sums.seq, state=SentGift.State.SENT
        ).order_by("-seq")[:RECENT_GIFTS]
    )
    return RoomRows(
        place_id=place_id,
        epoch=str(place.epoch),
        seq=sums.seq,
        counted=sums.counted,
        open=sums.open,
        why=sums.why,
        coins=sums.coins,
        gifts=sums.gifts,
        place={
            "id": str(place.public_id),
            "kind": place.kind,
            "title": place.stream.title if place.kind == Place.Kind.STREAM else "",
            "creator": person(place.creator.user),
        },
        recent=gift_events(list(reversed(sent))),
        video=video_of(place.pk),
        chat=latest_lines(place_id),
        chat_rules=chat_rules_of(rules_of(place.creator_id)),
        goal=_goal(sums),
        goal_removed=sums.goal_removed or 0,
        board=_board(place_id, sums),
        likes=tally_of(place_id).likes,
        boundaries=boundaries_at(place_id),
        pins=pins_now(place_id),
    )


def chat_rules_of(rules: RoomRules) -> ChatRules:
    return ChatRules(**{name: getattr(rules, name) for name in ChatRules.__dataclass_fields__})


def _goal(sums: Sums) -> tuple[dict[str, Any], int] | None:
    if sums.goal_id is None or sums.goal_removed is not None:
        return None
    goal = Goal.objects.select_related("gift").get(pk=sums.goal_id)
    return goal_part(goal), sums.goal_progress


def _board(place_id: int, sums: Sums) -> Board:
    """Everybody who gave, and what is to be known of those who may be shown."""
    people = User.objects.in_bulk(sums.givers)
    given = zip(sums.givers, sums.given, strict=True)
    board = Board.of((person(people[id]), coins) for id, coins in given if id in people)
    board.learn(board_wishes({place_id: board.strangers()})[place_id])
    return board


def place_heads(place_ids: Iterable[int]) -> dict[int, PlaceHead]:
    """How far these places are, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.id, p.seq, p.counted, p.epoch, p.open, coalesce(s.ended_why, ''),
                      coalesce(r.version, 0), coalesce(r.slow_seconds, 0),
                      coalesce(r.followers_only, false),
                      coalesce(r.board, true), coalesce(r.amounts, true),
                      coalesce(r.fullscreen, true), coalesce(r.sound, true),
                      b.state, b.name, b.version, {BOUNDARIES_PART}
               FROM creators_place p
               LEFT JOIN creators_stream s ON s.place_id = p.id
               LEFT JOIN creators_roomrules r ON r.creator_id = p.creator_id
               LEFT JOIN creators_broadcast b ON b.stream_id = p.id
               LEFT JOIN creators_boundaries w ON w.creator_id = p.creator_id
               WHERE p.id = ANY(%s::bigint[])""",  # noqa: S608
            [array(place_ids)],
        )
        return {
            id: PlaceHead(
                seq,
                counted,
                str(epoch),
                open,
                why,
                video_part(*rest[7:10]),
                ChatRules(*rest[:7]),
                boundaries_part(*rest[10:]),
            )
            for id, seq, counted, epoch, open, why, *rest in cursor.fetchall()
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
    events = [*gift_events(list(sent)), *map(with_texts, others.values_list("data", flat=True))]
    return sorted(events, key=lambda event: event["seq"])[:most]


def gift_events(sent: Sequence[SentGift]) -> list[Event]:
    """The events of sent gifts, as they were when they were sent."""
    gifts = Gift.objects.in_bulk({row.gift_id for row in sent})
    senders = User.objects.in_bulk({row.sender_id for row in sent if not row.anonymous})
    people = {user.pk: person(user) for user in senders.values()}
    hidden = hidden_messages(row.id for row in sent if row.message)
    return [
        gift_event(
            id=row.id,
            seq=row.seq,
            gift=gifts[row.gift_id],
            sender=None if row.anonymous else people.get(row.sender_id),
            quantity=row.quantity,
            coins=row.coins,
            streak_id=row.streak_id,
            streak_count=row.streak_count,
            streak_coins=row.streak_coins,
            message="" if row.id in hidden else row.message,
            created=row.created,
        )
        for row in sent
    ]


# --- what is said ---------------------------------------------------------------------------------
def hidden_messages(gift_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these gifts whose message is shown nowhere."""
    ids = list(gift_ids)
    if not ids:
        return set()
    return set(HiddenMessage.objects.filter(pk__in=ids).values_list("pk", flat=True))


def latest_lines(place_id: int) -> list[Event]:
    """The latest lines of a place that are not hidden, oldest first, as events."""
    lines = ChatLine.objects.filter(place=place_id, hidden=False).select_related("sender")
    return line_events(reversed(lines.order_by("-created", "-pk")[:RECENT_LINES]))


def line_events(lines: Iterable[ChatLine]) -> list[Event]:
    return [
        chat_line(id=line.pk, sender=person(line.sender), text=line.text, created=line.created)
        for line in lines
    ]


def lines_of(place_id: int, sender_id: int, *, most: int) -> list[ChatLine]:
    """The latest that somebody said in a place, hidden or not, newest first."""
    lines = ChatLine.objects.filter(place=place_id, sender=sender_id)
    return list(lines.order_by("-created", "-pk")[:most])


def given_in(place_id: int, sender_id: int) -> dict[str, int]:
    """What somebody gave in a place under their name, less what came back: gifts and coins."""
    sent = SentGift.objects.filter(
        place_id=place_id, sender_id=sender_id, state=SentGift.State.SENT, anonymous=False
    )
    return sent.aggregate(gifts=Sum("quantity", default=0), coins=Sum("coins", default=0))


def pins_now(place_id: int) -> list[Pin]:
    """The pins of a place that nobody has ended, in the order of their gifts."""
    now = timezone.now()
    sent = list(
        SentGift.objects.filter(
            place_id=place_id,
            created__gt=now - LONGEST,
            coins__gte=LEAST_COINS,
            state=SentGift.State.SENT,
        )
        .exclude(message="")
        .order_by("seq")
    )
    return still(pins_of(sent).values(), now)


def pins_of(sent: Sequence[SentGift]) -> dict[str, Pin]:
    """The pins of these gifts by the gift's id, without those that somebody ended."""
    ended = set(
        EndedPin.objects.filter(pk__in=[row.pk for row in sent]).values_list("pk", flat=True)
    )
    pins = [pin_of(event) for event in gift_events([row for row in sent if row.pk not in ended])]
    return {pin["gift_id"]: pin for pin in pins if pin}


def with_texts(event: Event) -> Event:
    """What is shown again says what it is, unless it was hidden once more since."""
    if event["type"] != "shown":
        return event
    lines = ChatLine.objects.filter(pk__in=event["lines"], hidden=False).select_related("sender")
    sent = SentGift.objects.filter(pk__in=event["gifts"]).in_bulk()
    hidden = hidden_messages(sent)
    pins = pins_of([row for row in sent.values() if row.state == SentGift.State.SENT])
    messages = [
        {
            "event_id": str(row.pk),
            "streak_id": str(row.streak_id),
            "message": row.message,
            "pin": pins.get(str(row.pk)),
        }
        for row in sent.values()
        if row.pk not in hidden
    ]
    return event | {"chat": line_events(lines.order_by("created", "pk")), "messages": messages}


def place_by_public_id(public_id: UUID) -> Place:
    """Raises Place.DoesNotExist."""
    return Place.objects.select_related("creator").get(public_id=public_id)
