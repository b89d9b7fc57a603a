"""Staff tables with amounts: beside every number of coins stands its money value."""

from typing import Any

from django.http import HttpRequest

from users.staff import ReadOnly, column
from wallets.templatetags.money import coins_text


class CoinAmounts(ReadOnly):
    """Fields named in `in_coins` are shown as amounts, in the list and on a row's page."""

    in_coins: tuple[str, ...] = ("coins",)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = super().get_list_display(request)
        return [self._coins(name) if name in self.in_coins else name for name in names]

    def shown(self, request: HttpRequest, name: Any) -> Any:
        return self._coins(name) if name in self.in_coins else super().shown(request, name)

    def _coins(self, name: str) -> Any:
        [field] = [one for one in self.opts.fields if one.name == name]
        return column(field, lambda row: coins_text(getattr(row, name)))
