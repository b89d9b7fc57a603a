"""What is known of the people of a room beside their gifts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Place
from users.models import User


class RoomTally(models.Model):
    """Likes and viewers of a place as the hubs counted them; kept every few seconds."""

    place = models.OneToOneField(
        Place, on_delete=models.PROTECT, primary_key=True, related_name="tally"
    )
    likes = models.PositiveBigIntegerField(default=0)
    # The most that watched at once, and how many people who were signed in came at all.
    viewers_peak = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally of a room")
        verbose_name_plural = _("tallies of rooms")

    def __str__(self) -> str:
        return f"{self.likes} likes"


class BoardWish(models.Model):
    """Somebody wants to be on the board of a place, or not; no row means as their preferences."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="board_wishes")
    hidden = models.BooleanField()

    class Meta:
        verbose_name = _("wish for a board")
        verbose_name_plural = _("wishes for boards")
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="board_wish_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.place_id}"


class Thanks(models.Model):
    """A creator has thanked for a streak; ticked off in the console."""

    streak_id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    thanked = models.DateTimeField(_("thanked"))

    class Meta:
        verbose_name = _("thanks for a streak")
        verbose_name_plural = _("thanks for streaks")

    def __str__(self) -> str:
        return str(self.streak_id)
