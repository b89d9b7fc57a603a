"""A creator's withdrawals: where to pay, what was asked for, and every step of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models.creators import Creator

SHOWN_AT_END = 4


class PayoutMethod(models.Model):
    """Where a creator is paid. A change is a new row, in effect after a delay; rows never change.

    The newest row whose time has come is the one in effect.
    """

    append_only = True

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="payout_methods")
    rail = models.CharField(_("way of payment"), max_length=20)
    payee_name = models.CharField(_("name"), max_length=100)
    instructions = models.TextField(_("how to pay"), max_length=500)
    created = models.DateTimeField(_("entered"))
    takes_effect = models.DateTimeField(_("in effect from"))

    class Meta:
        verbose_name = _("payout method")
        verbose_name_plural = _("payout methods")
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_effect__gte=F("created")), name="payout_method_effect_later"
            ),
        ]
        indexes = [models.Index(fields=["creator", "takes_effect"], name="payout_method_by_time")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.payee_name} {self.masked}"

    @property
    def masked(self) -> str:
        """The instructions with only their end readable."""
        text = " ".join(self.instructions.split())
        shown = text[-SHOWN_AT_END:] if len(text) > 2 * SHOWN_AT_END else ""
        return f"•••• {shown}".strip()


class Withdrawal(models.Model):
    """Diamonds that a creator asked to be paid as money.

    Sums are minor units: `base_minor` of the base currency, what the diamonds are worth, rounded
    down once; `paid_minor` and `fee_minor` of `currency`. They are fixed at the request.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("waits for review")
        APPROVED = "approved", _("approved")
        IN_BATCH = "in_batch", _("in a payout batch")
        SENT = "sent", _("sent")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")
        REFUSED = "refused", _("refused")

    # Where the diamonds are back with the creator.
    ENDED_UNPAID = (State.FAILED, State.RETURNED, State.CANCELLED, State.REFUSED)
    # Nothing more happens by itself.
    FINAL = (State.PAID, *ENDED_UNPAID)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="withdrawals")
    method = models.ForeignKey(PayoutMethod, on_delete=models.PROTECT, related_name="withdrawals")
    operation_id = models.UUIDField(unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    diamonds = models.BigIntegerField(_("diamonds"))
    base_minor = models.BigIntegerField(_("worth"))
    currency = models.CharField(_("currency"), max_length=3)
    paid_minor = models.BigIntegerField(_("to be paid"))
    fee_minor = models.BigIntegerField(_("fee"))
    created = models.DateTimeField(_("asked"))
    changed = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        permissions = [
            ("approve_withdrawal", _("Can approve withdrawals")),
            ("refuse_withdrawal", _("Can refuse withdrawals")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(diamonds__gt=0, base_minor__gt=0, paid_minor__gt=0, fee_minor__gte=0),
                name="withdrawal_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["creator", "created"], name="withdrawal_by_creator"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["requested", "approved", "in_batch", "sent"]),
                name="withdrawal_under_way",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="sums_are_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "public_id",
                    "creator",
                    "method",
                    "operation_id",
                    "diamonds",
                    "base_minor",
                    "currency",
                    "paid_minor",
                    "fee_minor",
                    "created",
                ),
            ),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[
                    ("requested", "approved"),
                    ("requested", "refused"),
                    ("requested", "cancelled"),
                    ("approved", "in_batch"),
                    ("approved", "refused"),
                    ("approved", "cancelled"),
                    ("in_batch", "approved"),
                    ("in_batch", "sent"),
                    ("sent", "paid"),
                    ("sent", "failed"),
                    ("sent", "returned"),
                    ("paid", "returned"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_final(self) -> bool:
        return self.state in self.FINAL

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in (self.State.REQUESTED, self.State.APPROVED)


class WithdrawalPart(models.Model):
    """The diamonds of one series in a withdrawal, and the hold that keeps them in the ledger."""

    append_only = True

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="parts")
    series = models.PositiveIntegerField(_("series"))
    value_millionths = models.PositiveIntegerField(_("diamond's value in millionths"))
    diamonds = models.BigIntegerField(_("diamonds"))
    hold_id = models.UUIDField(unique=True)

    class Meta:
        ordering = ["series"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "series"], name="part_series_once"),
            models.CheckConstraint(condition=Q(diamonds__gt=0), name="part_positive"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.diamonds} of series {self.series}"


class WithdrawalEvent(models.Model):
    """A step of a withdrawal, written in the transaction that took it."""

    append_only = True

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(_("state"), max_length=9, choices=Withdrawal.State)
    created = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    # Empty for what the system does.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # What the creator reads: why it was refused, failed or returned, or the payment's reference.
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.withdrawal_id} {self.state}"
