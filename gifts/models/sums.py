"""What was given in a place, summed up to a number, so that nobody adds up all of its gifts.

Sums are of gifts that are final, and less what came back. Written by `gifts.actions.summing` under
the lock of the place's row of SummedPlace, never on a gift's way. No foreign keys, as for all rows
of gifts (docs/decisions); `ledger_check` derives them anew.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SummedPlace(models.Model):
    """The gifts of a place with a number up to `upto` are in its sums; what comes after is not."""

    place_id = models.BigIntegerField(primary_key=True)
    upto = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("summed room")
        verbose_name_plural = _("summed rooms")
        constraints = [models.CheckConstraint(condition=Q(upto__gte=0), name="summed_upto")]

    def __str__(self) -> str:
        return f"{self.place_id} to {self.upto}"


class GiverSum(models.Model):
    """Coins that somebody gave in a place under their name."""

    place_id = models.BigIntegerField()
    sender_id = models.BigIntegerField()
    coins = models.BigIntegerField()

    class Meta:
        verbose_name = _("sum of a giver")
        verbose_name_plural = _("sums of givers")
        constraints = [
            models.UniqueConstraint(fields=["place_id", "sender_id"], name="giver_sum_once"),
            models.CheckConstraint(condition=Q(coins__gte=0), name="giver_sum_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} in {self.place_id}"


class SeriesSum(models.Model):
    """Diamonds of one series that a place brought its creator."""

    place_id = models.BigIntegerField()
    series = models.PositiveIntegerField()
    diamonds = models.BigIntegerField()

    class Meta:
        verbose_name = _("sum of a series")
        verbose_name_plural = _("sums of series")
        constraints = [
            models.UniqueConstraint(fields=["place_id", "series"], name="series_sum_once"),
            models.CheckConstraint(condition=Q(diamonds__gte=0), name="series_sum_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} DIAMOND.{self.series}"
