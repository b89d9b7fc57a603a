"""What a movement of coins was, in words for its owner.

Each app says it for its own transfer codes: `register("gift", describe_gifts)`. A function gets all
movements of its code on a page at once, so that a page costs one question per code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Coins that came into a wallet (more than 0) or left it (less than 0).

    `reverses` is the transfer that these coins come back from.
    """

    id: UUID
    operation: UUID
    code: str
    coins: int
    created: datetime
    lots: tuple[int, ...]
    reverses: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """`text` says what it was; `url` leads to it; `note` is smaller print; `mark` names an icon."""

    text: Any
    url: str = ""
    note: Any = ""
    mark: str = "coin"


Describe = Callable[[Sequence[Movement]], Mapping[UUID, Description]]
_describe: dict[str, Describe] = {}

# What is said of a code that no app describes, or of a movement that it leaves out.
PLAIN: dict[str, Description] = {
    "recharge": Description(text=_("Recharge"), mark="plus"),
    "grant": Description(text=_("Coins from our staff"), mark="star"),
    "grant_back": Description(text=_("Coins from our staff, taken back"), mark="minus"),
    "gift": Description(text=_("Gift"), mark="gift"),
    "undo": Description(text=_("Gift undone"), mark="undo"),
    "return": Description(text=_("Gift returned by the creator"), mark="undo"),
    "reversal": Description(text=_("Gift taken back by our staff"), mark="undo"),
    "refund": Description(text=_("Coins given back"), mark="refresh"),
    "refund_failed": Description(text=_("Giving back did not work"), mark="refresh"),
    "campaign": Description(text=_("Promotion"), mark="target"),
    "campaign_rest": Description(text=_("Unspent part of a promotion"), mark="target"),
    "dispute": Description(text=_("Held for a disputed payment"), mark="lock"),
    "dispute_won": Description(text=_("Back after a disputed payment"), mark="lock"),
    "dispute_lost": Description(text=_("Lost with a disputed payment"), mark="lock"),
}
OTHER = Description(text=_("Movement"))


def register(code: str, describe: Describe) -> None:
    """Let an app describe the movements of its transfer code."""
    _describe[code] = describe


def describe_all(movements: Sequence[Movement]) -> dict[UUID, Description]:
    """A description for each movement."""
    by_code: dict[str, list[Movement]] = {}
    for movement in movements:
        by_code.setdefault(movement.code, []).append(movement)
    described: dict[UUID, Description] = {}
    for code, ones in by_code.items():
        known = _describe[code](ones) if code in _describe else {}
        plain = PLAIN.get(code, OTHER)
        described |= {one.id: known.get(one.id, plain) for one in ones}
    return described
