"""The goal of a room in memory: how far it is, by what is sent and what comes back."""

from dataclasses import dataclass
from typing import Any

from gifts.events import Event


@dataclass(slots=True)
class Aim:
    """`what` is the goal as events tell it (`gifts.events.goal_part`); progress is absolute."""

    what: dict[str, Any]
    progress: int

    @property
    def is_due(self) -> bool:
        """It is reached and nobody has decided so yet."""
        return self.what["reached_at"] is None and self.progress >= self.what["target"]

    def sent(self, event: Event) -> None:
        self._move(event["gift"]["slug"], event["delta"], event["coins_delta"])

    def taken_back(self, event: Event) -> None:
        for one in event["taken"]:
            if one["seq"] > self.what["since"]:
                self._move(event["gift"]["slug"], -one["delta"], -one["coins"])

    def _move(self, slug: str, gifts: int, coins: int) -> None:
        if self.what["counts"] == "coins":
            self.progress += coins
        elif self.what["gift"]["slug"] == slug:
            self.progress += gifts

    def told(self) -> dict[str, Any]:
        return self.what | {"progress": self.progress}


def after(aim: Aim | None, event: Event) -> Aim | None:
    """The goal after an event `goal`: set, changed, reached or removed."""
    if event["what"] == "removed":
        return None
    known = aim is not None and aim.what["id"] == event["goal"]["id"]
    return Aim(event["goal"], aim.progress if aim and known else 0)
