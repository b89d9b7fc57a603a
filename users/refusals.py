"""What the refusals offer: the button beside the sentence, by the refusal's code.

The sentence is the refusal's own (`says`). An app registers the buttons of its refusals, and where
they lead. docs/refusals.md has them all in one table, and a test compares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from users.errors import Refusal

Address = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Button:
    """What a person can do next. `label` is translated when it is shown."""

    label: Any
    url: str


_buttons: dict[str, tuple[Any, Address]] = {}


def offer(code: str, label: Any, address: Address) -> None:
    """The button of a refusal; `address` gets its details, and gives "" for no button."""
    _buttons[code] = (label, address)


def button_label(code: str) -> str:
    """The label of a refusal's button, "" where it has none."""
    return str(_buttons[code][0]) if code in _buttons else ""


def button_of(refusal: Refusal) -> Button | None:
    if refusal.code not in _buttons:
        return None
    label, address = _buttons[refusal.code]
    url = address(refusal.details)
    return Button(label, url) if url else None


def as_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as scripts get it: code, sentence, button, details."""
    button = button_of(refusal)
    return {
        "code": refusal.code,
        "sentence": refusal.sentence,
        "button": {"label": str(button.label), "url": button.url} if button else None,
        "details": refusal.details,
    }
