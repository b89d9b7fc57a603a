"""What a batch of gifts reads and writes: one statement each, whatever the size of the batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from gifts.models import Gift, SentGift, UndoDay
from users.models import Block, User
from wallets.errors import LedgerBroken
from wallets.models import RateCard
from wallets.rows import array, copy_rows


@dataclass(slots=True)
class PlaceFacts:
    """A locked place, carried forward through the batch."""

    id: int
    creator_id: int
    open: bool
    seq: int
    counted: int
    coins: int
    gifts: int
    # The most that one viewer can send to the creator in a day.
    viewer_coins_per_day: int | None


@dataclass(slots=True)
class StreakFacts:
    """A run of one gift from one sender: as of its last sending."""

    id: UUID
    count: int
    coins: int
    last: datetime


@dataclass(slots=True)
class SendingFacts:
    """What judging a batch of gifts needs, carried forward from gift to gift."""

    day: date
    card: RateCard | None
    places: dict[int, PlaceFacts]
    gifts: dict[str, Gift]
    senders: dict[int, User]
    blocks: set[tuple[int, int]]
    # Coins sent today by (sender, creator), where the creator set a most.
    sent_today: dict[tuple[int, int], int]
    streaks: dict[tuple[int, int, int], StreakFacts] = field(default_factory=dict)
    # Senders whose age was found to be enough.
    of_age: set[int] = field(default_factory=set)


def read_places(ids: Iterable[int]) -> dict[int, PlaceFacts]:
    """Places with their totals; they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.id, p.creator_id, p.open, p.seq, p.counted,
                      coalesce(t.coins, 0), coalesce(t.gifts, 0), b.viewer_coins_per_day
               FROM creators_place p LEFT JOIN gifts_placetotals t ON t.place_id = p.id
               LEFT JOIN creators_boundaries b USING (creator_id)
               WHERE p.id = ANY(%s::bigint[])""",
            [array(ids)],
        )
        return {row[0]: PlaceFacts(*row) for row in cursor.fetchall()}


def read_card(now: datetime) -> RateCard | None:
    return RateCard.objects.filter(starts__lte=now).order_by("-starts").first()


def read_blocks(senders: Iterable[int], creators: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs (sender, creator) of whom one blocked the other."""
    people, receivers = list(senders), list(creators)
    pairs = Block.objects.filter(
        Q(blocker__in=people, blocked__in=receivers) | Q(blocker__in=receivers, blocked__in=people)
    ).values_list("blocker_id", "blocked_id")
    return {pair for one, other in pairs for pair in ((one, other), (other, one))}


def read_undos(user_ids: Iterable[int], day: date) -> dict[int, int]:
    """How often these people undid on a day; their wallets are locked."""
    return dict(
        UndoDay.objects.filter(user_id__in=set(user_ids), day=day).values_list("user_id", "undos")
    )


def read_supporters(pairs: Iterable[tuple[int, int]], day: date) -> dict[tuple[int, int], int]:
    """Coins that senders sent to creators on a day, of those (sender, creator) where the creator
    set a most; the senders' wallets are locked."""
    asked = list(dict.fromkeys(pairs))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.sender_id, s.creator_id, s.coins
               FROM unnest(%s::bigint[], %s::bigint[]) AS a (sender_id, creator_id)
               JOIN gifts_supporterday s USING (sender_id, creator_id) WHERE s.day = %s""",
            [*(array(pair[i] for pair in asked) for i in range(2)), day],
        )
        return {(sender, creator): coins for sender, creator, coins in cursor.fetchall()}


def read_streaks(
    asked: Iterable[tuple[int, int, int]], *, since: datetime
) -> dict[tuple[int, int, int], StreakFacts]:
    """The runs of (sender, place, gift) whose last sending is not older than `since`."""
    asked = list(dict.fromkeys(asked))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.sender_id, a.place_id, a.gift_id, s.streak_id, s.streak_count,
                      s.streak_coins, s.created
               FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
                    AS a (sender_id, place_id, gift_id)
               CROSS JOIN LATERAL (
                   SELECT streak_id, streak_count, streak_coins, created FROM gifts_sentgift
                   WHERE sender_id = a.sender_id AND created >= %s AND place_id = a.place_id
                     AND gift_id = a.gift_id AND state = 'sent'
                   ORDER BY created DESC, seq DESC LIMIT 1) s""",
            [*(array(one[i] for one in asked) for i in range(3)), since],
        )
        return {tuple(row[:3]): StreakFacts(*row[3:]) for row in cursor.fetchall()}


