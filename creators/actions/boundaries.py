"""What a creator asks of those who send gifts: changed at any time, also in the middle of a stream.

Gifts are judged under their place's lock. So each of these waits for the gifts that are under way,
and none is judged by what was before once it has returned.
"""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from creators import locks
from creators.errors import BoundariesCross, NotCreator, NotLive
from creators.models import Boundaries, Place
from creators.selectors.streams import open_stream_of
from users.errors import AlreadySo


class Wished(TypedDict, total=False):
    """What a creator may ask; coins, None is none."""

    gifts: bool
    least_coins: int | None
    most_coins: int | None
    viewer_coins_per_day: int | None
    anonymous: bool


def save_boundaries(*, creator_id: int, **changed: Unpack[Wished]) -> Boundaries:
    """Change those of a creator's boundaries that are given; what two pages change at the same
    time are both kept. Locks the creator and the open places.

    Refuses with NotCreator, BoundariesCross, or AlreadySo.
    """
    return _change(creator_id, **changed)


def say_enough(*, creator_id: int) -> Boundaries:
    """No more gifts for the rest of the live stream. Locks as `save_boundaries`.

    Refuses with NotCreator, NotLive, or AlreadySo when it was said before.
    """
    stream = open_stream_of(creator_id)
    if stream is None:
        raise NotLive()
    return _change(creator_id, enough_in_id=stream.pk)


def take_gifts_again(*, creator_id: int) -> Boundaries:
    """It is not enough after all. Locks as `save_boundaries`.

    Refuses with NotCreator or AlreadySo.
    """
    return _change(creator_id, enough_in_id=None)


def _change(creator_id: int, **values: Any) -> Boundaries:
    with transaction.atomic():
        if locks.lock_creator(creator_id) is None:
            raise NotCreator()
        open_places = Place.objects.filter(creator=creator_id, open=True)
        locks.lock_places(open_places.values_list("pk", flat=True))
        found, _ = Boundaries.objects.get_or_create(creator_id=creator_id)
        if all(getattr(found, name) == value for name, value in values.items()):
            raise AlreadySo()
        for name, value in values.items():
            setattr(found, name, value)
        _require_room(found)
        found.version += 1
        found.save()
    return found


def _require_room(found: Boundaries) -> None:
    """The smallest gift fits below the largest, and into a viewer's day."""
    least = found.least_coins
    for most in (found.most_coins, found.viewer_coins_per_day):
        if least is not None and most is not None and least > most:
            raise BoundariesCross()
