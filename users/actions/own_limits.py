"""What people allow themselves: lower at once, higher after a day and a second yes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from users import locks
from users.errors import AlreadySo, RaiseLapsed, RaiseWaits
from users.models import OwnLimit, User

RAISE_WAITS = timedelta(hours=24)
# What was asked for in another mood is asked for again.
RAISE_STANDS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SecondYes:
    """When something looser that was asked for can be confirmed: from `free_from` until `until`."""

    asked: datetime

    @property
    def free_from(self) -> datetime:
        return self.asked + RAISE_WAITS

    @property
    def until(self) -> datetime:
        return self.free_from + RAISE_STANDS

    @property
    def has_lapsed(self) -> bool:
        return timezone.now() >= self.until

    @property
    def is_due(self) -> bool:
        return self.free_from <= timezone.now() < self.until

    def require_due(self) -> None:
        """Raises RaiseWaits or RaiseLapsed."""
        if self.has_lapsed:
            raise RaiseLapsed()
        if not self.is_due:
            raise RaiseWaits(until=self.free_from.isoformat(timespec="minutes"))


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

    Raises AlreadySo when nothing was asked for, RaiseWaits within a day of asking, and RaiseLapsed
    RAISE_STANDS after that.
    """
    with transaction.atomic():
        locks.lock_user(user.pk)
        limit = OwnLimit.objects.filter(
            user=user, asset=asset, period=period, raise_asked__isnull=False
        ).first()
        if limit is None or limit.raise_asked is None:
            raise AlreadySo()
        SecondYes(limit.raise_asked).require_due()
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
