"""The kinds of things that people are told. Each app registers its own, in `notices.py`.

    GIFT_RETURNED = register(
        Kind(
            code="gift_returned",
            label=_("A gift of mine comes back"),
            mark="gift",
            sentence=lambda data: _("{creator} returned your gift.").format(**data),
            by_mail=True,
        )
    )

An action then calls `users.actions.notifying.notify` with the kind's code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`sentence` makes the text out of a notification's data, in the language that is active.

    `label` is translated when it is shown. `by_mail` is what is usual; None is never, for what has
    a mail of its own. A mail that could not be sent within `mail_within` says nothing new any more.
    """

    code: str
    label: Any
    # An icon of img/icons.svg.
    mark: str
    sentence: Callable[[Data], str]
    by_mail: bool | None = None
    mail_within: timedelta = timedelta(days=3)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    """Raises KeyError for a kind that no app registered."""
    return _kinds[code]


def find(code: str) -> Kind | None:
    """None for a kind that no app registers any more; its rows may still be there."""
    return _kinds.get(code)


def kinds() -> list[Kind]:
    """All of them, in the order of registering: the apps' order."""
    return list(_kinds.values())
