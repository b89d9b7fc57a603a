"""Coins bought with money: the order, each step it took, its receipt, and money that did not fit.

A recharge is an intent row first: it is committed before a provider hears of it, and its
`public_id` is the key under which the provider knows it. Its state only moves forward. A state in
which the buyer has given up is not the end for money: what is paid late is credited.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from wallets.models.ledger import APPEND_ONLY, NEVER_DELETED
from wallets.money import Money, format_money


class RechargeState(models.TextChoices):
    CREATED = "created", _("being prepared")
    SENT = "sent", _("waiting for the payment")
    PAID = "paid", _("paid, coins follow")
    CREDITED = "credited", _("paid, coins delivered")
    DECLINED = "declined", _("payment declined")
    ABANDONED = "abandoned", _("left without paying")
    EXPIRED = "expired", _("not paid in time")
    UNAPPLIED = "unapplied", _("the payment did not fit and is looked at")
    SENT_BACK = "sent_back", _("the payment was sent back")


# A provider whose answer was lost may already have been paid, so money may come in any state
# before it did come.
UNPAID = (
    RechargeState.CREATED,
    RechargeState.SENT,
    RechargeState.DECLINED,
    RechargeState.ABANDONED,
    RechargeState.EXPIRED,
)
# Each state, and those from which it is reached.
REACHED_FROM: dict[str, tuple[str, ...]] = {
    RechargeState.SENT: (RechargeState.CREATED,),
    RechargeState.PAID: UNPAID,
    RechargeState.CREDITED: (RechargeState.PAID, RechargeState.UNAPPLIED),
    RechargeState.DECLINED: (
        RechargeState.CREATED,
        RechargeState.SENT,
        RechargeState.ABANDONED,
        RechargeState.EXPIRED,
    ),
    RechargeState.ABANDONED: (RechargeState.CREATED, RechargeState.SENT),
    RechargeState.EXPIRED: (RechargeState.CREATED, RechargeState.SENT),
    RechargeState.UNAPPLIED: UNPAID,
    RechargeState.SENT_BACK: (RechargeState.UNAPPLIED,),
}


class Recharge(models.Model):
    """An order of coins. Money in minor units of `currency`, tax inside `price`."""

    State = RechargeState

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="recharges",
        verbose_name=_("buyer"),
    )
    key = models.CharField(max_length=64)
    coins = models.PositiveBigIntegerField(_("coins"))
    price = models.PositiveBigIntegerField(_("price"))
    tax = models.PositiveBigIntegerField(_("tax"))
    tax_basis_points = models.PositiveIntegerField()
    tax_country = models.CharField(_("tax country"), max_length=2)
    # What the tax country rests on: {"stated": "AT", "address": null}.
    tax_evidence = models.JSONField(default=dict)
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=30)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.CREATED
    )
    created = models.DateTimeField(_("created"), db_default=Now())
    # The provider's own name for the payment.
    reference = models.CharField(_("provider's reference"), max_length=100, blank=True, default="")
    # Where the buyer came from, and which gift was in hand there.
    return_to = models.CharField(max_length=300, blank=True, default="")
    gift = models.CharField(max_length=64, blank=True, default="")
    # The buyer asked for the coins at once, under these terms.
    terms_version = models.CharField(max_length=20)
    consented = models.DateTimeField(db_default=Now())
    # When the provider is asked again without anybody's doing; empty: no more.
    check_at = models.DateTimeField(null=True)
    credited = models.DateTimeField(_("credited"), null=True)
    receipt_year = models.PositiveSmallIntegerField(null=True)
    receipt_number = models.PositiveIntegerField(null=True)
    receipt_mailed = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recharge")
        verbose_name_plural = _("recharges")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "key"], name="recharge_once"),
            models.UniqueConstraint(
                fields=["receipt_year", "receipt_number"], name="recharge_receipt_once"
            ),
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=~Q(reference=""),
                name="recharge_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(coins__gt=0, price__gt=0, tax__lt=F("price")),
                name="recharge_costs_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="credited",
                    credited__isnull=False,
                    receipt_year__isnull=False,
                    receipt_number__isnull=False,
                )
                | (~Q(state="credited") & Q(credited=None, receipt_year=None, receipt_number=None)),
                name="recharge_receipt_when_credited",
            ),
            models.CheckConstraint(
                condition=Q(return_to="") | Q(return_to__regex=r"^/([^/\\]|$)"),
                name="recharge_returns_to_this_site",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], condition=Q(check_at__isnull=False), name="recharge_to_check"
            ),
            models.Index(
                fields=["credited"],
                condition=Q(credited__isnull=False, receipt_mailed=None),
                name="recharge_receipt_to_mail",
            ),
            models.Index(fields=["buyer", "created"], name="recharge_by_day"),
        ]
        permissions = [
            ("recheck_recharge", _("Can have the provider asked again")),
            ("confirm_payment", _("Can confirm that an offline payment arrived")),
        ]
        triggers = [
            *NEVER_DELETED,
            pgtrigger.FSM(
                name="moves_forward",
                field="state",
                transitions=[
                    (str(old), str(new)) for new, olds in REACHED_FROM.items() for old in olds
                ],
            ),
            # What was ordered is what is paid for.
            pgtrigger.Protect(
                name="order_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "public_id",
                    "buyer",
                    "key",
                    "coins",
                    "price",
                    "tax",
                    "tax_basis_points",
                    "tax_country",
                    "currency",
                    "method",
                    "terms_version",
                    "consented",
                ),
            ),
        ]

    def __str__(self) -> str:
        price = format_money(Money(self.price, self.currency), "en")
        return f"{self.coins} coins ({price}), {self.get_state_display()}"

    @property
    def receipt(self) -> str:
        """The receipt's number, such as 2026-000001; empty before the coins are there."""
        if self.receipt_number is None:
            return ""
        return f"{self.receipt_year}-{self.receipt_number:06d}"

    @property
    def is_open(self) -> bool:
        """Whether the buyer can still be expected to pay."""
        return self.state in (self.State.CREATED, self.State.SENT)


