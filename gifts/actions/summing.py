"""Gifts that are final go into the sums of their place: the board, goals, what was earned.

Beside the way of a gift: its writer neither locks nor writes what is written here. What comes back
of a gift that is in the sums leaves them with it, under the same lock.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction

from creators.models import Place
from gifts import locks
from gifts.models import SentGift, SummedPlace
from gifts.rows import PlaceFacts
from gifts.sums import gifts_between
from wallets.statements import array, run, together

# So long a gift that comes back may have to wait: some hundredths of a second.
NUMBERS_AT_ONCE = 5_000

NEW = gifts_between("%(place)s", "%(upto)s", "%(to)s")
ADD_GIVERS = f"""
    INSERT INTO gifts_giversum AS s (place_id, sender_id, coins)
    SELECT %(place)s, sender_id, sum(coins) FROM ({NEW}) n WHERE NOT anonymous GROUP BY sender_id
    ON CONFLICT (place_id, sender_id) DO UPDATE SET coins = s.coins + excluded.coins"""  # noqa: S608
ADD_SERIES = f"""
    INSERT INTO gifts_seriessum AS s (place_id, series, diamonds)
    SELECT %(place)s, series, sum(diamonds) FROM ({NEW}) n GROUP BY series
    ON CONFLICT (place_id, series) DO UPDATE SET diamonds = s.diamonds + excluded.diamonds"""  # noqa: S608
ADD_GOALS = f"""
    UPDATE gifts_goal o SET summed = o.summed + d.n
    FROM (SELECT w.id, sum(CASE WHEN w.gift_id IS NULL THEN n.coins ELSE n.gifts END)::bigint AS n
          FROM gifts_goal w
          JOIN ({NEW}) n ON n.seq > w.since AND (w.removed_seq IS NULL OR n.seq < w.removed_seq)
               AND (w.gift_id IS NULL OR w.gift_id = n.gift_id)
          WHERE w.place_id = %(place)s GROUP BY w.id) d
    WHERE o.id = d.id"""  # noqa: S608

BACK = "unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS b (id, coins, gifts)"
TAKE_FROM_GIVERS = f"""
    UPDATE gifts_giversum s SET coins = s.coins - d.coins
    FROM (SELECT g.place_id, g.sender_id, sum(b.coins)::bigint AS coins
          FROM {BACK} JOIN gifts_sentgift g ON g.id = b.id WHERE NOT g.anonymous GROUP BY 1, 2) d
    WHERE s.place_id = d.place_id AND s.sender_id = d.sender_id"""  # noqa: S608
TAKE_FROM_SERIES = f"""
    UPDATE gifts_seriessum s SET diamonds = s.diamonds - d.diamonds
    FROM (SELECT e.place_id, e.series, sum(e.diamonds / e.coins * b.coins)::bigint AS diamonds
          FROM {BACK} JOIN creators_earning e ON e.operation_id = b.id GROUP BY 1, 2) d
    WHERE s.place_id = d.place_id AND s.series = d.series"""  # noqa: S608
TAKE_FROM_GOALS = f"""
    UPDATE gifts_goal o SET summed = o.summed - d.n
    FROM (SELECT w.id, sum(CASE WHEN w.gift_id IS NULL THEN b.coins ELSE b.gifts END)::bigint AS n
          FROM {BACK} JOIN gifts_sentgift g ON g.id = b.id
          JOIN gifts_goal w ON w.place_id = g.place_id AND g.seq > w.since
               AND (w.removed_seq IS NULL OR g.seq < w.removed_seq)
               AND (w.gift_id IS NULL OR w.gift_id = g.gift_id)
          GROUP BY w.id) d
    WHERE o.id = d.id"""  # noqa: S608


def sum_gifts(place_id: int) -> None:
    """Add the gifts of a place that became final to its sums, some thousand at a time.

    Locks the place's sums. It may die at any point and be called again; two at once add each gift
    once.
    """
    while _sum_some(place_id):
        pass


def _sum_some(place_id: int) -> bool:
    """Whether more is left."""
    with transaction.atomic():
        upto = locks.lock_sums([place_id])[place_id]
        # Read after the lock: what came back before is marked, what comes back later waits for it.
        counted = Place.objects.values_list("counted", flat=True).get(pk=place_id)
        to = min(counted, upto + NUMBERS_AT_ONCE)
        if to <= upto:
            return False
        with connection.cursor() as cursor:
            for statement in (ADD_GIVERS, ADD_SERIES, ADD_GOALS):
                cursor.execute(statement, {"place": place_id, "upto": upto, "to": to})
        SummedPlace.objects.filter(pk=place_id).update(upto=to)
    return to < counted


def take_from_sums(
    back: Mapping[UUID, tuple[SentGift, int, int]], places: Mapping[int, PlaceFacts]
) -> None:
    """Coins and gifts that came back, below 0 where they stand again, leave the sums they are in.

    For the writer's transaction; `places` are locked, so that nothing more becomes final. Locks
    their sums, where one of these gifts is final: after an undo none is.
    """
    final = {id: one for id, one in back.items() if one[0].seq <= places[one[0].place_id].counted}
    if not final:
        return
    upto = locks.lock_sums({sent.place_id for sent, _, _ in final.values()})
    summed = {
        id: (coins, gifts)
        for id, (sent, coins, gifts) in final.items()
        if sent.seq <= upto[sent.place_id]
    }
    if not summed:
        return
    changes = [
        array(summed),
        array(coins for coins, _ in summed.values()),
        array(gifts for _, gifts in summed.values()),
    ]
    with together():
        for statement in (TAKE_FROM_GIVERS, TAKE_FROM_SERIES, TAKE_FROM_GOALS):
            run(statement, *changes)
