"""What can be sent, and for how much: staff change it, with a reason."""

from django.core.cache import cache

from gifts.models import Gift
from gifts.selectors import CATALOGUE_KEY
from users.errors import AlreadySo
from users.models import User


def put_on_shelf(gift: Gift, *, staff: User, reason: str, key: str) -> None:
    """From now on the gift can be sent. The caller has locked it."""
    _set(gift, active=True)


def take_off_shelf(gift: Gift, *, staff: User, reason: str, key: str) -> None:
    """From now on the gift is refused. What was sent stays. The caller has locked it."""
    _set(gift, active=False)


def change_price(gift: Gift, *, staff: User, reason: str, key: str, coins: int) -> None:
    """Nobody pays a price that was not shown: who saw the old one is refused and asked to look
    again. The caller has locked the gift."""
    _set(gift, coins=coins)


def _set(gift: Gift, **values: int) -> None:
    if all(getattr(gift, name) == value for name, value in values.items()):
        raise AlreadySo()
    for name, value in values.items():
        setattr(gift, name, value)
    gift.save(update_fields=list(values))
    cache.delete(CATALOGUE_KEY)