class RechargeEvent(models.Model):
    """One step of a recharge: who or what saw it, and what was found."""

    append_only = True

    recharge = models.ForeignKey(Recharge, models.PROTECT, related_name="events")
    created = models.DateTimeField(_("when"), db_default=Now())
    before = models.CharField(_("before"), max_length=10, blank=True)
    after = models.CharField(_("after"), max_length=10)
    # The door through which it came: buyer, return, callback, sweep, staff.
    by = models.CharField(_("by"), max_length=20)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["recharge", "id"], name="recharge_event_by_recharge")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ReceiptYear(models.Model):
    """The last receipt number given in a year. Moved only in the crediting transaction."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class UnappliedPayment(models.Model):
    """Money that a provider received and that fits no order as it is. Staff place it, once."""

    class Why(models.TextChoices):
        AMOUNT = "amount", _("another amount than ordered")
        CURRENCY = "currency", _("another currency than ordered")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CREDITED = "credited", _("given as coins")
        SENT_BACK = "sent_back", _("sent back")

    recharge = models.OneToOneField(Recharge, models.PROTECT, related_name="unapplied")
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=30)
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    created = models.DateTimeField(_("when"), db_default=Now())
    placed = models.DateTimeField(_("placed"), null=True)

    class Meta:
        verbose_name = _("unapplied payment")
        verbose_name_plural = _("unapplied payments")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="unapplied_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="waiting", placed=None)
                | Q(state__in=["credited", "sent_back"], placed__isnull=False),
                name="unapplied_placed_once",
            ),
        ]
        permissions = [("place_unapplied", _("Can place money that fits no order"))]
        triggers = [
            *NEVER_DELETED,
            pgtrigger.FSM(
                name="moves_forward",
                field="state",
                transitions=[("waiting", "credited"), ("waiting", "sent_back")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.get_state_display()}"


class OfflinePayment(models.Model):
    """What the offline provider knows of a payment: its truth, apart from the order."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")
        LEFT = "left", _("left")

    key = models.UUIDField(unique=True, editable=False)
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # What was asked for, and what came.
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    paid_amount = models.PositiveBigIntegerField(null=True)
    paid_currency = models.CharField(max_length=3, blank=True, default="")
    return_path = models.CharField(max_length=300)
    created = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="offline_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_amount__gt=0)
                | (~Q(state="paid") & Q(paid_amount=None)),
                name="offline_paid_something",
            ),
        ]
        triggers = [
            *NEVER_DELETED,
            pgtrigger.FSM(
                name="moves_forward",
                field="state",
                transitions=[
                    ("waiting", "paid"),
                    ("waiting", "declined"),
                    ("waiting", "left"),
                    ("left", "paid"),
                    ("left", "declined"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    @property
    def reference(self) -> str:
        """What the payer names and staff look for."""
        return f"GIFT-{self.pk:06d}"
