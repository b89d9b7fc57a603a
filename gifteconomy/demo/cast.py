"""Who lives in the demo. All of them are invented; cast.json says what they are like."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    handle: str
    name: str
    country: str
    bio: str = ""
    # Style, skin and hair of the picture (portraits.py); empty: no picture.
    look: str = ""

    @property
    def email(self) -> str:
        return f"{self.handle}@demo.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Person):
    """A creator: how many come to watch, at which hour (UTC) shows begin, how they are called."""

    popularity: int
    hour: int
    titles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest(Person):
    """A viewer, with how much there is to spend (deep, full, light), and for whom."""

    purse: str
    favourites: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague(Person):
    """A member of staff, in these groups; `everything` is a superuser."""

    groups: tuple[str, ...] = ()
    everything: bool = False


_cast = json.loads((Path(__file__).parent / "cast.json").read_text())
HOSTS = tuple(Host(**one) for one in _cast["hosts"])
GUESTS = tuple(Guest(**one) for one in _cast["guests"])
COLLEAGUES = tuple(Colleague(**one) for one in _cast["colleagues"])
CAST: tuple[Person, ...] = (*HOSTS, *GUESTS, *COLLEAGUES)

# These are live now; the first one's room is the busy one.
LIVE_NOW = HOSTS[:3]
# Who the one-click links make somebody.
FAN = GUESTS[0].handle
FINANCE, SECOND_FINANCE = COLLEAGUES[0].handle, COLLEAGUES[1].handle
MODERATION = next(one.handle for one in COLLEAGUES if list(one.groups) == ["moderation"])
