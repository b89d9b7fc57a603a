"""Reads of the gifts app."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Q, Sum
from django.utils import timezone

from creators.models import Place, RoomRules, Stream
from creators.selectors.moderation import bans_now, rules_of
from creators.selectors.streams import video_of
from creators.video import video_part
from gifts.boards import board_wishes, tally_of
from gifts.events import Event, chat_line, gift_event, goal_part, person
from gifts.models import ChatLine, Gift, Goal, HiddenMessage, PlaceEvent, SentGift, UndoDay
from gifts.rooms.board import Board
from gifts.rules import confirm_from, rules, undo_seconds_of
from users.models import Block, User
from users.selectors import handles_blocked_by
from wallets.limits import local_day
from wallets.models import Account
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
class Sums:
    """A place and what was given in it, all as of one moment."""

    seq: int
    counted: int
    open: bool
    why: str
    coins: int
    gifts: int
    goal_id: int | None
    goal_removed: int | None
    goal_coins: int
    goal_gifts: int
    givers: list[int]
    given: list[int]


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


def room_rows(place_id: int) -> RoomRows:
    """A place, its totals and its latest gifts. Raises Place.DoesNotExist."""
    place = Place.objects.select_related("creator__user", "stream").get(pk=place_id)
    sums = _sums(place_id)
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
    )


def chat_rules_of(rules: RoomRules) -> ChatRules:
    return ChatRules(**{name: getattr(rules, name) for name in ChatRules.__dataclass_fields__})


def _sums(place_id: int) -> Sums:
    """In one statement, so that numbers, totals, goal and board are of the same moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.seq, p.counted, p.open, coalesce(w.ended_why, ''),
                      coalesce(t.coins, 0), coalesce(t.gifts, 0),
                      o.id, o.removed_seq, f.coins, f.gifts,
                      coalesce(b.givers, '{}'), coalesce(b.given, '{}')
               FROM creators_place p LEFT JOIN gifts_placetotals t ON t.place_id = p.id
               LEFT JOIN creators_stream w ON w.place_id = p.id
               LEFT JOIN LATERAL (
                   SELECT id, removed_seq, since, gift_id FROM gifts_goal
                   WHERE place_id = p.id ORDER BY id DESC LIMIT 1) o ON true
               CROSS JOIN LATERAL (
                   SELECT coalesce(sum(e.coins - e.taken_back_coins), 0)::bigint AS coins,
                          coalesce(sum(g.quantity) FILTER (WHERE g.state = 'sent'), 0)::bigint
                              AS gifts
                   FROM gifts_sentgift g JOIN creators_earning e ON e.operation_id = g.id
                   WHERE g.place_id = p.id AND g.seq > o.since AND o.removed_seq IS NULL
                     AND (o.gift_id IS NULL OR g.gift_id = o.gift_id)) f
               CROSS JOIN LATERAL (
                   SELECT array_agg(sender_id) AS givers, array_agg(coins) AS given
                   FROM (SELECT g.sender_id, sum(e.coins - e.taken_back_coins)::bigint AS coins
                         FROM gifts_sentgift g JOIN creators_earning e ON e.operation_id = g.id
                         WHERE g.place_id = p.id GROUP BY g.sender_id) s WHERE s.coins > 0) b
               WHERE p.id = %s""",
            [place_id],
        )
        return Sums(*cursor.fetchone())


def _goal(sums: Sums) -> tuple[dict[str, Any], int] | None:
    if sums.goal_id is None or sums.goal_removed is not None:
        return None
    goal = Goal.objects.select_related("gift").get(pk=sums.goal_id)
    return goal_part(goal), sums.goal_gifts if goal.gift_id else sums.goal_coins


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
            """SELECT p.id, p.seq, p.counted, p.epoch, p.open, coalesce(s.ended_why, ''),
                      coalesce(r.version, 0), coalesce(r.slow_seconds, 0),
                      coalesce(r.followers_only, false),
                      coalesce(r.board, true), coalesce(r.amounts, true),
                      coalesce(r.fullscreen, true), coalesce(r.sound, true),
                      b.state, b.name, b.version
               FROM creators_place p
               LEFT JOIN creators_stream s ON s.place_id = p.id
               LEFT JOIN creators_roomrules r ON r.creator_id = p.creator_id
               LEFT JOIN creators_broadcast b ON b.stream_id = p.id
               WHERE p.id = ANY(%s::bigint[])""",
            [array(place_ids)],
        )
        return {
            id: PlaceHead(
                seq, counted, str(epoch), open, why, video_part(*rest[7:]), ChatRules(*rest[:7])
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
    senders = User.objects.in_bulk({row.sender_id for row in sent})
    people = {user.pk: person(user) for user in senders.values()}
    hidden = hidden_messages(row.id for row in sent if row.message)
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
    """What somebody gave in a place, less what came back: gifts and coins."""
    sent = SentGift.objects.filter(
        place_id=place_id, sender_id=sender_id, state=SentGift.State.SENT
    )
    return sent.aggregate(gifts=Sum("quantity", default=0), coins=Sum("coins", default=0))


def with_texts(event: Event) -> Event:
    """What is shown again says what it is, unless it was hidden once more since."""
    if event["type"] != "shown":
        return event
    lines = ChatLine.objects.filter(pk__in=event["lines"], hidden=False).select_related("sender")
    sent = SentGift.objects.filter(pk__in=event["gifts"]).in_bulk()
    hidden = hidden_messages(sent)
    messages = [
        {"event_id": str(row.pk), "streak_id": str(row.streak_id), "message": row.message}
        for row in sent.values()
        if row.pk not in hidden
    ]
    return event | {"chat": line_events(lines.order_by("created", "pk")), "messages": messages}


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """What a viewer's own page knows of its person."""

    active: bool
    # Whose rooms are closed to this person, by a ban or a block.
    kept_out_by: frozenset[int]
    message: dict[str, Any]


def viewers_own(user_ids: Sequence[int]) -> dict[int, Me]:
    """What the snapshots of these people say about themselves, in seven statements."""
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
    shut: dict[int, set[int]] = {}
    bans = bans_now().filter(person__in=user_ids).values_list("person_id", "creator_id")
    # Staff go where they work, whoever blocked them.
    blocks = Block.objects.filter(blocked__in=user_ids, blocked__is_staff=False)
    for person_id, creator_id in (*bans, *blocks.values_list("blocked_id", "blocker_id")):
        shut.setdefault(person_id, set()).add(creator_id)
    blocked = handles_blocked_by(user_ids)
    return {
        user.pk: Me(
            active=user.is_active,
            kept_out_by=frozenset(shut.get(user.pk, ())),
            message=person(user)
            | {
                "coins": wallets[user.pk].spendable,
                "pseq": wallets[user.pk].debits_posted + wallets[user.pk].credits_posted,
                "undo_left_today": max(0, settings.UNDO_PER_DAY - undos.get(user.pk, 0)),
                "undo_seconds": undo_seconds_of(user, rules()),
                "confirm_from_coins": confirm_from(user, rules()),
                "blocked": blocked[user.pk],
            },
        )
        for user in User.objects.filter(pk__in=user_ids)
    }


def place_by_public_id(public_id: UUID) -> Place:
    """Raises Place.DoesNotExist."""
    return Place.objects.select_related("creator").get(public_id=public_id)
