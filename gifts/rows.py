"""What a batch of gifts reads and writes: one statement each, whatever the size of the batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

from gifts.models import Gift, SentGift, UndoDay
from gifts.orders import GiftOrder
from gifts.rules import Rules, confirm_from, rules, undo_seconds_of
from users.models import User
from wallets.limits import local_day
from wallets.models import RateCard
from wallets.statements import Answer, array, columns_of, insert_rows, instances, run, together


class PlaceFacts(Struct):
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
    # The creator's other boundaries: on, off or enough; coins of one sending; without a name.
    takes: str
    least_coins: int
    most_coins: int | None
    anonymous: bool


class StreakFacts(Struct):
    """A run of one gift from one sender: as of its last sending."""

    id: UUID
    count: int
    coins: int
    last: datetime


class SenderFacts(Struct):
    """A sender, whose wallet is locked."""

    id: int
    user: User
    undo_seconds: int
    undo_until: datetime
    confirm_from: int
    of_age: bool = False  # once it was found to be so


class SendingFacts(Struct):
    """What judging a batch of gifts needs, carried forward from gift to gift."""

    day: date
    rules: Rules
    idle_since: datetime  # a streak whose last gift is older has ended
    card: RateCard | None
    places: dict[int, PlaceFacts]
    gifts: dict[str, Gift]
    senders: dict[int, SenderFacts]
    # By (sender, creator): "blocked" or "banned".
    shut_out: dict[tuple[int, int], str]
    # Coins sent today by (sender, creator), where the creator set a most.
    sent_today: dict[tuple[int, int], int]
    # By (sender, place, gift, without a name).
    streaks: dict[tuple[int, int, int, bool], StreakFacts]


# What judging a gift and telling of it needs of its sender.
SENDER = (
    "id", "public_id", "handle", "display_name", "picture", "date_of_birth", "is_active",
    "undo_seconds", "confirm_above_coins",
)  # fmt: skip


def read_creators_and_series(place_ids: Iterable[int]) -> tuple[dict[int, int], dict[int, int]]:
    """The creator of each place, and the series of each rate card, newest card first."""
    with together():
        creators = run(
            "SELECT id, creator_id FROM creators_place WHERE id = ANY(%s::bigint[])",
            array(place_ids),
            prepare=False,
        )
        series = run("SELECT id, series FROM wallets_ratecard ORDER BY starts DESC", prepare=False)
    return dict(creators.rows()), dict(series.rows())


def read_sending(orders: Sequence[tuple[GiftOrder, int]], *, now: datetime) -> SendingFacts:
    """What judging these orders needs, each given with the creator who is to have it; wallets and
    places are locked."""
    day = local_day(now)
    ruled = rules()
    idle_since = now - ruled.streak_idle
    pairs = {(order.sender_id, creator) for order, creator in orders}
    with together():
        places = _ask_places({order.place_id for order, _ in orders})
        gifts = run(
            f"SELECT {columns_of(Gift)} FROM gifts_gift WHERE slug = ANY(%s::text[])",  # noqa: S608
            array({order.gift for order, _ in orders}),
        )
        senders = run(
            f"SELECT {columns_of(User, *SENDER)} FROM users_user WHERE id = ANY(%s::bigint[])",  # noqa: S608
            array({sender for sender, _ in pairs}),
        )
        card = run(
            f"""SELECT {columns_of(RateCard)} FROM wallets_ratecard WHERE starts <= %s
                ORDER BY starts DESC LIMIT 1""",  # noqa: S608
            now,
        )
        shut_out = _ask_shut_out(pairs, now)
        sent_today = _ask_supporters(pairs, day)
        streaks = _ask_streaks(
            {(o.sender_id, o.place_id, o.gift, o.anonymous) for o, _ in orders},
            since=idle_since,
        )
    return SendingFacts(
        day=day,
        rules=ruled,
        idle_since=idle_since,
        card=next(iter(instances(RateCard, card)), None),
        places={row[0]: PlaceFacts(*row) for row in places.rows()},
        gifts={gift.slug: gift for gift in instances(Gift, gifts)},
        senders={user.id: _sender(user, now, ruled) for user in instances(User, senders, *SENDER)},
        shut_out={tuple(row[:2]): row[2] for row in shut_out.rows()},
        sent_today={tuple(row[:2]): row[2] for row in sent_today.rows()},
        streaks={tuple(row[:4]): StreakFacts(*row[4:]) for row in streaks.rows()},
    )


def _sender(user: User, now: datetime, ruled: Rules) -> SenderFacts:
    undo_seconds = undo_seconds_of(user, ruled)
    undo_until = now + timedelta(seconds=undo_seconds)
    return SenderFacts(user.pk, user, undo_seconds, undo_until, confirm_from(user, ruled))


def read_places(ids: Iterable[int]) -> dict[int, PlaceFacts]:
    """Places with their totals; they are locked."""
    return {row[0]: PlaceFacts(*row) for row in _ask_places(ids).rows()}


def _ask_places(ids: Iterable[int]) -> Answer:
    return run(
        """SELECT p.id, p.creator_id, p.open, p.seq, p.counted,
                  coalesce((SELECT coins FROM gifts_placetotals t WHERE t.place_id = p.id), 0),
                  coalesce((SELECT gifts FROM gifts_placetotals t WHERE t.place_id = p.id), 0),
                  b.viewer_coins_per_day,
                  CASE WHEN b.enough_in_id = p.id THEN 'enough'
                       WHEN NOT b.gifts THEN 'off' ELSE 'on' END,
                  coalesce(b.least_coins, 0), b.most_coins, coalesce(b.anonymous, true)
           FROM creators_place p
           LEFT JOIN LATERAL (
               SELECT * FROM creators_boundaries w WHERE w.creator_id = p.creator_id LIMIT 1) b
               ON true
           WHERE p.id = ANY(%s::bigint[])""",
        array(ids),
    )


def _ask_shut_out(pairs: Iterable[tuple[int, int]], now: datetime) -> Answer:
    """Those of the pairs (sender, creator) of whom one blocked the other, or where the creator's
    rooms are closed to the sender; and which of the two."""
    return run(
        """SELECT sender, creator, why
           FROM unnest(%s::bigint[], %s::bigint[]) AS a (sender, creator)
           CROSS JOIN LATERAL (
               SELECT 'blocked' AS why FROM users_block
               WHERE blocker_id = sender AND blocked_id = creator
               UNION ALL
               SELECT 'blocked' FROM users_block
               WHERE blocker_id = creator AND blocked_id = sender
               UNION ALL
               SELECT 'banned' FROM creators_restriction
               WHERE person_id = sender AND creator_id = creator AND kind = 'ban'
                 AND (until IS NULL OR until > %s::timestamptz)
               LIMIT 1) b""",
        *_pairs(pairs),
        now,
    )


def read_undos(user_ids: Iterable[int], day: date) -> dict[int, int]:
    """How often these people undid on a day; their wallets are locked."""
    return dict(
        UndoDay.objects.filter(user_id__in=set(user_ids), day=day).values_list("user_id", "undos")
    )


def _ask_supporters(pairs: Iterable[tuple[int, int]], day: date) -> Answer:
    """Coins that senders sent to creators on a day, of those (sender, creator) where the creator
    set a most; the senders' wallets are locked."""
    return run(
        """SELECT s.sender_id, s.creator_id, s.coins
           FROM unnest(%s::bigint[], %s::bigint[]) AS a (sender_id, creator_id)
           CROSS JOIN LATERAL (
               SELECT * FROM gifts_supporterday d
               WHERE d.sender_id = a.sender_id AND d.creator_id = a.creator_id AND d.day = %s
               LIMIT 1) s
           WHERE (SELECT viewer_coins_per_day FROM creators_boundaries b
                  WHERE b.creator_id = a.creator_id) IS NOT NULL""",
        *_pairs(pairs),
        day,
    )


