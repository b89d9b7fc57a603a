"""What a creator asks of those who send gifts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creators import Creator


class Boundaries(models.Model):
    """A creator's own rules for gifts; no row means none."""

    creator = models.OneToOneField(
        Creator, on_delete=models.PROTECT, primary_key=True, related_name="boundaries"
    )
    # The most coins that one viewer can send to this creator in a day of the site's time zone.
    viewer_coins_per_day = models.BigIntegerField(_("coins per viewer and day"), null=True)

    class Meta:
        verbose_name = _("boundaries")
        verbose_name_plural = _("boundaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(viewer_coins_per_day__gt=0), name="boundaries_cap_positive"
            )
        ]

    def __str__(self) -> str:
        return str(self.creator)
