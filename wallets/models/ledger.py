"""The ledger: accounts, operations, transfers and holds. See docs/ledger.md.

A transfer is one row between two accounts of one asset, so an imbalance cannot be written.
Rows that every gift writes have no foreign keys in the database (docs/decisions); `ledger_check`
proves the references instead.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

COIN = "COIN"
NOBODY = 0  # the actor of what the system does by itself

NEVER_TRUNCATED = pgtrigger.Trigger(
    name="never_truncated",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
)
APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    NEVER_TRUNCATED,
]
NEVER_DELETED = [
    pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
    NEVER_TRUNCATED,
]


def diamond(series: int) -> str:
    """The asset of diamonds that have the value of one rate card series."""
    return f"DIAMOND.{series}"


class Account(models.Model):
    """Holds one asset. A user's balance is credits - debits; all amounts in whole units."""

    class Kind(models.TextChoices):
        # a user's
        WALLET = "wallet"
        ESCROW = "escrow"
        CLEARING = "clearing"
        AVAILABLE = "available"
        HELD = "held"
        # the system's, in coins and diamonds
        SOLD = "sold"
        GRANTED = "granted"
        SPENT = "spent"
        EARNED = "earned"
        REDEEMED = "redeemed"
        # the system's, in money
        PROVIDER = "provider"
        BANK = "bank"
        OWNER = "owner"
        SALES = "sales"
        TAX = "tax"
        FEES = "fees"
        RESERVE = "reserve"
        DISPUTED = "disputed"
        LOSSES = "losses"
        UNAPPLIED = "unapplied"
        REWARDS = "rewards"
        EXCHANGE = "exchange"
        PAYOUT = "payout"
        PAYOUT_INCOME = "payout_income"
        PAYOUT_COSTS = "payout_costs"

    # Every gift touches these, so they keep no balance: see ClosedDay.
    DERIVED = (Kind.SPENT, Kind.EARNED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="accounts"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    asset = models.CharField(max_length=16)
    ref = models.CharField(max_length=64, blank=True, default="")
    floor = models.BigIntegerField(null=True)
    can_debit = models.BooleanField(default=True)
    can_credit = models.BooleanField(default=True)
    debits_posted = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    debits_pending = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    # Only on `clearing`: diamonds whose clears_at is not later are cleared.
    cleared_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "asset", "ref"],
                name="account_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(asset__regex=r"^(COIN|DIAMOND\.[1-9][0-9]{0,5}|[A-Z]{3})$"),
                name="account_asset_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    debits_posted__gte=0,
                    credits_posted__gte=0,
                    debits_pending__gte=0,
                    credits_pending__gte=0,
                ),
                name="account_sums_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(floor=None)
                | Q(
                    credits_posted__gte=F("debits_posted") + F("debits_pending") + F("floor"),
                ),
                name="account_floor_held",
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(floor__gte=0), name="account_of_user_has_floor"
            ),
            models.CheckConstraint(
                condition=~Q(asset=COIN) | Q(debits_pending=0, credits_pending=0),
                name="account_no_pending_coins",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("spent", "earned"))
                | Q(
                    debits_posted=0,
                    credits_posted=0,
                    debits_pending=0,
                    credits_pending=0,
                    floor=None,
                    owner=None,
                ),
                name="account_derived_keeps_no_balance",
            ),
            models.CheckConstraint(
                condition=Q(kind="clearing") | Q(cleared_until=None),
                name="account_only_clearing_clears",
            ),
        ]
        permissions = [
            ("grant_coins", "Can grant coins and take granted coins back"),
            ("freeze_account", "Can say what a person may spend and receive"),
            ("enter_cash", "Can enter money that has no row of its own"),
        ]
        triggers = NEVER_DELETED

    def __str__(self) -> str:
        return ":".join(filter(None, (self.kind, self.ref, self.asset)))

    @property
    def balance(self) -> int:
        """Credits less debits that are posted; 0 on derived accounts (see selectors)."""
        return self.credits_posted - self.debits_posted

    @property
    def spendable(self) -> int:
        """The balance less what pending holds keep."""
        return self.balance - self.debits_pending


class Operation(models.Model):
    """The idempotent unit that contains transfers: one per (actor, key) for ever."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    actor = models.BigIntegerField()
    key = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    request_hash = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    # The refusal's code, or the reason that a member of staff gave.
    reason = models.CharField(max_length=200, blank=True, default="")
    details = models.JSONField(default=dict)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="operation_once"),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Transfer(models.Model):
    """Moves `amount` whole units of one asset from the debit to the credit account. Immutable."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    operation_id = models.UUIDField(db_index=True)
    debit_account_id = models.BigIntegerField()
    credit_account_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    code = models.CharField(max_length=30)
    day = models.DateField()
    created = models.DateTimeField()
    reverses = models.UUIDField(null=True)
    # Which lots the coins belong to, oldest first, and how many of each.
    lots = ArrayField(models.BigIntegerField(), null=True)
    lot_coins = ArrayField(models.BigIntegerField(), null=True)
    clears_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account_id=F("credit_account_id")),
                name="transfer_between_two_accounts",
            ),
            models.CheckConstraint(
                condition=Q(lots=None, lot_coins=None)
                | Q(lots__len__gt=0, lots__len=F("lot_coins__len")),
                name="transfer_lots_and_coins_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["debit_account_id", "id"], name="transfer_by_debit"),
            models.Index(fields=["credit_account_id", "id"], name="transfer_by_credit"),
            models.Index(
                fields=["credit_account_id", "clears_at"],
                condition=Q(clears_at__isnull=False),
                name="transfer_clearing_in",
            ),
            models.Index(
                fields=["debit_account_id", "clears_at"],
                condition=Q(clears_at__isnull=False),
                name="transfer_clearing_out",
            ),
            models.Index(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="transfer_reverses"
            ),
            BrinIndex(fields=["day"], name="transfer_by_day"),
        ]
        permissions = [("end_freeze", "Can end a hold of diamonds")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"


class Hold(models.Model):
    """An amount kept for a transfer to come: pending, then posted or voided, once."""

    class State(models.TextChoices):
        PENDING = "pending"
        POSTED = "posted"
        VOIDED = "voided"

    id = models.UUIDField(primary_key=True, default=uuid7)
    operation_id = models.UUIDField()
    debit_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    code = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    transfer_id = models.UUIDField(null=True)
    resolved_by = models.UUIDField(null=True)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="pending", transfer_id=None, resolved_by=None)
                | Q(state="posted", transfer_id__isnull=False, resolved_by__isnull=False)
                | Q(state="voided", transfer_id=None, resolved_by__isnull=False),
                name="hold_resolved_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["debit_account"], condition=Q(state="pending"), name="hold_pending"
            ),
        ]
        triggers = [
            *NEVER_DELETED,
            pgtrigger.FSM(
                name="moves_forward",
                field="state",
                transitions=[("pending", "posted"), ("pending", "voided")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.state}"


class LedgerDay(models.Model):
    """The one open day. Writers read it under a shared advisory lock; the close moves it on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_day_is_one_row")]

    def __str__(self) -> str:
        return str(self.day)


class ClosedDay(models.Model):
    """A derived account's sums from the beginning through the end of a closed day."""

    append_only = True

    day = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="closed_days")
    debits_posted = models.BigIntegerField()
    credits_posted = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="closed_day_once"),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
