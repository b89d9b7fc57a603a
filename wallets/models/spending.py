"""What people spend, by day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SpendingDay(models.Model):
    """Coins that a person spent on a day of the site's time zone, less what came back of them.

    Written by the writer under the lock of the person's wallet; no foreign key, as for all that
    every gift writes.
    """

    user_id = models.BigIntegerField()
    day = models.DateField()
    coins = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("day of spending")
        verbose_name_plural = _("days of spending")
        constraints = [
            models.UniqueConstraint(fields=["user_id", "day"], name="spending_day_once"),
            models.CheckConstraint(condition=Q(coins__gte=0), name="spending_day_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