def _ask_streaks(asked: Iterable[tuple[int, int, str, bool]], *, since: datetime) -> Answer:
    """The runs of (sender, place, gift's slug, without a name) whose last sending is not older
    than `since`. What was sent with a name and what without are never one run."""
    asked = list(asked)
    return run(
        """SELECT a.sender_id, a.place_id, g.id, a.anonymous, s.streak_id, s.streak_count,
                  s.streak_coins, s.created
           FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[])
                AS a (sender_id, place_id, slug, anonymous)
           JOIN gifts_gift g USING (slug)
           CROSS JOIN LATERAL (
               SELECT streak_id, streak_count, streak_coins, created FROM gifts_sentgift
               WHERE sender_id = a.sender_id AND created >= %s AND place_id = a.place_id
                 AND gift_id = g.id AND state = 'sent' AND anonymous = a.anonymous
               ORDER BY created DESC, seq DESC LIMIT 1) s""",
        *(array(one[i] for one in asked) for i in range(4)),
        since,
    )


def _pairs(pairs: Iterable[tuple[int, int]]) -> list[str]:
    pairs = list(pairs)
    return [array(pair[i] for pair in pairs) for i in range(2)]


class NewGift(Struct, kw_only=True):
    """A row of SentGift to be."""

    id: UUID
    place_id: int
    seq: int
    sender_id: int
    creator_id: int
    gift_id: int
    rate_card_id: int
    quantity: int
    coins: int
    diamonds: int
    streak_id: UUID
    streak_count: int
    streak_coins: int
    coin_transfer: UUID
    diamond_transfer: UUID
    message: str
    anonymous: bool
    created: datetime
    undo_until: datetime
    state: str = SentGift.State.SENT.value


