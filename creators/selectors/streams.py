"""Streams and the places they are."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from creators.models import Place, Stream


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


def stream_by_public_id(public_id: UUID) -> Stream:
    """The stream of a room's address, with its creator. Raises Stream.DoesNotExist."""
    return Stream.objects.select_related("place__creator__user").get(place__public_id=public_id)


def places_by_id(ids: Iterable[int]) -> dict[int, Place]:
    """Places with their creators, by id."""
    return Place.objects.select_related("creator").in_bulk(list(ids))
