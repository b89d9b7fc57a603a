"""Breaks and quiet hours: more of them at once, fewer after a day and a second yes, or never."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from users import locks
from users.actions.own_limits import SecondYes
from users.errors import AlreadySo, HoursRefused
from users.models import OwnPause, User
from users.pauses import minutes_of

# A day, a week, a month, three months, six months.
BREAK_DAYS = (1, 7, 30, 91, 182)


def begin_break(user: User, *, days: int, now: datetime | None = None) -> OwnPause:
    """No spending and no recharging for so many days; signing in works. Nothing ends it.

    Locks the person; whatever is judged from then on is refused. Raises AlreadySo when a break
    lasts as long already. `now` is for histories.
    """
    if days not in BREAK_DAYS:
        raise ValueError(f"no break of {days} days")
    until = (now or timezone.now()) + timedelta(days=days)
    with transaction.atomic():
        pause = _lock(user)
        if pause.break_until is not None and pause.break_until >= until:
            raise AlreadySo()
        pause.break_until = until
        pause.save()
    return pause


def set_quiet_hours(user: User, *, since: time | None, until: time | None) -> OwnPause:
    """No spending and no recharging between two times of every day, in whole minutes; None and None
    is none.

    What holds all of the hours before is so at once; else it is only asked for, and
    `confirm_quiet_hours` is the second yes. Locks the person. Raises HoursRefused or AlreadySo.
    """
    since, until = (at and at.replace(second=0, microsecond=0) for at in (since, until))
    if (since is None) != (until is None) or (since is not None and since == until):
        raise HoursRefused()
    with transaction.atomic():
        pause = _lock(user)
        if (since, until) == (pause.quiet_from, pause.quiet_to) and pause.wish_asked is None:
            raise AlreadySo()
        if minutes_of(pause.quiet_from, pause.quiet_to) <= minutes_of(since, until):
            pause.quiet_from, pause.quiet_to = since, until
            _forget_wish(pause)
        else:
            pause.wished_from, pause.wished_to = since, until
            pause.wish_asked = timezone.now()
        pause.save()
    return pause


def confirm_quiet_hours(user: User) -> OwnPause:
    """The second yes to fewer quiet hours. Locks the person.

    Raises AlreadySo when nothing was asked for, RaiseWaits within a day of asking, and RaiseLapsed
    a week after that.
    """
    with transaction.atomic():
        pause = _lock(user)
        if pause.wish_asked is None:
            raise AlreadySo()
        SecondYes(pause.wish_asked).require_due()
        pause.quiet_from, pause.quiet_to = pause.wished_from, pause.wished_to
        _forget_wish(pause)
        pause.save()
    return pause


def keep_quiet_hours(user: User) -> None:
    """Take back what was asked for. Locks the person. Raises AlreadySo."""
    with transaction.atomic():
        pause = _lock(user)
        if pause.wish_asked is None:
            raise AlreadySo()
        _forget_wish(pause)
        pause.save()


def _lock(user: User) -> OwnPause:
    locks.lock_user(user.pk)
    return OwnPause.objects.filter(user=user).first() or OwnPause(user=user)


def _forget_wish(pause: OwnPause) -> None:
    pause.wished_from = pause.wished_to = pause.wish_asked = None
