"""What an overlay shows: streaks that have ended, each once, with what is left of them.

The database decides, not what was heard on a socket: so nothing is lost while an overlay is away,
and however many pages and sources speak of a streak, it is one alert.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from creators.models import Stream
from gifts.events import Event, gift_event, person
from gifts.models import Overlay, SentGift, TrialAlert
from gifts.selectors import gift_events

# A room in which more is sent than this while an overlay is away shows it the latest.
LATEST_GIFTS = 2_000
LATEST_OF_STREAK = 200
# After that none of a streak can be on its way to the database any more (gifts/rooms/hub.py).
ON_ITS_WAY_SECONDS = 1


def overlay_room(overlay: Overlay) -> Stream | None:
    """The creator's latest stream, while it is live and as long after as alerts are told."""
    latest = Stream.objects.filter(place__creator=overlay.creator_id).select_related("place")
    since = timezone.now() - timedelta(seconds=settings.OVERLAY_REPLAY_SECONDS)
    return latest.filter(Q(ended=None) | Q(ended__gte=since)).order_by("-pk").first()


def due_streaks(overlay: Overlay, place_id: int) -> list[UUID]:
    """Streaks of a place that have ended and that this overlay has not shown, oldest first.

    As many as OVERLAY_REPLAY_SECONDS hold, and none from before the overlay was made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH latest AS (
                   SELECT streak_id, gift_id, state, quantity, coins, created, seq
                   FROM gifts_sentgift WHERE place_id = %(place)s
                   ORDER BY seq DESC LIMIT %(most)s),
               runs AS (
                   SELECT streak_id, min(gift_id) AS gift_id, max(created) AS last,
                          max(seq) AS seq, sum(coins) FILTER (WHERE state = 'sent') AS coins
                   FROM latest GROUP BY streak_id)
               SELECT r.streak_id FROM runs r
               JOIN gifts_gift g ON g.id = r.gift_id
               LEFT JOIN gifts_overlayalert a
                   ON a.overlay_id = %(overlay)s AND a.subject = r.streak_id
               WHERE r.coins > 0 AND r.coins >= %(least)s AND r.last >= %(made)s
                 AND r.last > statement_timestamp() - make_interval(secs => %(replay)s)
                 AND (NOT g.streakable
                      OR r.last < statement_timestamp() - make_interval(secs => %(idle)s))
                 AND (a.id IS NULL OR (NOT a.shown AND a.leased_until < statement_timestamp()))
               ORDER BY r.seq""",
            {
                "place": place_id,
                "most": LATEST_GIFTS,
                "overlay": overlay.pk,
                "least": overlay.least_coins,
                "made": overlay.created,
                "replay": settings.OVERLAY_REPLAY_SECONDS,
                "idle": settings.STREAK_IDLE_SECONDS + ON_ITS_WAY_SECONDS,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def due_trials(overlay: Overlay) -> list[UUID]:
    """Test alerts that this overlay has not shown, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.id FROM gifts_trialalert t
               LEFT JOIN gifts_overlayalert a ON a.overlay_id = %s AND a.subject = t.id
               WHERE t.creator_id = %s AND t.created >= %s
                 AND t.created > statement_timestamp() - make_interval(secs => %s)
                 AND (a.id IS NULL OR (NOT a.shown AND a.leased_until < statement_timestamp()))
               ORDER BY t.id""",
            [
                overlay.pk,
                overlay.creator_id,
                overlay.created,
                settings.OVERLAY_REPLAY_SECONDS,
            ],
        )
        return [row[0] for row in cursor.fetchall()]


def alert_of(overlay: Overlay, subject: UUID, place_id: int | None) -> dict[str, Any] | None:
    """What is shown: a gift event with the whole of the streak; None when nothing is left of it."""
    if test := TrialAlert.objects.filter(pk=subject).select_related("gift").first():
        return _alert_of_trial(overlay, test)
    if place_id is None:
        return None
    rows = SentGift.objects.filter(place_id=place_id, streak_id=subject)
    # By the sender, which an index finds; the first gift of a streak has the streak's id.
    first = rows.filter(pk=subject).first()
    if first is None:
        return None
    rows = rows.filter(sender_id=first.sender_id, created__gte=first.created)
    left = list(rows.filter(state=SentGift.State.SENT).order_by("-seq")[:LATEST_OF_STREAK])
    if not left:
        return None
    events = gift_events(left[::-1])
    said = next((event for event in reversed(events) if event["message"]), None)
    count = sum(row.quantity for row in left)
    return events[-1] | {
        "event_id": str(subject),
        "delta": count,
        "count": count,
        "coins_total": sum(row.coins for row in left),
        "final": True,
        "message": said["message"] if said else "",
        # The gift whose message it is, so that it can be hidden while it is shown.
        "message_of": said["event_id"] if said else None,
    }


def _alert_of_trial(overlay: Overlay, test: TrialAlert) -> Event:
    coins = test.gift.coins * test.count
    shown = gift_event(
        id=test.pk,
        seq=0,
        gift=test.gift,
        sender=person(overlay.creator.user),
        quantity=test.count,
        coins=coins,
        streak_id=test.pk,
        streak_count=test.count,
        streak_coins=coins,
        message="",
        created=test.created,
    )
    return shown | {"final": True, "is_test": True, "message_of": None}


def overlays_of(creator_id: int) -> list[Overlay]:
    """The creator's overlays that are good, oldest first."""
    return list(Overlay.objects.filter(creator=creator_id, revoked=None).order_by("pk"))
