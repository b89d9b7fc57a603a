"""The catalogue, what was sent, and what else happened in the order of a place.

The rows that every gift writes have no foreign keys in the database (docs/decisions);
`ledger_check` proves the references.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models import Creator, Place
from users.models import User


class Gift(models.Model):
    """Something that can be sent, at a whole number of coins."""

    class Tier(models.TextChoices):
        BASIC = "basic", _("basic")
        LOW = "low", _("low")
        STANDARD = "standard", _("standard")
        PREMIUM = "premium", _("premium")
        HIGH = "high", _("high")
        LUXURY = "luxury", _("luxury")
        ULTRA = "ultra", _("ultra")

    class Display(models.TextChoices):
        TRAY = "tray", _("in the tray")
        BANNER = "banner", _("banner")
        BIG = "big", _("big")
        FULLSCREEN = "fullscreen", _("whole screen")

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)
    coins = models.PositiveIntegerField(_("coins"))
    tier = models.CharField(_("price class"), max_length=8, choices=Tier)
    display = models.CharField(_("shown"), max_length=10, choices=Display)
    # Counts on when it is sent again within STREAK_IDLE_SECONDS.
    streakable = models.BooleanField(_("counts as a streak"), default=False)
    has_motion = models.BooleanField(_("has its own motion"), default=False)
    active = models.BooleanField(_("can be sent"), default=True)
    sort = models.PositiveIntegerField(_("order"), default=0)
    created = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        ordering = ["sort", "coins", "slug"]
        constraints = [models.CheckConstraint(condition=Q(coins__gt=0), name="gift_has_price")]

    def __str__(self) -> str:
        return self.name


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
        ]
        indexes = [models.Index(fields=["sender_id", "created", "seq"], name="sent_gift_latest")]
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


class PlaceEvent(models.Model):
    """What has a number in a place and is not the sending of a gift, as it is told to viewers."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    place_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    type = models.CharField(max_length=30)
    data = models.JSONField()
    created = models.DateTimeField()

    class Meta:
        verbose_name = _("room event")
        verbose_name_plural = _("room events")
        constraints = [
            models.UniqueConstraint(fields=["place_id", "seq"], name="place_event_numbered"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"


class PlaceTotals(models.Model):
    """Coins and gifts of a place since it opened, less what came back; written under its lock."""

    place_id = models.BigIntegerField(primary_key=True)
    coins = models.BigIntegerField(default=0)
    gifts = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("totals of a room")
        verbose_name_plural = _("totals of rooms")
        constraints = [
            models.CheckConstraint(condition=Q(coins__gte=0, gifts__gte=0), name="totals_positive")
        ]

    def __str__(self) -> str:
        return f"{self.coins} coins"


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


class ChatLine(models.Model):
    """What somebody said in a place; kept for CHAT_KEPT_DAYS, hidden ones too."""

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="chat_lines")
    sender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="chat_lines")
    text = models.CharField(max_length=300)
    created = models.DateTimeField()
    hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("chat line")
        verbose_name_plural = _("chat lines")
        indexes = [
            models.Index(fields=["place", "created"], name="chat_line_of_place"),
            models.Index(fields=["place", "sender", "created"], name="chat_line_of_sender"),
        ]

    def __str__(self) -> str:
        return self.text


class HiddenMessage(models.Model):
    """The message of a sent gift is shown nowhere; gift and money stand."""

    gift_id = models.UUIDField(primary_key=True)
    hidden = models.DateTimeField()

    class Meta:
        verbose_name = _("hidden message")
        verbose_name_plural = _("hidden messages")

    def __str__(self) -> str:
        return str(self.gift_id)


class Overlay(models.Model):
    """A page that a creator's streaming program shows over the picture; whoever has its address.

    The address holds a token that is kept as its hash alone.
    """

    LONGEST_STYLE = 10_000

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="overlays")
    hashed = models.CharField(max_length=64, unique=True)
    # The end of the token, by which its owner knows it.
    hint = models.CharField(max_length=4)
    # Cheaper streaks are not shown.
    least_coins = models.PositiveIntegerField(default=0)
    style = models.TextField(max_length=LONGEST_STYLE, blank=True, default="")
    created = models.DateTimeField(_("made"))
    seen = models.DateTimeField(_("last open"), null=True)
    revoked = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("overlay")
        verbose_name_plural = _("overlays")

    def __str__(self) -> str:
        return f"overlay {self.pk}"


class OverlayAlert(models.Model):
    """An alert that an overlay was given to show: a streak's, or a test's; kept for a day.

    It is given to one page until `leased_until`; `shown` says that the page began to show it.
    """

    overlay = models.ForeignKey(Overlay, on_delete=models.CASCADE, related_name="alerts")
    # The streak's id, or the test's.
    subject = models.UUIDField()
    leased_until = models.DateTimeField()
    shown = models.BooleanField(default=False)
    created = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("alert of an overlay")
        verbose_name_plural = _("alerts of overlays")
        constraints = [
            models.UniqueConstraint(fields=["overlay", "subject"], name="overlay_alert_once"),
        ]
        indexes = [models.Index(fields=["created"], name="overlay_alert_age")]

    def __str__(self) -> str:
        return f"{self.overlay_id} {self.subject}"


class TrialAlert(models.Model):
    """An alert that the creator asked for to see how it looks. Nothing was sent or paid."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    gift = models.ForeignKey(Gift, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField()
    created = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("test alert")
        verbose_name_plural = _("test alerts")
        indexes = [models.Index(fields=["creator", "created"], name="trial_alert_of")]

    def __str__(self) -> str:
        return f"{self.count} × {self.gift_id}"