SENT_COLUMNS = (
    "id", "place_id", "seq", "sender_id", "creator_id", "gift_id", "rate_card_id", "quantity",
    "coins", "diamonds", "streak_id", "streak_count", "streak_coins", "coin_transfer",
    "diamond_transfer", "message", "created", "undo_until", "state",
)  # fmt: skip
_sent_values = attrgetter(*SENT_COLUMNS)


def insert_sent_gifts(sent: Sequence[SentGift]) -> None:
    count = copy_rows("gifts_sentgift", SENT_COLUMNS, map(_sent_values, sent))
    expect(count, len(sent), "sent gifts")


def write_places(places: Sequence[PlaceFacts]) -> None:
    """Keep the last number and the totals of these places; they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE creators_place p SET seq = d.seq
               FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, seq) WHERE p.id = d.id""",
            [array(p.id for p in places), array(p.seq for p in places)],
        )
        expect(cursor.rowcount, len(places), "places")
        cursor.execute(
            """INSERT INTO gifts_placetotals (place_id, coins, gifts)
               SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
               ON CONFLICT (place_id)
               DO UPDATE SET coins = excluded.coins, gifts = excluded.gifts""",
            [
                array(p.id for p in places),
                array(p.coins for p in places),
                array(p.gifts for p in places),
            ],
        )
        expect(cursor.rowcount, len(places), "totals")


def count_undos(undos: Mapping[int, int], day: date) -> None:
    """Add undos to the day of people whose wallets are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_undoday AS s (user_id, day, undos)
               SELECT user_id, %s, undos FROM unnest(%s::bigint[], %s::int[]) AS d (user_id, undos)
               ON CONFLICT (user_id, day) DO UPDATE SET undos = s.undos + excluded.undos""",
            [day, array(undos), array(undos.values())],
        )
        expect(cursor.rowcount, len(undos), "undos")


# Coins by (sender, creator, day).
SupporterDays = Mapping[tuple[int, int, date], int]


def add_to_supporters(sent: SupporterDays) -> None:
    """Add coins to the days of supporters whose wallets are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_supporterday AS s (sender_id, creator_id, day, coins)
               SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[])
               ON CONFLICT (sender_id, creator_id, day)
               DO UPDATE SET coins = s.coins + excluded.coins""",
            _columns(sent),
        )
        expect(cursor.rowcount, len(sent), "supporters' days")


def take_from_supporters(back: SupporterDays) -> None:
    """Coins that came back count no more on the day on which they were sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE gifts_supporterday s SET coins = s.coins - d.coins
               FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[])
                    AS d (sender_id, creator_id, day, coins)
               WHERE s.sender_id = d.sender_id AND s.creator_id = d.creator_id
                 AND s.day = d.day""",
            _columns(back),
        )
        expect(cursor.rowcount, len(back), "supporters' days")


def _columns(days: SupporterDays) -> list[str]:
    return [*(array(day[i] for day in days) for i in range(3)), array(days.values())]


def insert_place_events(events: Sequence[dict[str, Any]]) -> None:
    """Rows of PlaceEvent: id, place_id, seq, type, data (JSON text), created."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_placeevent (id, place_id, seq, type, data, created)
               SELECT id, place_id, seq, type, data::jsonb, created
               FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
                           %s::timestamptz[]) AS e (id, place_id, seq, type, data, created)""",
            [
                array(event[name] for event in events)
                for name in ("id", "place_id", "seq", "type", "data", "created")
            ],
        )
        expect(cursor.rowcount, len(events), "place events")


def expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise LedgerBroken(f"{found} {what} written instead of {wanted}")
