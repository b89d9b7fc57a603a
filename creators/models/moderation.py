"""Who may say what in a creator's places, and what was done about it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from creators.models.creators import Creator
from creators.models.places import Place


class Follow(models.Model):
    """Somebody wants to hear of a creator."""

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="follows")
    created = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["creator", "follower"], name="follow_once"),
            models.CheckConstraint(
                condition=~Q(follower=F("creator")), name="follow_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.creator_id}"


class RoomRules(models.Model):
    """A creator's rules for what is said in their places; no row means the usual ones."""

    class Messages(models.TextChoices):
        ALL = "all", _("everybody")
        FOLLOWERS = "followers", _("followers")
        NOBODY = "nobody", _("nobody")

    creator = models.OneToOneField(
        Creator, on_delete=models.PROTECT, primary_key=True, related_name="room_rules"
    )
    # One more with each change, so that pages know the newer.
    version = models.BigIntegerField(default=0)
    # So many seconds between two lines of one person; 0 is no slow mode.
    slow_seconds = models.PositiveSmallIntegerField(_("slow mode"), default=0)
    followers_only = models.BooleanField(_("only followers may write"), default=False)
    gift_messages = models.CharField(
        _("messages with gifts"), max_length=9, choices=Messages, default=Messages.ALL
    )
    # Whose words of the operator's list count here; empty: of all languages.
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    # What the room shows to who watches.
    board = models.BooleanField(_("board of supporters"), default=True)
    amounts = models.BooleanField(_("amounts"), default=True)
    fullscreen = models.BooleanField(_("gifts over the whole stage"), default=True)
    sound = models.BooleanField(_("sounds of gifts"), default=True)

    class Meta:
        verbose_name = _("rules of a room")
        verbose_name_plural = _("rules of rooms")
        constraints = [
            models.CheckConstraint(condition=Q(slow_seconds__lte=3600), name="room_slow_an_hour")
        ]

    def __str__(self) -> str:
        return str(self.creator)


class Moderator(models.Model):
    """Somebody whom a creator trusts with the people in the creator's places."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="moderators")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderates"
    )
    named = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("moderator")
        verbose_name_plural = _("moderators")
        constraints = [
            models.UniqueConstraint(fields=["creator", "person"], name="moderator_once"),
            models.CheckConstraint(condition=~Q(person=F("creator")), name="moderator_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.creator_id}"


class ModerationAct(models.Model):
    """What was done to whom, by whom and why. Never changed; what takes it back is another act."""

    append_only = True

    class Kind(models.TextChoices):
        HIDE = "hide", _("took away")
        SHOW = "show", _("showed again")
        MUTE = "mute", _("muted")
        UNMUTE = "unmute", _("let speak again")
        BAN = "ban", _("banned")
        UNBAN = "unban", _("let in again")
        UNPIN = "unpin", _("took from over the chat")
        NAME = "name", _("made a moderator")
        DISMISS = "dismiss", _("no longer a moderator")

    class Role(models.TextChoices):
        MODERATOR = "moderator", _("moderator")
        CREATOR = "creator", _("creator")
        STAFF = "staff", _("staff")

    created = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="moderation_acts")
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="moderation_acts"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="moderation_done",
        verbose_name=_("who"),
    )
    role = models.CharField(_("as"), max_length=9, choices=Role)
    target = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="moderation_met",
        verbose_name=_("to whom"),
    )
    kind = models.CharField(_("what"), max_length=7, choices=Kind)
    # To the sender of an anonymous gift: of whom it was, staff alone read.
    unnamed = models.BooleanField(_("without a name"), db_default=False, default=False)
    # What was taken away or shown again: [{"kind": "line" or "gift", "id", "text"}].
    subjects = models.JSONField(_("texts"), default=list)
    until = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="undone_by",
        verbose_name=_("takes back"),
    )

    class Meta:
        verbose_name = _("moderation act")
        verbose_name_plural = _("moderation log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["creator", "-id"], name="moderation_of_creator"),
            models.Index(fields=["creator", "target", "-id"], name="moderation_of_person"),
        ]
        permissions = [("moderate_rooms", _("Can moderate every room"))]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id}"


class Restriction(models.Model):
    """Somebody may not speak in a creator's places (mute), or not come in (ban).

    A row counts until it is deleted or `until` has passed; empty is for good. Who was banned as the
    sender of an anonymous gift (`gift_id`) has a row for each such gift, beside one under the own
    name: the one never says anything about the other.
    """

    class Kind(models.TextChoices):
        MUTE = "mute", _("muted")
        BAN = "ban", _("banned")

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="restrictions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="restrictions"
    )
    kind = models.CharField(max_length=4, choices=Kind)
    gift_id = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    act = models.OneToOneField(ModerationAct, on_delete=models.PROTECT, related_name="restriction")

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "creator", "kind", "gift_id"],
                nulls_distinct=False,
                name="restriction_once",
            ),
            models.CheckConstraint(condition=~Q(person=F("creator")), name="restriction_another"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} at {self.creator_id}"