def insert_sent_gifts(sent: Sequence[NewGift]) -> None:
    insert_rows(SentGift, NewGift.__struct_fields__, [astuple(row) for row in sent])


def write_places(places: Sequence[PlaceFacts]) -> None:
    """Keep the last number and the totals of these places; they are locked."""
    ids = array(place.id for place in places)
    run(
        """UPDATE creators_place p SET seq = d.seq
           FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, seq) WHERE p.id = d.id""",
        ids,
        array(place.seq for place in places),
        rows_written=len(places),
    )
    run(
        """INSERT INTO gifts_placetotals (place_id, coins, gifts)
           SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
           ON CONFLICT (place_id) DO UPDATE SET coins = excluded.coins, gifts = excluded.gifts""",
        ids,
        array(place.coins for place in places),
        array(place.gifts for place in places),
        rows_written=len(places),
    )


def count_undos(undos: Mapping[int, int], day: date) -> None:
    """Add undos to the day of people whose wallets are locked."""
    run(
        """INSERT INTO gifts_undoday AS s (user_id, day, undos)
           SELECT user_id, %s, undos FROM unnest(%s::bigint[], %s::int[]) AS d (user_id, undos)
           ON CONFLICT (user_id, day) DO UPDATE SET undos = s.undos + excluded.undos""",
        day,
        array(undos),
        array(undos.values()),
        rows_written=len(undos),
    )


# Coins by (sender, creator, day).
SupporterDays = Mapping[tuple[int, int, date], int]


def add_to_supporters(sent: SupporterDays) -> None:
    """Add coins to the days of supporters whose wallets are locked."""
    run(
        """INSERT INTO gifts_supporterday AS s (sender_id, creator_id, day, coins)
           SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[])
           ON CONFLICT (sender_id, creator_id, day)
           DO UPDATE SET coins = s.coins + excluded.coins""",
        *_columns(sent),
        rows_written=len(sent),
    )


def take_from_supporters(back: SupporterDays) -> None:
    """Coins that came back count no more on the day on which they were sent."""
    run(
        """UPDATE gifts_supporterday s SET coins = s.coins - d.coins
           FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[])
                AS d (sender_id, creator_id, day, coins)
           WHERE s.sender_id = d.sender_id AND s.creator_id = d.creator_id AND s.day = d.day""",
        *_columns(back),
        rows_written=len(back),
    )


def _columns(days: SupporterDays) -> list[str]:
    return [*(array(day[i] for day in days) for i in range(3)), array(days.values())]


def insert_place_events(events: Sequence[dict[str, Any]]) -> None:
    """Rows of PlaceEvent: id, place_id, seq, type, data (JSON text), created."""
    run(
        """INSERT INTO gifts_placeevent (id, place_id, seq, type, data, created)
           SELECT id, place_id, seq, type, data::jsonb, created
           FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
                       %s::timestamptz[]) AS e (id, place_id, seq, type, data, created)""",
        *(
            array(event[name] for event in events)
            for name in ("id", "place_id", "seq", "type", "data", "created")
        ),
        rows_written=len(events),
    )
