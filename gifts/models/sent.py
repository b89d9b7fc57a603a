"""What was sent, and what was counted with it.

The rows that every gift writes have no foreign keys in the database (docs/decisions);
`ledger_check` proves the references.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SentGift(models.Model):
    """One sending of a gift; its id is that of the ledger's operation.

    `seq` is its number in the place. A streak is named by the id of its first sending;
    `streak_count` and `streak_coins` are the streak's as of this sending.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        TAKEN_BACK = "taken_back", _("taken back")

    id = models.UUIDField(primary_key=True)
    place_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    sender_id = models.BigIntegerField()
    creator_id = models.BigIntegerField()
    gift_id = models.BigIntegerField()
    rate_card_id = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    coins = models.BigIntegerField()
    diamonds = models.BigIntegerField()
    streak_id = models.UUIDField()
    streak_count = models.PositiveIntegerField()
    streak_coins = models.BigIntegerField()
    coin_transfer = models.UUIDField()
    diamond_transfer = models.UUIDField()
    message = models.CharField(max_length=150, blank=True, default="")
    # Nobody but the sender and staff learns who sent it.
    anonymous = models.BooleanField(_("without a name"), db_default=False, default=False)
    created = models.DateTimeField()
    undo_until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sent gift")
        verbose_name_plural = _("sent gifts")
        constraints = [
            models.UniqueConstraint(fields=["place_id", "seq"], name="sent_gift_numbered"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, coins__gt=0, diamonds__gt=0, seq__gt=0)
                & Q(streak_count__gte=F("quantity"), streak_coins__gte=F("coins")),
                name="sent_gift_positive",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", taken_back_at=None)
                | Q(state="taken_back", taken_back_at__isnull=False),
                name="sent_gift_taken_back_has_date",
            ),
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(message=""), name="sent_gift_without_name_is_mute"
            ),
        ]
        indexes = [
            models.Index(fields=["sender_id", "created", "seq"], name="sent_gift_latest"),
            models.Index(
                fields=["place_id", "created"],
                condition=~Q(message=""),
                name="sent_gift_with_message",
            ),
        ]
        permissions = [
            ("reverse_sentgift", _("Can reverse a gift")),
            ("freeze_sentgift", _("Can hold the diamonds of a gift")),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[("sent", "taken_back"), ("taken_back", "sent")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.gift_id}"


class UndoDay(models.Model):
    """How often a person undid on a day of the site's time zone: an undo of a streak is one.

    Written under the lock of the person's wallet.
    """

    user_id = models.BigIntegerField()
    day = models.DateField()
    undos = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of undos")
        verbose_name_plural = _("days of undos")
        constraints = [models.UniqueConstraint(fields=["user_id", "day"], name="undo_day_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class SupporterDay(models.Model):
    """Coins of gifts from one person to one creator on a day, less what came back of them.

    Written under the lock of the sender's wallet.
    """

    sender_id = models.BigIntegerField()
    creator_id = models.BigIntegerField()
    day = models.DateField()
    coins = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("supporter's day")
        verbose_name_plural = _("supporters' days")
        constraints = [
            models.UniqueConstraint(
                fields=["sender_id", "creator_id", "day"], name="supporter_day_once"
            ),
            models.CheckConstraint(condition=Q(coins__gte=0), name="supporter_day_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} to {self.creator_id} {self.day}"
