"""What coins cost, what creators get of it, and what is left: computed, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from wallets.models import CoinPack, RateCard, TaxRate
from wallets.money import (
    BASIS_POINTS,
    Money,
    diamonds_value,
    payment_fee,
    price_of,
    price_of_coins,
    smallest_coins,
    split_inclusive_tax,
)
from wallets.movements.recharges import reserve_share


def creators_share(card: RateCard, *, tax_basis_points: int) -> int:
    """The creator's part of the net price of a coin, in hundredths of a percent, rounded down."""
    paid = card.diamonds_per_coin * card.diamond_value_millionths
    return paid * (BASIS_POINTS + tax_basis_points) // settings.COIN_PRICE_MILLIONTHS


def series_values() -> dict[int, int]:
    """The value of a diamond of each series, in millionths of the base currency."""
    return dict(
        RateCard.objects.order_by("-starts").values_list("series", "diamond_value_millionths")
    )


def rate_cards() -> list[RateCard]:
    """All cards that were ever announced, the latest start first."""
    return list(RateCard.objects.order_by("-starts"))


@dataclass(frozen=True, slots=True)
class CardChange:
    """One thing that differs between two rate cards; amounts in whole units and millionths."""

    what: str
    before: int
    after: int


def changes_between(old: RateCard, new: RateCard) -> list[CardChange]:
    """What is not the same on two cards; empty when only the date differs."""
    compared: list[tuple[Any, str]] = [
        (_("Diamonds for a coin"), "diamonds_per_coin"),
        (_("Value of a diamond, in millionths"), "diamond_value_millionths"),
    ]
    return [
        CardChange(what, getattr(old, name), getattr(new, name))
        for what, name in compared
        if getattr(old, name) != getattr(new, name)
    ]


def tax_rates_in_force() -> dict[str, int]:
    """Country → the tax inside prices today, in hundredths of a percent."""
    rates = TaxRate.objects.filter(starts__lte=timezone.localdate()).order_by("country", "-starts")
    return dict(rates.distinct("country").values_list("country", "basis_points"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Where the price of a pack goes, in minor units of the base currency."""

    coins: int
    method: str
    country: str
    offered: bool
    price: Money
    tax: Money
    fee: Money
    creator: Money
    reserve: Money

    @property
    def left(self) -> Money:
        return self.price - self.tax - self.fee - self.creator - self.reserve

    @property
    def is_loss(self) -> bool:
        return self.left.minor < 0


def margins() -> list[Margin]:
    """Each pack on sale by each method that can sell it, for each country with a tax rate.

    Also methods with an estimated fee that are not offered here, so that an operator can see what
    they would leave.
    """
    card = RateCard.objects.filter(starts__lte=timezone.now()).latest("starts")
    packs = list(CoinPack.objects.filter(active=True).values_list("coins", flat=True))
    taxes = tax_rates_in_force()
    return [
        margin(card, coins=coins, method=method, country=country, tax_basis_points=rate)
        for method in settings.PAYMENT_FEES
        for coins in packs
        if coins >= smallest_coins(settings.SMALLEST_PAYMENT_MILLIONTHS[method])
        for country, rate in taxes.items()
    ]


def margin(
    card: RateCard, *, coins: int, method: str, country: str, tax_basis_points: int
) -> Margin:
    price = price_of_coins(coins)
    net, tax = split_inclusive_tax(gross_minor=price.minor, rate_basis_points=tax_basis_points)
    basis_points, fixed = settings.PAYMENT_FEES[method]
    return Margin(
        coins=coins,
        method=method,
        country=country,
        offered=method in settings.PAYMENT_METHODS,
        price=price,
        tax=Money(tax, price.currency),
        fee=payment_fee(price, basis_points=basis_points, fixed_millionths=fixed),
        creator=diamonds_value(
            diamonds=coins * card.diamonds_per_coin,
            value_millionths=card.diamond_value_millionths,
        ),
        reserve=Money(reserve_share(net, settings.RESERVE_BASIS_POINTS), price.currency),
    )


def losses(rows: Sequence[Margin]) -> list[Margin]:
    """Of these, what is offered here and loses money."""
    return [row for row in rows if row.offered and row.is_loss]


def coin_price() -> Money:
    """What one coin costs; 0 where a coin is less than half of the smallest unit."""
    return price_of(
        millionths_per_unit=settings.COIN_PRICE_MILLIONTHS,
        units=1,
        currency=settings.BASE_CURRENCY,
    )
