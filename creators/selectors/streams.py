"""Streams and the places they are."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from creators.models import Broadcast, Place, Stream, StreamKey
from creators.video import video_part


def live_streams(*, but: Stream | None = None) -> QuerySet[Stream]:
    """Streams that are live, newest first, with their place, creator and user."""
    streams = (
        Stream.objects.filter(state=Stream.State.LIVE)
        .select_related("place__creator__user")
        .order_by("-started")
    )
    return streams.exclude(pk=but.pk) if but else streams


def ended_streams() -> QuerySet[Stream]:
    """Streams that have ended, the one that began last first, with their creators."""
    return (
        Stream.objects.filter(state=Stream.State.ENDED)
        .select_related("place__creator__user")
        .order_by("-pk")
    )


def stream_by_public_id(public_id: UUID) -> Stream | None:
    """The stream of a room's address, with its creator."""
    streams = Stream.objects.select_related("place__creator__user")
    return streams.filter(place__public_id=public_id).first()


def places_by_id(ids: Iterable[int]) -> dict[int, Place]:
    """Places with their creators, by id."""
    return Place.objects.select_related("creator").in_bulk(list(ids))


def open_stream_of(creator_id: int) -> Stream | None:
    """The creator's live stream, with its place."""
    live = Stream.objects.filter(place__creator=creator_id, state=Stream.State.LIVE)
    return live.select_related("place").first()


def video_of(place_id: int) -> dict[str, Any]:
    """What viewers are told of a stream's picture."""
    found = Broadcast.objects.filter(pk=place_id).values_list("state", "name", "version").first()
    return video_part(*(found or (None, None, None)))


def good_key_of(creator_id: int) -> StreamKey | None:
    """The stream key that is good now."""
    return StreamKey.objects.filter(creator=creator_id, revoked=None).first()


def silent_broadcasts() -> list[tuple[int, int]]:
    """(stream, creator) of pictures of which the media server has not spoken for too long."""
    since = timezone.now() - timedelta(seconds=settings.LIVE_SILENT_SECONDS)
    live = _of_live_streams().filter(state=Broadcast.State.LIVE, seen__lt=since)
    return list(live.values_list("pk", "stream__place__creator"))


def lost_broadcasts(*, creator_id: int | None = None) -> list[int]:
    """Creators whose picture has been away for longer than LIVE_RETURN_SECONDS."""
    since = timezone.now() - timedelta(seconds=settings.LIVE_RETURN_SECONDS)
    paused = _of_live_streams().filter(state=Broadcast.State.PAUSED, since__lte=since)
    if creator_id is not None:
        paused = paused.filter(stream__place__creator=creator_id)
    return list(paused.values_list("stream__place__creator", flat=True))


def _of_live_streams() -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(stream__state=Stream.State.LIVE)


def streams_to_announce() -> list[int]:
    """Live streams of which followers were not told yet."""
    waiting = Stream.objects.filter(state=Stream.State.LIVE, followers_told=None)
    return list(waiting.order_by("started").values_list("pk", flat=True)[:100])
