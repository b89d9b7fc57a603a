"""What creators earned, one row per operation, written in the operation's own transaction."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Earning(models.Model):
    """Diamonds that a supporter's coins gave a creator at a place.

    No foreign keys in the database, as every gift writes a row (docs/decisions). What it was for
    is told in plain columns, so that this app need not know the apps to its right. `diamonds` is
    a whole number per coin, so what was taken back of the coins says what is left of both.
    """

    operation_id = models.UUIDField(primary_key=True)
    creator_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    supporter_id = models.BigIntegerField()
    # Nobody but staff learns who gave it.
    anonymous = models.BooleanField(_("without a name"), db_default=False, default=False)
    source = models.CharField(_("kind"), max_length=20)
    source_id = models.BigIntegerField()
    source_name = models.CharField(_("gift"), max_length=60)
    quantity = models.PositiveIntegerField(_("how many"))
    coins = models.BigIntegerField(_("coins"))
    diamonds = models.BigIntegerField(_("diamonds"))
    series = models.PositiveIntegerField(_("series"))
    clears_at = models.DateTimeField(_("clear from"))
    created = models.DateTimeField(_("when"))
    taken_back_coins = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("earning")
        verbose_name_plural = _("earnings")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, coins__gt=0, diamonds__gt=0, series__gt=0),
                name="earning_positive",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_coins__gte=0, taken_back_coins__lte=F("coins")),
                name="earning_taken_back_within",
            ),
        ]
        indexes = [models.Index(fields=["creator_id", "created"], name="earning_by_creator")]

    def __str__(self) -> str:
        return f"{self.source_name} × {self.quantity}"

    @property
    def diamonds_kept(self) -> int:
        """The diamonds less those of the coins that were taken back."""
        return self.diamonds // self.coins * (self.coins - self.taken_back_coins)
