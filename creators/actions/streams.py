"""Going live and ending a stream."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from creators import events, locks
from creators.errors import (
    AlreadyLive,
    CreatorSuspended,
    CreatorWaits,
    NotCreator,
    StreamEnded,
)
from creators.models import Creator, Place, Stream
from users.actions import require_money_age
from users.errors import Frozen
from users.filtering import require_allowed
from users.models import User
from wallets.models import Account


def start_stream(*, user: User, title: str, now: datetime | None = None) -> Stream:
    """Go live with a new place. Locks the creator.

    Refuses with TooYoung, MessageNotAllowed (the title goes to all followers, also by mail),
    NotCreator, CreatorWaits, CreatorSuspended, Frozen or AlreadyLive. `now` is for histories.
    """
    require_money_age(user)
    require_allowed(title, field="title")
    with transaction.atomic():
        creator = require_may_stream(locks.lock_creator(user.pk))
        if Place.objects.filter(creator=creator, kind=Place.Kind.STREAM, open=True).exists():
            raise AlreadyLive()
        place = Place.objects.create(creator=creator, kind=Place.Kind.STREAM)
        stream = Stream.objects.create(place=place, title=title, started=now or timezone.now())
        events.stream_started(stream)
    return stream


def require_may_stream(creator: Creator | None) -> Creator:
    """Refuses with NotCreator, CreatorWaits, CreatorSuspended or Frozen."""
    if creator is None:
        raise NotCreator()
    if creator.state == Creator.State.APPLIED:
        raise CreatorWaits()
    if creator.state == Creator.State.SUSPENDED:
        raise CreatorSuspended(reason=creator.state_reason)
    if Account.objects.filter(owner=creator.pk, can_credit=False).exists():
        raise Frozen()
    return creator


def end_stream(
    *, place_id: int, why: str = Stream.EndedWhy.CREATOR, now: datetime | None = None
) -> Stream:
    """Close the place; from now on gifts to it are refused. Locks the place.

    Refuses with StreamEnded what has ended before. `now` is for histories.
    """
    with transaction.atomic():
        locks.lock_places([place_id])
        if not Place.objects.filter(pk=place_id, open=True).update(open=False):
            raise StreamEnded()
        stream = Stream.objects.select_related("place").get(pk=place_id)
        stream.state, stream.ended_why = Stream.State.ENDED, why
        stream.ended = max(now or timezone.now(), stream.started)
        stream.save(update_fields=["state", "ended", "ended_why"])
        events.stream_ended(stream)
    return stream


def end_streams_of(creator_id: int, *, why: str) -> None:
    """End the creator's live stream, if there is one; in the caller's transaction."""
    open_places = Place.objects.filter(creator=creator_id, kind=Place.Kind.STREAM, open=True)
    for place_id in open_places.values_list("pk", flat=True):
        end_stream(place_id=place_id, why=why)
