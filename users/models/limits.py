"""What people allow themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from users.models.people import User


class OwnLimit(models.Model):
    """The most that a person lets the own account spend (coins) or recharge (money), per period.

    `most` is coins, or minor units of the site's currency. Lower is at once; `raised_to` (empty: no
    limit any more) waits since `raise_asked` for the person's second yes.
    """

    class Asset(models.TextChoices):
        COINS = "coins", _("coins spent")
        MONEY = "money", _("money recharged")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="own_limits")
    asset = models.CharField(max_length=5, choices=Asset.choices)
    period = models.CharField(max_length=5, choices=Period.choices)
    most = models.BigIntegerField()
    raised_to = models.BigIntegerField(null=True)
    raise_asked = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("own limit")
        verbose_name_plural = _("own limits")
        constraints = [
            models.UniqueConstraint(fields=["user", "asset", "period"], name="own_limit_once"),
            models.CheckConstraint(condition=Q(most__gte=0), name="own_limit_not_negative"),
            models.CheckConstraint(
                condition=Q(raised_to__isnull=True)
                | Q(raised_to__gt=models.F("most"), raise_asked__isnull=False),
                name="own_limit_raise_is_higher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.asset} {self.period}"
