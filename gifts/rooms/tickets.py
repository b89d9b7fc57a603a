"""Join tickets: the page says who the viewer is, signed, so that a socket need not ask."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing

from creators.models import Place
from gifts.events import person
from users.models import User

SALT = "gifts.rooms.ticket"


class TicketRefused(Exception):
    """Not ours, or too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who joins which place; `person` is None for who is signed out."""

    place_id: int
    creator_id: int
    public_id: str
    user_id: int | None
    person: dict[str, Any] | None


def issue_ticket(*, place: Place, user: User | None) -> str:
    """A ticket for one place, good for TICKET_SECONDS."""
    return signing.dumps(
        {
            "p": place.pk,
            "c": place.creator_id,
            "i": str(place.public_id),
            "u": user.pk if user else None,
            "w": person(user) if user else None,
        },
        salt=SALT,
    )


def read_ticket(text: str) -> Ticket:
    """Raises TicketRefused."""
    try:
        said = signing.loads(text, salt=SALT, max_age=settings.TICKET_SECONDS)
        place_id, creator_id, public_id = said["p"], said["c"], said["i"]
    except (signing.BadSignature, KeyError) as error:
        raise TicketRefused(str(error)) from error
    return Ticket(
        place_id=place_id,
        creator_id=creator_id,
        public_id=public_id,
        user_id=said["u"],
        person=said["w"],
    )
