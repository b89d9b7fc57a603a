"""People as something that can be reported."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.models import User
from users.reporting import Kind, Seen, register


def see_person(ref: UUID) -> Seen | None:
    """The profile as others see it."""
    person = User.objects.filter(public_id=ref).first()
    if person is None:
        return None
    return Seen(
        about=person,
        text="\n".join(part for part in (person.name, person.bio) if part),
        where=_("Profile"),
        url=reverse("person", args=[person.handle]) if person.is_active else "",
        at=timezone.now(),
        is_hidden=not person.is_active,
        more={"picture": person.picture.url if person.picture else ""},
    )


def person_now(seen: Seen) -> str:
    if not seen.about.is_active:
        return _("The account is not active.")
    return _("The account is active. The profile says: %(text)s") % {"text": seen.text}


register(Kind(name="person", label=gettext_lazy("person"), see=see_person, now=person_now))
