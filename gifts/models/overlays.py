"""What a creator's streaming program shows."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models import Creator
from gifts.models.catalogue import Gift


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
        permissions = [("revoke_overlay", _("Can revoke overlays"))]

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
