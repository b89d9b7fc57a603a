"""What a stream was: for who gave there, and for its creator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from creators.models import Follow, Stream
from creators.selectors.dashboard import summary_end
from gifts.boards import tally_of
from gifts.goals import goals_of
from gifts.models import Gift, Goal, RoomTally, SentGift
from gifts.sums import progress_of


@dataclass(frozen=True, slots=True)
class GivenKind:
    """So many of one gift."""

    gift: Gift
    count: int
    coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gave in a place, less what came back."""

    kinds: list[GivenKind]
    coins: int
    count: int
    streaks: int
    longest: int


def given_by(person_id: int, place_id: int) -> Given:
    """By the sender's own gifts, along the index of senders."""
    since = Stream.objects.values_list("started", flat=True).get(pk=place_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT g.gift_id, g.streak_id,
                      coalesce(sum(g.quantity) FILTER (WHERE g.state = 'sent'), 0)::bigint,
                      sum(e.coins - e.taken_back_coins)::bigint
               FROM gifts_sentgift g JOIN creators_earning e ON e.operation_id = g.id
               WHERE g.sender_id = %s AND g.created >= %s AND g.place_id = %s
               GROUP BY 1, 2""",
            [person_id, since, place_id],
        )
        runs = [run for run in cursor.fetchall() if run[3] > 0]
    sums: dict[int, tuple[int, int]] = {}
    for gift_id, _, count, coins in runs:
        known = sums.get(gift_id, (0, 0))
        sums[gift_id] = known[0] + count, known[1] + coins
    gifts = Gift.objects.in_bulk(sums)
    kinds = [GivenKind(gifts[id], *numbers) for id, numbers in sums.items()]
    return Given(
        kinds=sorted(kinds, key=lambda kind: (-kind.coins, kind.gift.name)),
        coins=sum(kind.coins for kind in kinds),
        count=sum(kind.count for kind in kinds),
        streaks=sum(1 for run in runs if run[2] > 1),
        longest=max((run[2] for run in runs), default=0),
    )


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    goal: Goal
    progress: int


@dataclass(frozen=True, slots=True)
class Minute:
    """A part of a stream, and the coins that were given in it and did not come back."""

    begins: datetime
    coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """A stream beside its money: people, likes, goals, and when most was given."""

    length: timedelta
    tally: RoomTally
    coins: int
    gifts: int
    followers: int
    goals: list[GoalOutcome]
    minutes: list[Minute]
    best: Minute | None


PARTS_SHOWN = 60


def facts_of(stream: Stream, *, now: datetime) -> StreamFacts:
    """What a stream's own page tells beside its earnings; `now` while it is live."""
    until = stream.ended or now
    step = max(timedelta(minutes=1), (until - stream.started) / PARTS_SHOWN)
    minutes = _minutes(stream, step, until)
    best = max(minutes, key=lambda one: one.coins, default=None)
    follows = Follow.objects.filter(creator=stream.place.creator_id)
    return StreamFacts(
        length=timedelta(seconds=int((until - stream.started).total_seconds())),
        tally=tally_of(stream.pk),
        coins=sum(one.coins for one in minutes),
        gifts=_gifts(stream.pk),
        followers=follows.filter(created__gte=stream.started, created__lte=until).count(),
        goals=[GoalOutcome(goal, progress_of(goal)) for goal in goals_of(stream.pk)],
        minutes=minutes,
        best=best if best and best.coins else None,
    )


def _minutes(stream: Stream, step: timedelta, until: datetime) -> list[Minute]:
    """Coins by parts of the stream, in their order; what committed as it ended is in the last."""
    last = int((until - stream.started) / step)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT least(%(last)s, greatest(0, floor(
                          extract(epoch FROM created - %(since)s) / %(step)s)))::int,
                      sum(coins - taken_back_coins)::bigint
               FROM creators_earning
               WHERE creator_id = %(creator)s AND created >= %(since)s
                 AND created < %(until)s AND place_id = %(place)s
               GROUP BY 1""",
            {
                "creator": stream.place.creator_id,
                "since": stream.started,
                "until": summary_end(stream),
                "step": step.total_seconds(),
                "place": stream.pk,
                "last": last,
            },
        )
        coins: dict[Any, int] = dict(cursor.fetchall())
    return [Minute(stream.started + n * step, coins.get(n, 0)) for n in range(last + 1)]


def _gifts(place_id: int) -> int:
    sent = SentGift.objects.filter(place_id=place_id, state=SentGift.State.SENT)
    gifts: int = sent.aggregate(gifts=Sum("quantity", default=0))["gifts"]
    return gifts
