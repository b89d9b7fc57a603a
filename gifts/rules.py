"""What gifts are judged by: the site's settings, and a sender's own wishes within them."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from msgspec import Struct

from users.models import User


class Rules(Struct, frozen=True):
    """The settings that judging gifts needs; looking one up for each gift is not free."""

    streak_idle: timedelta
    currency: str
    fees: Mapping[str, tuple[int, int]]
    undo_seconds: int
    undo_seconds_longest: int
    confirm_from: int


def rules() -> Rules:
    """The settings as they are now."""
    return Rules(
        streak_idle=timedelta(seconds=settings.STREAK_IDLE_SECONDS),
        currency=settings.BASE_CURRENCY,
        fees=settings.PAYMENT_FEES,
        undo_seconds=settings.UNDO_SECONDS,
        undo_seconds_longest=settings.UNDO_SECONDS_LONGEST,
        confirm_from=settings.CONFIRM_FROM_COINS,
    )


def undo_seconds_of(sender: User, ruled: Rules) -> int:
    """The window in which this person can take a gift back."""
    own = ruled.undo_seconds if sender.undo_seconds is None else sender.undo_seconds
    return min(own, ruled.undo_seconds_longest)


def confirm_from(sender: User, ruled: Rules) -> int:
    """The price from which this person is asked a second time, in coins."""
    own = sender.confirm_above_coins
    return ruled.confirm_from if own is None else own
