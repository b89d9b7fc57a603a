"""Who gave to a creator for the first time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Supporter(models.Model):
    """Somebody gave to a creator: as of the first gift that stayed, in this place.

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
        indexes = [models.Index(fields=["place_id", "created"], name="supporter_of_place")]

    def __str__(self) -> str:
        return f"{self.sender_id} of {self.creator_id}"


class NewSupporters(models.Model):
    """Among a place's gifts up to the number `upto`, new supporters were looked for."""

    place_id = models.BigIntegerField(primary_key=True)
    upto = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("new supporters of a room")
        verbose_name_plural = _("new supporters of rooms")
        constraints = [
            models.CheckConstraint(condition=Q(upto__gte=0), name="new_supporters_positive")
        ]

    def __str__(self) -> str:
        return f"{self.place_id} up to {self.upto}"
