"""What a creator asks of those who send gifts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models.creators import Creator
from creators.models.places import Place


class Boundaries(models.Model):
    """A creator's own rules for gifts; no row means none."""

    creator = models.OneToOneField(
        Creator, on_delete=models.PROTECT, primary_key=True, related_name="boundaries"
    )
    # One more with each change, so that pages know the newer.
    version = models.BigIntegerField(default=0)
    gifts = models.BooleanField(_("gifts"), default=True)
    # What one sending costs, all of its gifts together.
    least_coins = models.BigIntegerField(_("least coins of a gift"), null=True)
    most_coins = models.BigIntegerField(_("most coins of a gift"), null=True)
    # The most coins that one viewer can send to this creator in a day of the site's time zone.
    viewer_coins_per_day = models.BigIntegerField(_("coins per viewer and day"), null=True)
    anonymous = models.BooleanField(_("gifts without a name"), default=True)
    # Enough was given in this place: no more gifts there, with thanks.
    enough_in = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("enough in")
    )

    class Meta:
        verbose_name = _("boundaries")
        verbose_name_plural = _("boundaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(viewer_coins_per_day__gt=0), name="boundaries_cap_positive"
            ),
            models.CheckConstraint(
                condition=Q(least_coins__gt=0) & Q(most_coins__gt=0),
                name="boundaries_of_a_gift_positive",
            ),
            models.CheckConstraint(
                condition=Q(least_coins__lte=F("most_coins")), name="boundaries_leave_room"
            ),
        ]

    def __str__(self) -> str:
        return str(self.creator)
