"""Chat lines and the messages of gifts as something that can be reported."""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Place
from creators.report_kinds import place_facts, room_url, where_of
from gifts.models import ChatLine, HiddenMessage, SentGift
from gifts.selectors import lines_of
from users.models import User
from users.reporting import Kind, Seen, register, register_places

LINES_SEEN = 10


def see_line(ref: UUID) -> Seen | None:
    """A line of chat, also one that readers are not shown any more."""
    line = ChatLine.objects.select_related("place__creator__user", "sender").filter(pk=ref).first()
    if line is None:
        return None
    return Seen(
        about=line.sender,
        text=line.text,
        where=where_of(line.place),
        url=room_url(line.place),
        at=line.created,
        is_hidden=line.hidden,
        more=place_facts(line.place),
    )


def see_message(ref: UUID) -> Seen | None:
    """What was said with a gift."""
    sent = SentGift.objects.filter(pk=ref).exclude(message="").first()
    if sent is None:
        return None
    place = Place.objects.select_related("creator__user").get(pk=sent.place_id)
    return Seen(
        about=User.objects.get(pk=sent.sender_id),
        text=sent.message,
        where=where_of(place),
        url=room_url(place),
        at=sent.created,
        is_hidden=HiddenMessage.objects.filter(pk=sent.pk).exists(),
        more=place_facts(place),
    )


def person_in_room(seen: Seen, public_id: UUID) -> Seen:
    """A person with what they said lately in this room and everybody can read."""
    place = Place.objects.select_related("creator__user").filter(public_id=public_id).first()
    if place is None:
        return seen
    latest = lines_of(place.pk, seen.about.pk, most=LINES_SEEN)
    said = [f"“{line.text}”" for line in reversed(latest) if not line.hidden]
    return replace(
        seen,
        text="\n".join([seen.text, *said]),
        where=where_of(place),
        url=room_url(place),
        more=seen.more | place_facts(place),
    )


def text_now(seen: Seen) -> str:
    return _("It was taken away.") if seen.is_hidden else _("It is still shown.")


register_places("person", person_in_room)
register(Kind(name="line", label=gettext_lazy("chat line"), see=see_line, now=text_now))
register(
    Kind(
        name="gift",
        label=gettext_lazy("message of a gift"),
        see=see_message,
        now=text_now,
    )
)
