"""A creator's overlays: made, changed, revoked; and alerts, each given out to be shown once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from creators.locks import lock_creator
from creators.selectors.streams import open_stream_of
from creators.tokens import hashed, hint_of, new_token
from gifts.alerts import alert_of, due_streaks, due_trials, overlay_room
from gifts.errors import OverlayClosed, TooManyOverlays
from gifts.models import Gift, Overlay, OverlayAlert, TrialAlert
from gifts.rooms import bus

MOST_OVERLAYS = 5
# A page that was given an alert and never said that it shows it has this long.
LEASE_SECONDS = 10
SEEN_STEP_SECONDS = 20
KEPT = timedelta(days=1)


def make_overlay(*, creator_id: int) -> str:
    """The token of a new overlay; it is shown this once. Locks the creator.

    Refuses with TooManyOverlays.
    """
    token = new_token()
    with transaction.atomic():
        lock_creator(creator_id)
        if Overlay.objects.filter(creator=creator_id, revoked=None).count() >= MOST_OVERLAYS:
            raise TooManyOverlays(most=MOST_OVERLAYS)
        Overlay.objects.create(
            creator_id=creator_id,
            hashed=hashed(token),
            hint=hint_of(token),
            created=timezone.now(),
        )
    return token


def revoke_overlay(*, creator_id: int, public_id: UUID) -> None:
    """From now on its pages show nothing; nothing happens where it was revoked before."""
    good = Overlay.objects.filter(creator=creator_id, public_id=public_id, revoked=None)
    good.update(revoked=timezone.now())
    _call_overlays(creator_id)


def change_overlay(*, creator_id: int, public_id: UUID, style: str, least_coins: int) -> None:
    """How it looks (CSS) and from how many coins on a streak is shown."""
    good = Overlay.objects.filter(creator=creator_id, public_id=public_id, revoked=None)
    good.update(style=style, least_coins=least_coins)
    _call_overlays(creator_id)


def make_trial_alert(*, creator_id: int, gift: Gift, count: int) -> TrialAlert:
    """Show an alert, marked as a test, on all overlays of the creator. No money is touched."""
    test = TrialAlert.objects.create(creator_id=creator_id, gift=gift, count=count)
    _call_overlays(creator_id)
    return test


def _call_overlays(creator_id: int) -> None:
    """Open overlays ask at once, those in a room; the others do every few seconds."""
    stream = open_stream_of(creator_id)
    if stream:
        place_id = stream.pk
        transaction.on_commit(lambda: bus.tell_place(place_id, {"type": "overlay"}), robust=True)


def good_overlay(token: str) -> Overlay:
    """The overlay of a token. Refuses with OverlayClosed what was revoked or never was."""
    found = Overlay.objects.filter(hashed=hashed(token), revoked=None)
    overlay = found.select_related("creator__user").first()
    if overlay is None:
        raise OverlayClosed()
    _note_seen(overlay)
    return overlay


def _note_seen(overlay: Overlay) -> None:
    now = timezone.now()
    if overlay.seen is None or now - overlay.seen > timedelta(seconds=SEEN_STEP_SECONDS):
        Overlay.objects.filter(pk=overlay.pk).update(seen=now)


def next_alert(overlay: Overlay) -> tuple[dict[str, Any] | None, int]:
    """The next alert for this overlay, and how many wait after it.

    It is given to one page alone. Who does not say `alert_is_shown` within LEASE_SECONDS died
    before: then it is given out again.
    """
    room = overlay_room(overlay)
    due = due_trials(overlay) + (due_streaks(overlay, room.pk) if room else [])
    for number, subject in enumerate(due, 1):
        if not _lease(overlay, subject):
            continue
        alert = alert_of(overlay, subject, room.pk if room else None)
        if alert is not None:
            return alert, len(due) - number
    return None, 0


def _lease(overlay: Overlay, subject: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_overlayalert AS a (overlay_id, subject, leased_until, shown)
               VALUES (%s, %s, statement_timestamp() + make_interval(secs => %s), false)
               ON CONFLICT (overlay_id, subject) DO UPDATE SET leased_until = excluded.leased_until
                   WHERE NOT a.shown AND a.leased_until < statement_timestamp()
               RETURNING a.id""",
            [overlay.pk, subject, LEASE_SECONDS],
        )
        return cursor.fetchone() is not None


def alert_is_shown(overlay: Overlay, subject: UUID) -> None:
    """A page has begun to show it: nobody else will."""
    OverlayAlert.objects.filter(overlay=overlay, subject=subject).update(shown=True)


def forget_alerts() -> None:
    """Delete what is older than a day, or than alerts are told: nothing of it is due any more."""
    since = timezone.now() - max(KEPT, 2 * timedelta(seconds=settings.OVERLAY_REPLAY_SECONDS))
    OverlayAlert.objects.filter(created__lt=since).delete()
    TrialAlert.objects.filter(created__lt=since).delete()
