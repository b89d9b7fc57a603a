"""What gifts are sent to: a live stream now, a video later."""

from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from creators.models.creators import Creator


class Place(models.Model):
    """Gifts are sent to a place, and what happens there is numbered.

    `seq` is the number of the place's last event and `counted` the one up to which gifts are
    final, as of `counted_at`; `epoch` changes when numbering starts anew. Every batch of gifts
    writes the row, under the lock of `creators.locks.lock_places`; no index holds what it changes.
    """

    class Kind(models.TextChoices):
        STREAM = "stream", _("stream")
        VIDEO = "video", _("video")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="places")
    kind = models.CharField(max_length=6, choices=Kind)
    open = models.BooleanField(default=True)
    seq = models.BigIntegerField(default=0)
    counted = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    epoch = models.UUIDField(default=uuid4, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creator"],
                condition=Q(kind="stream", open=True),
                name="place_one_live_stream",
            ),
            models.CheckConstraint(
                condition=Q(counted__gte=0, counted__lte=F("seq")), name="place_counted_within"
            ),
        ]
        triggers = [pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Stream(models.Model):
    """A creator's live stream: one at a time, as its place is open until it ends."""

    class State(models.TextChoices):
        LIVE = "live", _("live")
        ENDED = "ended", _("ended")

    class EndedWhy(models.TextChoices):
        CREATOR = "creator", _("ended by the creator")
        STAFF = "staff", _("ended by staff")
        SUSPENDED = "suspended", _("the creator was suspended")
        LOST = "lost", _("the picture did not come back")

    place = models.OneToOneField(
        Place, on_delete=models.PROTECT, primary_key=True, related_name="stream"
    )
    title = models.CharField(_("title"), max_length=100)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.LIVE)
    started = models.DateTimeField(_("started"))
    ended = models.DateTimeField(_("ended"), null=True)
    # Since when followers know of it, as far as they want to.
    followers_told = models.DateTimeField(null=True)
    ended_why = models.CharField(_("why it ended"), max_length=9, choices=EndedWhy, blank=True)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        permissions = [("end_stream", _("Can end streams"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="live", ended=None, ended_why="")
                | (Q(state="ended", ended__gte=F("started")) & ~Q(ended_why="")),
                name="stream_ended_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-started"], condition=Q(state="live"), name="stream_live"),
            models.Index(fields=["-ended"], condition=Q(state="ended"), name="stream_ended"),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.FSM(name="ends_once", field="state", transitions=[("live", "ended")]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ended_by_staff(self) -> bool:
        """Whether viewers are told that the site's staff ended it."""
        return self.ended_why in (self.EndedWhy.STAFF, self.EndedWhy.SUSPENDED)
