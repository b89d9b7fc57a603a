"""What can be reported: apps register their kinds here, each with how to copy what was seen.

    register(Kind(name="line", label=_("chat line"), see=see_line, now=line_now))

What staff do about one (hide the text, end the stream) is added to the admin's queue by the apps
that do it: `users.staff.add_staff_actions`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from users.models import User


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a person reports, as it is there now. `where` and `url` say in which place."""

    about: User
    text: str
    where: str
    url: str
    at: datetime
    # Readers are not shown it (any more): staff get the copy, the reporter's pages do not.
    is_hidden: bool = False
    # What the acts of staff need to find it again.
    more: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> dict[str, Any]:
        """As a report keeps it."""
        return {
            "text": self.text,
            "name": self.about.name,
            "handle": self.about.handle,
            "where": self.where,
            "url": self.url,
            "at": self.at.isoformat(),
            **self.more,
        }


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that can be reported. `see` gives None for what is not there."""

    name: str
    label: Any
    see: Callable[[UUID], Seen | None]
    # In words what is there now, for staff; `see` still finds it.
    now: Callable[[Seen], Any]


_kinds: dict[str, Kind] = {}
# By the name of a kind, what an app to the right adds of the place (by its public id) in which
# somebody saw it.
SeenIn = Callable[[Seen, UUID], Seen]
_places: dict[str, SeenIn] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def register_places(kind: str, seen_in: SeenIn) -> None:
    _places[kind] = seen_in


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)


def see(kind: str, ref: UUID, *, at: UUID | None = None) -> Seen | None:
    """What is there now under this kind and number, seen in the place `at`; None for nothing."""
    found = _kinds.get(kind)
    seen = found.see(ref) if found else None
    if seen is None or at is None or kind not in _places:
        return seen
    return _places[kind](seen, at)


def state_now(kind: str, ref: UUID) -> Any:
    """In words, for staff."""
    seen = see(kind, ref)
    return _kinds[kind].now(seen) if seen else _("It is not there any more.")
