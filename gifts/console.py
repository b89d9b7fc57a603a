"""What a creator's console shows of a stream: its latest streaks, and who was thanked for one."""

from typing import Any

from django.db import connection

from gifts.alerts import LATEST_GIFTS
from gifts.events import Event
from gifts.models import SentGift, Thanks
from gifts.selectors import gift_events

STREAKS_SHOWN = 200


def latest_streaks(place_id: int) -> list[dict[str, Any]]:
    """The latest streaks of a place of which something is left, newest first: the event of the
    last gift that stands, with the whole of the streak and whether it was thanked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH latest AS (
                   SELECT id, streak_id, state, quantity, coins, seq FROM gifts_sentgift
                   WHERE place_id = %s ORDER BY seq DESC LIMIT %s)
               SELECT (array_agg(id ORDER BY seq DESC))[1], sum(quantity)::bigint,
                      sum(coins)::bigint
               FROM latest WHERE state = 'sent'
               GROUP BY streak_id ORDER BY max(seq) DESC LIMIT %s""",
            [place_id, LATEST_GIFTS, STREAKS_SHOWN],
        )
        found = cursor.fetchall()
    sent = SentGift.objects.in_bulk([id for id, *_ in found])
    events = {event["event_id"]: event for event in gift_events(list(sent.values()))}
    streaks = [_whole(events[str(id)], count, coins) for id, count, coins in found]
    thanked = set(
        Thanks.objects.filter(pk__in=[one["streak_id"] for one in streaks]).values_list(
            "pk", flat=True
        )
    )
    known = {str(streak) for streak in thanked}
    return [one | {"thanked": one["streak_id"] in known} for one in streaks]


def _whole(event: Event, count: int, coins: int) -> Event:
    return event | {"count": count, "coins_total": coins}
