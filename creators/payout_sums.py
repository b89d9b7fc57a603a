"""What a withdrawal is worth: pure functions, no database. The one rounding is `diamonds_value`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wallets.errors import InsufficientDiamonds
from wallets.money import MILLION, Money, diamonds_value, minor_per_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Diamonds of one series with their value in millionths of the base currency."""

    series: int
    value_millionths: int
    diamonds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be withdrawn, oldest series first; `base_minor` is rounded down once."""

    parts: tuple[Part, ...]
    base_minor: int
    fee_minor: int
    currency: str

    @property
    def diamonds(self) -> int:
        return sum(part.diamonds for part in self.parts)

    @property
    def paid_minor(self) -> int:
        return self.base_minor - self.fee_minor


def value_of(parts: Iterable[Part], currency: str | None = None) -> Money:
    """What diamonds of several series are worth together, rounded down once."""
    millionths = sum(part.diamonds * part.value_millionths for part in parts)
    return diamonds_value(diamonds=1, value_millionths=millionths, currency=currency)


def plan_withdrawal(
    spendable: Sequence[Part], *, diamonds: int, fee_minor: int, currency: str
) -> Plan:
    """Take `diamonds` from what can be spent, oldest series first; refuses when they are fewer."""
    taken, wanted = [], diamonds
    for part in sorted(spendable, key=lambda part: part.series):
        count = min(part.diamonds, wanted)
        if count > 0:
            taken.append(
                Part(series=part.series, value_millionths=part.value_millionths, diamonds=count)
            )
            wanted -= count
    if wanted or not taken:
        raise InsufficientDiamonds(missing=wanted, balance=diamonds - wanted)
    return Plan(
        parts=tuple(taken),
        base_minor=value_of(taken, currency).minor,
        fee_minor=fee_minor,
        currency=currency,
    )


def most_within(spendable: Sequence[Part], *, limit_minor: int, currency: str) -> int:
    """How many diamonds, oldest series first, are worth no more than the limit."""
    # The most millionths that still round down to the limit.
    left = ((limit_minor + 1) * MILLION - 1) // minor_per_unit(currency)
    diamonds = 0
    for part in sorted(spendable, key=lambda part: part.series):
        count = min(part.diamonds, max(0, left) // part.value_millionths)
        diamonds += count
        left -= count * part.value_millionths
        if count < part.diamonds:
            break
    return diamonds
