"""What was given in a place: its sums, and with them the few gifts that are not in the sums yet.

The cost is that of the givers and of the last gifts, however many came before.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from creators.models import Stream
from creators.selectors.dashboard import Sum
from gifts.models import Goal, SummedPlace
from wallets.selectors.rates import series_values

# What ended while no worker ran is summed to its end all the same. What ended before is read gift
# by gift where somebody looks at it.
SUMMED_AFTER_END = timedelta(days=7)


def gifts_between(place: str, upto: str, to: str) -> str:
    """SQL for the gifts of a place with a number above `upto`, up to `to`, and what is left of
    them: along their numbers, and each one's earning by its key."""
    return f"""
        SELECT g.seq, g.sender_id, g.anonymous, g.gift_id, e.coins - e.taken_back_coins AS coins,
               CASE WHEN g.state = 'sent' THEN g.quantity ELSE 0 END AS gifts,
               e.series, e.diamonds / e.coins * (e.coins - e.taken_back_coins) AS diamonds
        FROM gifts_sentgift g
        CROSS JOIN LATERAL (
            SELECT * FROM creators_earning WHERE operation_id = g.id LIMIT 1) e
        WHERE g.place_id = {place} AND g.seq > {upto} AND g.seq <= {to}"""  # noqa: S608


# Of a place `p` with its row of sums `u`.
LATEST = gifts_between("p.id", "coalesce(u.upto, 0)", "p.seq")
# What such gifts `n` add to a goal `o`.
TOWARDS = f"""
    SELECT coalesce(sum(CASE WHEN o.gift_id IS NULL THEN n.coins ELSE n.gifts END), 0)::bigint AS n
    FROM ({LATEST}) n
    WHERE n.seq > o.since AND (o.removed_seq IS NULL OR n.seq < o.removed_seq)
      AND (o.gift_id IS NULL OR n.gift_id = o.gift_id)"""  # noqa: S608


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
    goal_progress: int
    givers: list[int]
    given: list[int]


def sums_of(place_id: int) -> Sums:
    """In one statement, so that numbers, totals, goal and board are of the same moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.seq, p.counted, p.open, coalesce(w.ended_why, ''),
                      coalesce(t.coins, 0), coalesce(t.gifts, 0),
                      o.id, o.removed_seq, coalesce(o.summed, 0) + f.n,
                      coalesce(b.givers, '{{}}'), coalesce(b.given, '{{}}')
               FROM creators_place p LEFT JOIN gifts_placetotals t ON t.place_id = p.id
               LEFT JOIN gifts_summedplace u ON u.place_id = p.id
               LEFT JOIN creators_stream w ON w.place_id = p.id
               LEFT JOIN LATERAL (
                   SELECT id, removed_seq, since, gift_id, summed FROM gifts_goal
                   WHERE place_id = p.id ORDER BY id DESC LIMIT 1) o ON true
               CROSS JOIN LATERAL ({TOWARDS}) f
               CROSS JOIN LATERAL (
                   SELECT array_agg(sender_id) AS givers, array_agg(coins) AS given
                   FROM (SELECT sender_id, sum(coins)::bigint AS coins
                         FROM (SELECT sender_id, coins FROM gifts_giversum WHERE place_id = p.id
                               UNION ALL
                               SELECT sender_id, coins FROM ({LATEST}) n WHERE NOT anonymous) a
                         GROUP BY sender_id) s
                   WHERE s.coins > 0) b
               WHERE p.id = %s""",  # noqa: S608
            [place_id],
        )
        return Sums(*cursor.fetchone())


def progress_of(goal: Goal) -> int:
    """What was sent since the goal was set and did not come back, in what it counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT o.summed + f.n
               FROM gifts_goal o JOIN creators_place p ON p.id = o.place_id
               LEFT JOIN gifts_summedplace u ON u.place_id = p.id
               CROSS JOIN LATERAL ({TOWARDS}) f
               WHERE o.id = %s""",  # noqa: S608
            [goal.pk],
        )
        progress: int = cursor.fetchone()[0]
        return progress


def earned_in(place_id: int) -> Sum:
    """What a place brought its creator, less what came back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.series, sum(a.diamonds)::bigint,
                      coalesce((SELECT gifts FROM gifts_placetotals WHERE place_id = p.id), 0)
               FROM creators_place p LEFT JOIN gifts_summedplace u ON u.place_id = p.id
               CROSS JOIN LATERAL (
                   SELECT series, diamonds FROM gifts_seriessum WHERE place_id = p.id
                   UNION ALL
                   SELECT series, diamonds FROM ({LATEST}) n) a
               WHERE p.id = %s GROUP BY p.id, a.series""",  # noqa: S608
            [place_id],
        )
        found = cursor.fetchall()
    return Sum(
        key=place_id,
        by_series={series: diamonds for series, diamonds, _ in found},
        gifts=found[0][2] if found else 0,
        values=series_values(),
    )


def places_to_sum() -> list[int]:
    """Places of streams that are live or ended lately, of which gifts are final and not in the
    sums."""
    since = timezone.now() - SUMMED_AFTER_END
    streams = Stream.objects.filter(
        Q(state=Stream.State.LIVE) | Q(state=Stream.State.ENDED, ended__gte=since)
    )
    whole = SummedPlace.objects.filter(pk=OuterRef("pk"), upto__gte=OuterRef("place__counted"))
    due = streams.filter(~Exists(whole), place__counted__gt=0)
    return list(due.order_by("pk").values_list("pk", flat=True))
