"""Giving the next number of a place to something that happened there."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils.compat import uuid7

from creators.models import Place
from gifts.events import Event, Numbered
from gifts.models import PlaceEvent
from gifts.rooms import bus


def next_number(place_id: int) -> int:
    """The next number of a place, which is locked."""
    Place.objects.filter(pk=place_id).update(seq=F("seq") + 1)
    return Place.objects.values_list("seq", flat=True).get(pk=place_id)


def tell(
    place_id: int,
    seq: int,
    make: Callable[..., Event],
    *,
    now: datetime | None = None,
    complete: Callable[[Event], Event] | None = None,
) -> None:
    """Keep the event with this number, and tell the room after commit.

    `complete` adds what the room is told and what is not kept: texts that may be hidden again.
    """
    id, created = uuid7(), now or timezone.now()
    event = make(id=id, seq=seq, created=created)
    PlaceEvent.objects.create(
        id=id, place_id=place_id, seq=seq, type=event["type"], data=event, created=created
    )
    told = Numbered(place_id=place_id, seq=seq, event=complete(event) if complete else event)
    transaction.on_commit(lambda: bus.tell([told]), robust=True)
