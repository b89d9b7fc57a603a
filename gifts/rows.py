"""What a batch of gifts reads and writes: one statement each, whatever the size of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from gifts.models import Gift, SentGift
from users.models import Block, User
from wallets.errors import LedgerBroken
from wallets.models import RateCard
from wallets.rows import array


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
    coins_today: dict[int, int]
    streaks: dict[tuple[int, int, int], StreakFacts] = field(default_factory=dict)


def read_places(ids: Iterable[int]) -> dict[int, PlaceFacts]:
    """Places with their totals; they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.id, p.creator_id, p.open, p.seq, p.counted,
                      coalesce(t.coins, 0), coalesce(t.gifts, 0)
               FROM creators_place p LEFT JOIN gifts_placetotals t ON t.place_id = p.id
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


def read_days(user_ids: Iterable[int], day: date) -> dict[int, tuple[int, int]]:
    """Coins sent and gifts taken back by these people on a day; their wallets are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT user_id, coins, undos FROM gifts_senderday
               WHERE user_id = ANY(%s::bigint[]) AND day = %s""",
            [array(user_ids), day],
        )
        return {user: (coins, undos) for user, coins, undos in cursor.fetchall()}


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


SENT_COLUMNS = {
    "id": "uuid",
    "place_id": "bigint",
    "seq": "bigint",
    "sender_id": "bigint",
    "creator_id": "bigint",
    "gift_id": "bigint",
    "rate_card_id": "bigint",
    "quantity": "bigint",
    "coins": "bigint",
    "diamonds": "bigint",
    "streak_id": "uuid",
    "streak_count": "bigint",
    "streak_coins": "bigint",
    "coin_transfer": "uuid",
    "diamond_transfer": "uuid",
    "message": "text",
    "created": "timestamptz",
    "undo_until": "timestamptz",
}


def insert_sent_gifts(sent: Sequence[SentGift]) -> None:
    names = ", ".join(SENT_COLUMNS)
    arrays = ", ".join(f"%s::{type}[]" for type in SENT_COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO gifts_sentgift ({names}, state)
                SELECT {names}, 'sent' FROM unnest({arrays}) AS g ({names})""",  # noqa: S608
            [array(getattr(row, name) for row in sent) for name in SENT_COLUMNS],
        )
        expect(cursor.rowcount, len(sent), "sent gifts")


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


def add_to_days(added: dict[tuple[int, date], tuple[int, int]]) -> None:
    """Add (coins, undos) to days of people whose wallets are locked."""
    if not added:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_senderday AS s (user_id, day, coins, undos)
               SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::int[])
               ON CONFLICT (user_id, day)
               DO UPDATE SET coins = s.coins + excluded.coins, undos = s.undos + excluded.undos""",
            [
                array(user for user, _ in added),
                array(day for _, day in added),
                array(coins for coins, _ in added.values()),
                array(undos for _, undos in added.values()),
            ],
        )


def take_from_days(back: dict[tuple[int, date], int]) -> None:
    """Coins that came back count no more on the day on which they were spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE gifts_senderday s SET coins = s.coins - d.coins
               FROM unnest(%s::bigint[], %s::date[], %s::bigint[]) AS d (user_id, day, coins)
               WHERE s.user_id = d.user_id AND s.day = d.day""",
            [array(user for user, _ in back), array(day for _, day in back), array(back.values())],
        )
        expect(cursor.rowcount, len(back), "days")


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
