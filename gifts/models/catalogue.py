"""What can be sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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
