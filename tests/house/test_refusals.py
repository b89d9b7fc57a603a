"""docs/refusals.md names every refusal with its sentence and its button, and no others."""

from importlib import import_module

from django.urls import get_resolver

from tests.house.rules import CHECKOUT
from users import refusals
from users.errors import Refusal

PAGE = CHECKOUT / "docs" / "refusals.md"


def kinds(cls: type[Refusal] = Refusal) -> set[type[Refusal]]:
    """Every refusal of the product, tests' own left out."""
    found = {cls} if not cls.__module__.startswith("tests") else set()
    return found.union(*(kinds(sub) for sub in cls.__subclasses__()))


def rows() -> list[str]:
    # All doors are loaded, and with them all refusals and the buttons that they offer.
    assert get_resolver().url_patterns
    import_module("gifteconomy.asgi")
    return sorted(
        f"| `{kind.code}` | {kind.says} | {refusals.button_label(kind.code)} |"
        for kind in kinds()
        if kind is not Refusal
    )


def test_every_refusal_is_in_the_table() -> None:
    told = {line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"}
    missing, gone = sorted(set(rows()) - told), sorted(told - set(rows()))
    assert not missing, "docs/refusals.md lacks:\n" + "\n".join(missing)
    assert not gone, "docs/refusals.md has what is no refusal:\n" + "\n".join(gone)


def test_no_two_refusals_share_a_name() -> None:
    codes = [kind.code for kind in kinds()]
    assert sorted(codes) == sorted(set(codes))
