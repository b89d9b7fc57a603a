"""Prices change by announcement: rate cards, tax rates, packs, and the switches of staff.

Each is also the `perform` of a staff action (users.actions.staff), which asks for the reason and
writes the audit row in the same transaction.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from users.errors import AlreadySo
from users.models import User
from wallets import locks
from wallets.countries import is_country
from wallets.errors import (
    AmountRefused,
    CountryUnknown,
    DateTaken,
    InThePast,
    RateCardTooSoon,
)
from wallets.models import CoinPack, RateCard, Switch, TaxRate


def earliest_rate_card() -> datetime:
    """The first moment at which a card that is announced now may start."""
    return timezone.now() + timedelta(days=settings.RATE_NOTICE_DAYS)


@transaction.atomic
def announce_rate_card(
    *, starts: datetime, diamonds_per_coin: int, diamond_value_millionths: int, note: str = ""
) -> RateCard:
    """Announce what coins will give from `starts` on.

    A value that stays keeps the series of the card before it; another value gets a new one, so
    that what was earned keeps the value it was earned at. Refuses with RateCardTooSoon, DateTaken
    or AmountRefused. Takes the lock of rate cards.
    """
    if diamonds_per_coin < 1 or diamond_value_millionths < 1:
        raise AmountRefused(smallest=1)
    locks.lock_rate_cards()
    earliest = earliest_rate_card()
    if starts < earliest:
        raise RateCardTooSoon(earliest=earliest.isoformat(), days=settings.RATE_NOTICE_DAYS)
    if RateCard.objects.filter(starts=starts).exists():
        raise DateTaken()
    before = RateCard.objects.filter(starts__lt=starts).order_by("-starts").first()
    if before and before.diamond_value_millionths == diamond_value_millionths:
        series = before.series
    else:
        series = 1 + max(RateCard.objects.values_list("series", flat=True), default=0)
    return RateCard.objects.create(
        starts=starts,
        diamonds_per_coin=diamonds_per_coin,
        diamond_value_millionths=diamond_value_millionths,
        series=series,
        note=note,
    )


def set_tax_rate(*, country: str, basis_points: int, starts: date) -> TaxRate:
    """The tax inside prices for buyers of a country, from a day on, today at the earliest."""
    if not is_country(country):
        raise CountryUnknown(country=country)
    if not 0 <= basis_points < 10_000:
        raise AmountRefused(smallest=0, largest=9_999)
    if starts < timezone.localdate():
        raise InThePast()
    try:
        with transaction.atomic():
            return TaxRate.objects.create(country=country, basis_points=basis_points, starts=starts)
    except IntegrityError as error:
        raise DateTaken() from error


def add_pack(*, coins: int) -> CoinPack:
    """Sell packs of so many coins, at the one price per coin."""
    if not 0 < coins <= settings.RECHARGE_MAX_COINS_ORDER:
        raise AmountRefused(smallest=1, largest=settings.RECHARGE_MAX_COINS_ORDER)
    pack, made = CoinPack.objects.get_or_create(coins=coins)
    if not made:
        raise AlreadySo()
    return pack


def set_pack_on_sale(pack: CoinPack, *, active: bool) -> None:
    """Put a pack on sale or take it off. The caller has locked it."""
    if pack.active == active:
        raise AlreadySo()
    pack.active = active
    pack.save(update_fields=["active"])


def throw_switch(switch: Switch, *, stopped: bool, message: str, staff: User) -> None:
    """Stop a part of the economy with a message that people read, or let it go on.

    The caller has locked the switch. Every transaction of the writer that begins after the commit
    obeys it.
    """
    if switch.stopped == stopped and switch.message == message:
        raise AlreadySo()
    switch.stopped, switch.message, switch.changed_by = stopped, message, staff
    switch.save(update_fields=["stopped", "message", "changed_by", "changed"])
