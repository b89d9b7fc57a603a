"""A person's own limits, with what is used of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from users.actions.own_limits import SecondYes
from users.models import OwnLimit
from wallets.books import reached_by
from wallets.limits import first_day, local_day, next_period
from wallets.models import Recharge, SpendingDay
from wallets.money import Money
from wallets.selectors.recharges import money_recharged

Asset, Period = OwnLimit.Asset, OwnLimit.Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitState:
    """What a person spent (coins) or recharged (minor units) in a period, and the own limit on it.

    `renews` is the first day of the next period.
    """

    asset: str
    period: str
    used: int
    renews: date
    limit: OwnLimit | None

    @property
    def name(self) -> str:
        return f"{self.asset}-{self.period}"

    @property
    def is_money(self) -> bool:
        return self.asset == Asset.MONEY

    @property
    def label(self) -> Any:
        return Period(self.period).label

    @property
    def shown_used(self) -> Any:
        return _shown(self.asset, self.used)

    @property
    def shown_most(self) -> Any:
        return _shown(self.asset, self.limit.most) if self.limit else None

    @property
    def shown_wish(self) -> Any:
        """The higher limit that was asked for; None for no limit any more."""
        if self.limit is None or self.limit.raised_to is None:
            return None
        return _shown(self.asset, self.limit.raised_to)

    @property
    def percent(self) -> int:
        if self.limit is None or self.limit.most == 0:
            return 100 if self.limit else 0
        return min(100, 100 * self.used // self.limit.most)

    @property
    def second_yes(self) -> SecondYes | None:
        """Of a raise that was asked for."""
        asked = self.limit.raise_asked if self.limit else None
        return SecondYes(asked) if asked else None


def own_limits_of(user_id: int, *, at: datetime | None = None) -> list[LimitState]:
    """Coins and money, by day, week and month; also where there is no limit."""
    today = local_day(at or timezone.now())
    limits = {(one.asset, one.period): one for one in OwnLimit.objects.filter(user=user_id)}
    return [
        LimitState(
            asset=asset.value,
            period=period.value,
            used=_used(user_id, asset, period, today),
            renews=next_period(period, today),
            limit=limits.get((asset.value, period.value)),
        )
        for asset in Asset
        for period in Period
    ]


def money_limits_reached(order: Recharge) -> list[tuple[LimitState, str]]:
    """The own limits of which this new order reached the half or the whole, and which of them."""
    found = []
    for one in own_limits_of(order.buyer_id):
        if one.is_money and one.limit:
            before = one.used - order.price
            if reached := reached_by(before, one.used, one.limit.most):
                found.append((one, reached))
    return found


def _used(user_id: int, asset: str, period: str, today: date) -> int:
    if asset == Asset.MONEY:
        return money_recharged(user_id, period, today=today)
    days = SpendingDay.objects.filter(user_id=user_id, day__gte=first_day(period, today))
    return int(days.aggregate(coins=Sum("coins"))["coins"] or 0)


def _shown(asset: str, amount: int) -> Any:
    return Money(amount, settings.BASE_CURRENCY) if asset == Asset.MONEY else amount
