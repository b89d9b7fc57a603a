"""What a purchase costs and how much may be bought; orders and their receipts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from users.models import OwnLimit
from wallets.limits import first_day, local_day, next_period
from wallets.models import Lot, Recharge
from wallets.money import Money, coins_for, price_of_coins, smallest_coins, split_inclusive_tax
from wallets.selectors.prices import tax_basis_points

State = Recharge.State
# Orders that brought money or still may, as the daily limit sees it.
COUNTED = (State.CREATED, State.SENT, State.PAID, State.CREDITED, State.UNAPPLIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What so many coins cost in a country; the tax is inside the price."""

    coins: int
    price: Money
    tax: Money
    tax_basis_points: int

    @property
    def net(self) -> Money:
        return self.price - self.tax


def quote(*, coins: int, country: str, day: date | None = None) -> Quote:
    rate = tax_basis_points(country=country, day=day or timezone.localdate())
    price = price_of_coins(coins)
    _net, tax = split_inclusive_tax(gross_minor=price.minor, rate_basis_points=rate)
    return Quote(coins=coins, price=price, tax=Money(tax, price.currency), tax_basis_points=rate)


def smallest_of(method: str) -> int:
    """The fewest coins that can be bought by this method."""
    return smallest_coins(settings.SMALLEST_PAYMENT_MILLIONTHS[method])


def most_today(user_id: int, *, at: datetime | None = None) -> int:
    """How many coins a person can still order on this day of the instance's time zone."""
    day = timezone.localdate(at or timezone.now())
    begin, end = (
        timezone.make_aware(datetime.combine(each, time.min))
        for each in (day, day + timedelta(days=1))
    )
    ordered = Recharge.objects.filter(
        buyer=user_id, created__gte=begin, created__lt=end, state__in=COUNTED
    ).aggregate(coins=Sum("coins"))["coins"]
    return max(0, settings.RECHARGE_MAX_COINS_DAY - int(ordered or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLeft:
    """What is left of a person's own limit on money recharged, and the day when all is again."""

    period: str
    most: Money
    left: Money
    again: date

    @property
    def coins(self) -> int:
        return coins_for(self.left)


def own_money_left(user_id: int, *, at: datetime | None = None) -> MoneyLeft | None:
    """The own limit on money recharged of which least is left; None without such a limit.

    An order counts with its whole price, on the day of the site's time zone on which it was made
    and from the moment it is written: one that nobody has paid yet can be paid at any time, so two
    of them may not pass the limit together. It stops counting when it is declined, left or expired.
    Should its money come all the same, that cannot be refused any more: the coins are given, and
    it counts again. What was refunded counts no more, from when the refund was asked for; where
    staff gave coins for another sum, that sum counts. Limits are in the site's currency and say
    nothing of orders in another one.
    """
    today = local_day(at or timezone.now())
    found = [
        _money_left(limit, user_id, today)
        for limit in OwnLimit.objects.filter(user=user_id, asset=OwnLimit.Asset.MONEY)
    ]
    # Of equals, the one that lasts longest: not before its end is there more.
    return min(found, key=lambda one: (one.left, -one.again.toordinal()), default=None)


def _money_left(limit: OwnLimit, user_id: int, today: date) -> MoneyLeft:
    left = max(0, limit.most - money_recharged(user_id, limit.period, today=today))
    return MoneyLeft(
        period=limit.period,
        most=Money(limit.most, settings.BASE_CURRENCY),
        left=Money(left, settings.BASE_CURRENCY),
        again=next_period(limit.period, today),
    )


def money_recharged(user_id: int, period: str, *, today: date) -> int:
    """What counts of an own limit on money in the period that `today` is in; in minor units."""
    since = timezone.make_aware(datetime.combine(first_day(period, today), time.min))
    again = next_period(period, today)
    lot = Lot.objects.filter(recharge_id=OuterRef("pk"))
    counted = Recharge.objects.filter(
        buyer=user_id,
        created__gte=since,
        created__lt=timezone.make_aware(datetime.combine(again, time.min)),
        state__in=COUNTED,
        currency=settings.BASE_CURRENCY,
    ).aggregate(
        minor=Sum(
            Coalesce(
                Subquery(lot.values(net=F("price") - F("refunded_money"))),
                F("price"),
                output_field=BigIntegerField(),
            )
        )
    )["minor"]
    return int(counted or 0)


def recharge_of(user_id: int, public_id: UUID) -> Recharge | None:
    """A person's own order."""
    return Recharge.objects.filter(buyer=user_id, public_id=public_id).first()


def recharges_of(user_id: int, *, limit: int = 10) -> list[Recharge]:
    """A person's latest orders."""
    return list(Recharge.objects.filter(buyer=user_id).order_by("-id")[:limit])


def country_of_last_recharge(user_id: int) -> str:
    last = Recharge.objects.filter(buyer=user_id).order_by("-id").first()
    return last.tax_country if last else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was sold, as it was credited: also where staff gave coins for another sum."""

    number: str
    recharge: Recharge
    coins: int
    price: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.price - self.tax


def receipt_of(recharge: Recharge) -> Receipt | None:
    """The receipt of an order whose coins were delivered."""
    if not recharge.receipt:
        return None
    lot = Lot.objects.get(recharge_id=recharge.pk)
    return Receipt(
        number=recharge.receipt,
        recharge=recharge,
        coins=lot.coins,
        price=Money(lot.price, lot.currency),
        tax=Money(lot.tax, lot.currency),
    )


def recharges_to_check(*, now: datetime, limit: int) -> list[int]:
    """Orders about which the provider is to be asked again, the longest due first."""
    due = Recharge.objects.filter(check_at__lte=now).order_by("check_at")
    return list(due.values_list("pk", flat=True)[:limit])


def receipts_to_mail(*, limit: int) -> list[int]:
    """Delivered orders whose receipt was not mailed yet."""
    due = Recharge.objects.filter(credited__isnull=False, receipt_mailed=None).order_by("id")
    return list(due.values_list("pk", flat=True)[:limit])
