"""Whether a person's break or quiet hours hold at a moment. Plain values, no database."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from users.errors import OnBreak, Pause, QuietHours

DAY_MINUTES = 24 * 60


def pause_at(
    now: datetime, *, break_until: datetime | None, quiet_from: time | None, quiet_to: time | None
) -> Pause | None:
    """The refusal of whatever costs something at this moment, or None."""
    if break_until is not None and now < break_until:
        return OnBreak(until=break_until.isoformat())
    if quiet_from is None or quiet_to is None:
        return None
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.hour * 60 + here.minute not in minutes_of(quiet_from, quiet_to):
        return None
    day = here.date() + timedelta(days=here.time() >= quiet_to)
    return QuietHours(until=datetime.combine(day, quiet_to, here.tzinfo).isoformat())


def minutes_of(since: time | None, until: time | None) -> frozenset[int]:
    """The minutes of a day between two times, also over midnight."""
    if since is None or until is None:
        return frozenset()
    first, last = (at.hour * 60 + at.minute for at in (since, until))
    if first < last:
        return frozenset(range(first, last))
    return frozenset(range(first, DAY_MINUTES)) | frozenset(range(last))
