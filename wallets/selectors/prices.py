"""Prices in force: the rate card, tax rates, packs, switches."""

from datetime import date, datetime

from django.utils import timezone

from wallets.models import CoinPack, RateCard, Switch, TaxRate


def rate_card(*, at: datetime | None = None) -> RateCard:
    """The card in force. Raises RateCard.DoesNotExist before the first."""
    return RateCard.objects.filter(starts__lte=at or timezone.now()).order_by("-starts")[:1].get()


def rate_cards_to_come() -> list[RateCard]:
    return list(RateCard.objects.filter(starts__gt=timezone.now()).order_by("starts"))


def tax_basis_points(*, country: str, day: date) -> int:
    """The tax inside prices for buyers of this country; 0 where no rate is known."""
    rate = TaxRate.objects.filter(country=country, starts__lte=day).order_by("-starts").first()
    return rate.basis_points if rate else 0


def packs_on_sale() -> list[CoinPack]:
    return list(CoinPack.objects.filter(active=True).order_by("coins"))


def stopped_message(name: str) -> str | None:
    """What people are told while staff have stopped this part; None while it runs."""
    stopped = Switch.objects.filter(name__in=[name, Switch.Name.POSTING], stopped=True).first()
    return stopped.message if stopped else None
