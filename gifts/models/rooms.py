"""What happened in the order of a place, and its totals."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


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
