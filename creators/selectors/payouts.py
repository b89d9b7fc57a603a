"""Reads about payouts: methods, what can be withdrawn, withdrawals and batches."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from creators.models import PayoutMethod, Withdrawal
from creators.payout_sums import Part, Plan, most_within, plan_withdrawal, value_of
from wallets.selectors.balances import diamonds_of


def day_starts(day: date) -> datetime:
    """When a day of the instance's time zone begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def payout_method(creator_id: int, *, at: datetime | None = None) -> PayoutMethod | None:
    """The method in effect: the newest whose time has come."""
    methods = PayoutMethod.objects.filter(
        creator=creator_id, takes_effect__lte=at or timezone.now()
    )
    return methods.order_by("-takes_effect", "-pk").first()


def payout_method_to_come(creator_id: int, *, at: datetime | None = None) -> PayoutMethod | None:
    """The last change that is not in effect yet."""
    methods = PayoutMethod.objects.filter(creator=creator_id, takes_effect__gt=at or timezone.now())
    return methods.order_by("-takes_effect", "-pk").first()


def withdrawn_on_day_minor(creator_id: int, *, at: datetime) -> int:
    """Base currency's minor units asked for on the day of `at` and not given back."""
    day = timezone.localdate(at)
    asked = Withdrawal.objects.filter(
        creator=creator_id,
        created__gte=day_starts(day),
        created__lt=day_starts(day + timedelta(days=1)),
    ).exclude(state__in=Withdrawal.ENDED_UNPAID)
    return asked.aggregate(sum=Sum("base_minor"))["sum"] or 0


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What the withdrawal page shows; amounts in minor units of the base currency."""

    available: tuple[Part, ...]
    most_diamonds: int
    least_diamonds: int
    left_today_minor: int
    method: PayoutMethod | None
    method_to_come: PayoutMethod | None

    @property
    def available_diamonds(self) -> int:
        return sum(part.diamonds for part in self.available)

    @property
    def available_minor(self) -> int:
        return value_of(self.available).minor

    def plan(self, diamonds: int) -> Plan:
        """What would be paid for so many diamonds; refuses with InsufficientDiamonds."""
        return plan_withdrawal(
            self.available,
            diamonds=diamonds,
            fee_minor=settings.WITHDRAWAL_FEE_MINOR,
            currency=settings.BASE_CURRENCY,
        )


def withdrawal_quote(creator_id: int) -> Quote:
    """What this creator could withdraw now."""
    now = timezone.now()
    available = tuple(
        Part(series=d.series, value_millionths=d.value_millionths, diamonds=d.available)
        for d in diamonds_of(creator_id)
        if d.available
    )
    left = max(
        0, settings.WITHDRAWAL_MAXIMUM_DAY_MINOR - withdrawn_on_day_minor(creator_id, at=now)
    )
    below_minimum = most_within(
        available,
        limit_minor=settings.WITHDRAWAL_MINIMUM_MINOR - 1,
        currency=settings.BASE_CURRENCY,
    )
    return Quote(
        available=available,
        most_diamonds=most_within(available, limit_minor=left, currency=settings.BASE_CURRENCY),
        least_diamonds=below_minimum + 1,
        left_today_minor=left,
        method=payout_method(creator_id, at=now),
        method_to_come=payout_method_to_come(creator_id, at=now),
    )


def withdrawals_of(creator_id: int) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(creator=creator_id).order_by("-pk")


def withdrawal_of(creator_id: int, public_id: UUID) -> Withdrawal:
    """One of this creator's withdrawals with its steps. Raises Withdrawal.DoesNotExist."""
    return (
        Withdrawal.objects.select_related("method")
        .prefetch_related("events", "parts", "items")
        .get(creator=creator_id, public_id=public_id)
    )
