"""Prices as data: coin packs, rate cards, tax rates, and the switches that staff can throw."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wallets.models.ledger import APPEND_ONLY, diamond
from wallets.money import format_money, price_of_coins


class CoinPack(models.Model):
    """A number of coins to buy at once, at the one price per coin."""

    coins = models.PositiveIntegerField(_("coins"), unique=True)
    active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        ordering = ["coins"]
        constraints = [models.CheckConstraint(condition=Q(coins__gt=0), name="pack_has_coins")]
        permissions = [("sell_coinpack", _("Can put coin packs on sale and take them off"))]

    def __str__(self) -> str:
        return f"{self.coins} coins ({format_money(price_of_coins(self.coins), 'en')})"


class RateCard(models.Model):
    """Whole diamonds per coin, and a diamond's value in millionths of the base currency.

    Immutable and dated. Diamonds of different value are different assets: `series` names them,
    and a card that keeps the value keeps the series.
    """

    append_only = True

    starts = models.DateTimeField(_("valid from"))
    announced = models.DateTimeField(_("announced"), auto_now_add=True)
    diamonds_per_coin = models.PositiveIntegerField(_("diamonds per coin"))
    diamond_value_millionths = models.PositiveIntegerField(_("diamond's value in millionths"))
    series = models.PositiveIntegerField(_("series"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)

    class Meta:
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(fields=["starts"], name="rate_card_start_once"),
            models.CheckConstraint(
                condition=Q(diamonds_per_coin__gt=0, diamond_value_millionths__gt=0, series__gt=0),
                name="rate_card_positive",
            ),
        ]
        permissions = [("announce_ratecard", _("Can announce a rate card"))]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.diamonds_per_coin} diamonds per coin from {self.starts:%Y-%m-%d}"

    @property
    def asset(self) -> str:
        return diamond(self.series)


class TaxRate(models.Model):
    """Tax that is inside every price shown to buyers of a country, from a date on."""

    country = models.CharField(_("country"), max_length=2)
    basis_points = models.PositiveIntegerField(_("rate in hundredths of a percent"))
    starts = models.DateField(_("valid from"))

    class Meta:
        ordering = ["country", "-starts"]
        constraints = [
            models.UniqueConstraint(fields=["country", "starts"], name="tax_rate_once"),
            models.CheckConstraint(
                condition=Q(basis_points__lt=10_000), name="tax_rate_below_whole"
            ),
        ]
        permissions = [("set_taxrate", _("Can set a tax rate from a date"))]

    def __str__(self) -> str:
        return f"{self.country} {self.basis_points}"


class Switch(models.Model):
    """A part of the economy that staff can stop, with a message that people read."""

    class Name(models.TextChoices):
        GIFTS = "gifts", _("gifts")
        RECHARGES = "recharges", _("recharges")
        REFUNDS = "refunds", _("refunds")
        WITHDRAWALS = "withdrawals", _("withdrawals")
        SENDING = "sending", _("sending of payout batches")
        POSTING = "posting", _("the whole ledger")

    name = models.CharField(primary_key=True, max_length=20, choices=Name.choices)
    stopped = models.BooleanField(default=False)
    message = models.CharField(_("what people are told"), max_length=200, blank=True)
    changed = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        permissions = [("throw_switch", _("Can stop and start a part of the economy"))]

    def __str__(self) -> str:
        return self.get_name_display()


class CheckRun(models.Model):
    """One run of `ledger_check` over everything, and what it found."""

    started = models.DateTimeField()
    finished = models.DateTimeField(null=True)
    differences = models.JSONField(default=list)
    transfers = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-started"]
        get_latest_by = "started"

    def __str__(self) -> str:
        return f"{self.started:%Y-%m-%d %H:%M} {len(self.differences)} differences"
