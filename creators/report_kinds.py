"""Streams as something that can be reported."""

from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Place, Stream
from creators.selectors.streams import stream_by_public_id
from users.reporting import Kind, Seen, register


def place_facts(place: Place) -> dict[str, int]:
    """What staff's acts need to find the place and its creator again."""
    return {"place": place.pk, "creator": place.creator_id}


def room_url(place: Place) -> str:
    try:
        return reverse("room", args=[place.public_id])
    except NoReverseMatch:
        return ""


def where_of(place: Place) -> str:
    """In words, as a report keeps it."""
    return _("Room of %(creator)s") % {"creator": place.creator.user.name}


def see_stream(ref: UUID) -> Seen | None:
    stream = stream_by_public_id(ref)
    if stream is None:
        return None
    return Seen(
        about=stream.place.creator.user,
        text=stream.title,
        where=where_of(stream.place),
        url=room_url(stream.place),
        at=timezone.now(),
        more=place_facts(stream.place),
    )


def stream_now(seen: Seen) -> str:
    stream = Stream.objects.get(pk=seen.more["place"])
    if stream.state == Stream.State.LIVE:
        return _("The stream is live: %(title)s") % {"title": stream.title}
    return _("The stream has ended: %(why)s") % {"why": stream.get_ended_why_display()}


register(Kind(name="stream", label=gettext_lazy("stream"), see=see_stream, now=stream_now))
