"""Payout batches: frozen sets of withdrawals that are sent together."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models.withdrawals import Withdrawal


class PayoutBatch(models.Model):
    """Withdrawals sent together by one rail in one currency, frozen and hashed when prepared."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("waits for approval")
        APPROVED = "approved", _("approved")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        SETTLED = "settled", _("settled")
        DISCARDED = "discarded", _("discarded")

    UNDER_WAY = (State.APPROVED, State.SENDING, State.SENT)

    # The key under which a rail knows the batch.
    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    rail = models.CharField(_("way of payment"), max_length=20)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PREPARED)
    item_count = models.PositiveIntegerField(_("withdrawals"))
    total_minor = models.BigIntegerField(_("sum"))
    payload_hash = models.BinaryField(max_length=32)
    created = models.DateTimeField(_("prepared"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    # Empty where the site approves by itself.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent at"), null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        permissions = [
            ("prepare_payoutbatch", _("Can prepare payout batches")),
            ("approve_payoutbatch", _("Can approve and discard payout batches")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(item_count__gt=0, total_minor__gt=0), name="batch_positive"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["approved", "sending", "sent"]),
                name="batch_under_way",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "public_id", "rail", "currency", "item_count", "total_minor", "payload_hash"
                ),
            ),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[
                    ("prepared", "approved"),
                    ("prepared", "discarded"),
                    ("approved", "sending"),
                    ("sending", "sent"),
                    ("sent", "settled"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class PayoutItem(models.Model):
    """One withdrawal in a batch, with the payee as frozen. Amounts in minor units of currency."""

    class State(models.TextChoices):
        FROZEN = "frozen", _("frozen")
        SENT = "sent", _("sent")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        RETURNED = "returned", _("returned")
        DISCARDED = "discarded", _("discarded")

    WAITING = (State.FROZEN, State.SENT)

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="items")
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="items")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.FROZEN)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    payee_name = models.CharField(_("name"), max_length=100)
    instructions = models.TextField(_("how to pay"), max_length=500)
    # What identifies the payment at the bank or provider.
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    changed = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("payout item")
        verbose_name_plural = _("payout items")
        permissions = [
            ("settle_payoutitem", _("Can say what became of a payment")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(state__in=["frozen", "sent", "paid"]),
                name="item_one_live",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="item_positive"),
            models.CheckConstraint(
                condition=~Q(state="paid") | ~Q(reference=""), name="item_paid_has_reference"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "batch",
                    "withdrawal",
                    "amount_minor",
                    "currency",
                    "payee_name",
                    "instructions",
                ),
            ),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[
                    ("frozen", "sent"),
                    ("frozen", "discarded"),
                    ("sent", "paid"),
                    ("sent", "failed"),
                    ("sent", "returned"),
                    ("paid", "returned"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
