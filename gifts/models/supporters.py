"""Who gave to a creator for the first time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Supporter(models.Model):
    """Somebody gave to a creator: as of the first gift that became final, in this place.

    No foreign keys, as for all rows of gifts (docs/decisions).
    """

    creator_id = models.BigIntegerField()
    sender_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    created = models.DateTimeField()

    class Meta:
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")
        constraints = [
            models.UniqueConstraint(fields=["creator_id", "sender_id"], name="supporter_once")
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} of {self.creator_id}"


class NewSupporters(models.Model):
    """How many supporters a place brought its creator, of its gifts up to the number `upto`."""

    place_id = models.BigIntegerField(primary_key=True)
    upto = models.BigIntegerField(default=0)
    found = models.IntegerField(default=0)
    # Of the first of them.
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("new supporters of a room")
        verbose_name_plural = _("new supporters of rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(upto__gte=0, found__gte=0), name="new_supporters_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.found} in {self.place_id}"
