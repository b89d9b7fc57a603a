"""What people allow themselves: lower at once, higher after a day and a second yes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from users import locks
from users.errors import AlreadySo, RaiseWaits
from users.models import OwnLimit, User

RAISE_WAITS = timedelta(hours=24)


def set_own_limit(user: User, *, asset: str, period: str, most: int | None) -> OwnLimit | None:
    """Set a limit, or with `most=None` take it away. Locks the person; the next spending obeys.

    `most` is coins, or minor units of the site's currency. What allows more is only asked for:
    `confirm_raise` is the second yes. Raises AlreadySo.
    """
    with transaction.atomic():
        locks.lock_user(user.pk)
        limit = OwnLimit.objects.filter(user=user, asset=asset, period=period).first()
        if limit is None:
            if most is None:
                raise AlreadySo()
            return OwnLimit.objects.create(user=user, asset=asset, period=period, most=most)
        if most is None or most > limit.most:
            limit.raised_to, limit.raise_asked = most, timezone.now()
        else:
            if most == limit.most and limit.raise_asked is None:
                raise AlreadySo()
            limit.most, limit.raised_to, limit.raise_asked = most, None, None
        limit.save()
    return limit


def confirm_raise(user: User, *, asset: str, period: str) -> OwnLimit | None:
    """The second yes to a higher limit, or to none. Locks the person.

    Raises AlreadySo when nothing was asked for, and RaiseWaits within a day of asking.
    """
    with transaction.atomic():
        locks.lock_user(user.pk)
        limit = OwnLimit.objects.filter(
            user=user, asset=asset, period=period, raise_asked__isnull=False
        ).first()
        if limit is None or limit.raise_asked is None:
            raise AlreadySo()
        free_from = limit.raise_asked + RAISE_WAITS
        if timezone.now() < free_from:
            raise RaiseWaits(until=free_from.isoformat(timespec="minutes"))
        if limit.raised_to is None:
            limit.delete()
            return None
        limit.most, limit.raised_to, limit.raise_asked = limit.raised_to, None, None
        limit.save()
    return limit


def keep_limit(user: User, *, asset: str, period: str) -> None:
    """Take back what was asked for: the limit stays as it is. Locks the person.

    Raises AlreadySo when nothing was.
    """
    with transaction.atomic():
        locks.lock_user(user.pk)
        asked = OwnLimit.objects.filter(
            user=user, asset=asset, period=period, raise_asked__isnull=False
        )
        if not asked.update(raised_to=None, raise_asked=None):
            raise AlreadySo()
