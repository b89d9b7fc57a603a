"""Where the coins of a wallet came from, and which coins of a gift came back."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wallets.models.ledger import NEVER_DELETED, Account


class Lot(models.Model):
    """Coins that came in together, at one price. Spent oldest first.

    `price` (tax included), `tax` and the money columns are minor units of `currency`. Lots are
    written under the wallet's account lock and never locked by themselves.
    """

    wallet = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots")
    recharge_id = models.BigIntegerField(null=True)
    coins = models.BigIntegerField()
    remaining = models.BigIntegerField()
    # Changes only when `remaining` reaches or leaves 0, so the usual update stays HOT.
    open = models.BooleanField(default=True)
    price = models.BigIntegerField()
    tax = models.BigIntegerField()
    tax_country = models.CharField(max_length=2, blank=True, default="")
    fee = models.BigIntegerField(null=True)
    reserved = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=30)
    risk = models.CharField(max_length=20)
    refunded_coins = models.BigIntegerField(default=0)
    refunded_money = models.BigIntegerField(default=0)
    refunded_tax = models.BigIntegerField(default=0)
    refunded_reserve = models.BigIntegerField(default=0)
    disputed_coins = models.BigIntegerField(default=0)
    disputed_money = models.BigIntegerField(default=0)
    disputed_tax = models.BigIntegerField(default=0)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(coins__gt=0, remaining__gte=0, remaining__lte=F("coins")),
                name="lot_remaining_within",
            ),
            models.CheckConstraint(
                condition=Q(open=True, remaining__gt=0) | Q(open=False, remaining=0),
                name="lot_open_while_coins_remain",
            ),
            models.CheckConstraint(
                condition=Q(coins__gte=F("remaining") + F("refunded_coins")),
                name="lot_refunded_coins_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_coins__gte=0,
                    refunded_money__gte=0,
                    disputed_coins__gte=0,
                    disputed_money__gte=0,
                    price__gte=F("refunded_money") + F("disputed_money"),
                ),
                name="lot_money_back_within",
            ),
            models.CheckConstraint(
                condition=Q(tax__gte=0, price__gte=F("tax"), reserved__gte=0),
                name="lot_price_holds_tax",
            ),
            models.UniqueConstraint(
                fields=["recharge_id"],
                condition=Q(recharge_id__isnull=False),
                name="lot_of_recharge_once",
            ),
        ]
        indexes = [
            models.Index(fields=["wallet", "id"], condition=Q(open=True), name="lot_open"),
            models.Index(fields=["wallet", "id"], name="lot_by_wallet"),
        ]
        triggers = NEVER_DELETED

    def __str__(self) -> str:
        return f"lot {self.pk}"

    @property
    def user_id(self) -> int:
        """Whose wallet it is in; wallets always have an owner."""
        assert self.wallet.owner_id is not None
        return self.wallet.owner_id


class TakenBack(models.Model):
    """Coins `span` of a transfer came back; a coin of a gift comes back once, whoever asks."""

    class State(models.TextChoices):
        HELD = "held"
        FINAL = "final"
        RELEASED = "released"

    transfer_id = models.UUIDField()
    operation_id = models.UUIDField()
    span = BigIntegerRangeField()
    why = models.CharField(max_length=30)
    ref = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices)

    class Meta:
        verbose_name = _("taking back")
        verbose_name_plural = _("takings back")
        constraints = [
            ExclusionConstraint(
                name="taken_back_once",
                expressions=[
                    ("transfer_id", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                condition=~Q(state="released"),
            ),
            models.CheckConstraint(
                condition=Q(span__isempty=False, span__lower_inf=False, span__upper_inf=False),
                name="taken_back_span_bounded",
            ),
        ]
        indexes = [models.Index(fields=["why", "ref"], name="taken_back_by_ref")]
        triggers = [
            *NEVER_DELETED,
            pgtrigger.FSM(
                name="moves_forward",
                field="state",
                transitions=[("held", "final"), ("held", "released")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.span} of {self.transfer_id}"
