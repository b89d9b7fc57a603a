"""What a creator asks the room to reach together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models import Place
from gifts.models.catalogue import Gift


class Goal(models.Model):
    """A number of coins, or of one gift, to be given in a place from now on.

    What counts is what was sent with a number of the place above `since` and did not come back.
    Reached is reached: it is decided once and stands. Written under the place's lock.
    """

    class Counts(models.TextChoices):
        COINS = "coins", _("coins")
        GIFTS = "gifts", _("one gift")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="goals")
    title = models.CharField(_("title"), max_length=60)
    counts = models.CharField(_("counts"), max_length=5, choices=Counts)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, null=True, related_name="+")
    target = models.PositiveBigIntegerField(_("how many"))
    since = models.BigIntegerField()
    # What was given towards it, of the gifts that are in the place's sums (`SummedPlace`).
    summed = models.BigIntegerField(default=0, editable=False)
    created = models.DateTimeField(_("set"))
    reached_at = models.DateTimeField(_("reached"), null=True)
    # The number of the place with which it was reached; who gave before it gave towards it.
    reached_seq = models.BigIntegerField(null=True)
    # Since when those who gave know of it, as far as they want to.
    givers_told = models.DateTimeField(null=True)
    # The number of the place with which it was taken away.
    removed_seq = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.UniqueConstraint(
                fields=["place"], condition=Q(removed_seq=None), name="goal_one_of_place"
            ),
            models.CheckConstraint(condition=Q(target__gt=0, summed__gte=0), name="goal_positive"),
            models.CheckConstraint(
                condition=Q(counts="coins", gift=None) | Q(counts="gifts", gift__isnull=False),
                name="goal_counts_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reached_at"],
                condition=Q(reached_at__isnull=False, givers_told=None),
                name="goal_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.title
