"""Staff tables with amounts: no number stands without its unit, and none of coins or diamonds
without its money value."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest

from users.staff import ReadOnly, column
from wallets.models import COIN
from wallets.money import Money
from wallets.selectors.rates import series_values
from wallets.templatetags.money import coins_text, diamonds_text, money


def amount_text(units: int, asset: str, values: Callable[[], Mapping[int, int]]) -> str:
    """So many whole units of a ledger's asset in words; `values` are those of diamonds by series,
    and asked only for diamonds."""
    kind, _dot, series = asset.partition(".")
    if kind == COIN:
        return coins_text(units)
    if kind == "DIAMOND":
        return diamonds_text(units, values()[int(series)])
    return money(Money(units, asset))


class Amounts(ReadOnly):
    """Shows fields as amounts, in the list and on a row's page: those named in `in_coins`, in
    `in_money` (minor units of `currency_of` the row) and in `in_asset` (of `asset_of` the row)."""

    in_coins: tuple[str, ...] = ()
    in_money: tuple[str, ...] = ()
    in_asset: tuple[str, ...] = ()

    def currency_of(self, row: Any, name: str) -> str:
        return str(row.currency)

    def asset_of(self, row: Any) -> str:
        raise NotImplementedError

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        values = cache(series_values)
        return [self._amount(name, values) for name in super().get_list_display(request)]

    def shown(self, request: HttpRequest, name: Any) -> Any:
        amount = self._amount(name, cache(series_values))
        return super().shown(request, name) if amount is name else amount

    def _amount(self, name: Any, values: Callable[[], Mapping[int, int]]) -> Any:
        """The column of an amount; what is none stays as it is."""
        if name in self.in_coins:
            return self._column(name, lambda row, units: coins_text(units))
        if name in self.in_money:
            return self._column(
                name, lambda row, units: money(Money(units, self.currency_of(row, name)))
            )
        if name in self.in_asset:
            return self._column(
                name, lambda row, units: amount_text(units, self.asset_of(row), values)
            )
        return name

    def _column(self, name: str, words: Callable[[Any, int], str]) -> Any:
        [field] = [one for one in self.opts.fields if one.name == name]

        def shown(row: Any) -> str:
            units = getattr(row, name)
            return str(self.get_empty_value_display()) if units is None else words(row, units)

        return column(field, shown)
