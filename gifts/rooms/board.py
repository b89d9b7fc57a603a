"""Who gave most in a room: sums by sender, kept in memory, and the few of them that are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

Person = dict[str, Any]

SHOWN = 10
# Of these it is known whether they want to be shown: more than are, as some do not.
CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be on a board."""

    listed: bool
    amount: bool


@dataclass(slots=True)
class Giver:
    person: Person
    coins: int


@dataclass(slots=True)
class Board:
    """By handle. Whoever is anonymous in an event is nobody here."""

    givers: dict[str, Giver] = field(default_factory=dict)
    wishes: dict[str, Wishes] = field(default_factory=dict)
    _candidates: list[str] | None = None

    @classmethod
    def of(cls, givers: Iterable[tuple[Person, int]]) -> "Board":
        return cls(givers={person["handle"]: Giver(person, coins) for person, coins in givers})

    def add(self, sender: Person | None, coins: int) -> None:
        """Coins of a sender more, or fewer."""
        if sender is None:
            return
        self._candidates = None
        giver = self.givers.setdefault(sender["handle"], Giver(sender, 0))
        giver.person, giver.coins = sender, giver.coins + coins
        if giver.coins <= 0:
            del self.givers[sender["handle"]]

    def candidates(self) -> list[str]:
        """The handles of those who gave most; equal sums by handle, so that they keep places."""
        if self._candidates is None:
            self._candidates = nsmallest(
                CANDIDATES, self.givers, key=lambda handle: (-self.givers[handle].coins, handle)
            )
        return self._candidates

    def strangers(self) -> list[str]:
        """Those who would be shown if it were known that they want it."""
        return [handle for handle in self.candidates() if handle not in self.wishes]

    def learn(self, wishes: Mapping[str, Wishes]) -> None:
        """What was found out about the candidates; of others nothing is kept."""
        known = self.wishes | dict(wishes)
        self.wishes = {one: known[one] for one in self.candidates() if one in known}

    def people(self, *, amounts: bool) -> list[Person]:
        """Those who are shown. After them, by name, those who hide their amounts, so that no
        place in the list gives their amounts away."""
        listed = [h for h in self.candidates() if h in self.wishes and self.wishes[h].listed]
        open_, secret = (
            [self.givers[h] for h in listed if self.wishes[h].amount is shown]
            for shown in (True, False)
        )
        secret.sort(key=lambda giver: (giver.person["name"].casefold(), giver.person["handle"]))
        rows = [giver.person | {"coins": giver.coins if amounts else None} for giver in open_]
        return [*rows, *(giver.person | {"coins": None} for giver in secret)][:SHOWN]
