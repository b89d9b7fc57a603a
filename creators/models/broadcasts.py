"""The picture of a stream: who may send one, and whether one arrives."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creators import Creator
from creators.models.places import Stream


class StreamKey(models.Model):
    """What a creator's encoder shows to the media server. One is good at a time.

    `name` is public: the picture is played under it. The secret is kept as its hash alone, so it
    can be shown once, and neither a backup nor staff can broadcast with what lies here.
    """

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="stream_keys")
    name = models.CharField(max_length=32, unique=True)
    hashed = models.CharField(max_length=64)
    # The end of the secret, by which its owner knows it.
    hint = models.CharField(max_length=4)
    created = models.DateTimeField(_("made"))
    revoked = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("stream key")
        verbose_name_plural = _("stream keys")
        permissions = [("revoke_streamkey", _("Can revoke stream keys"))]
        constraints = [
            models.UniqueConstraint(
                fields=["creator"], condition=Q(revoked=None), name="stream_key_one_good"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Broadcast(models.Model):
    """The picture of one stream, from its first moment on; no row: none has come yet.

    Beside the stream, because gifts wait for nothing that an encoder does. `version` rises with
    every change that viewers are told, `since` is when `state` began and `seen` when the media
    server last spoke of the encoder. Written under the creator's lock.
    """

    class State(models.TextChoices):
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")

    stream = models.OneToOneField(
        Stream, on_delete=models.PROTECT, primary_key=True, related_name="broadcast"
    )
    name = models.CharField(max_length=32)
    state = models.CharField(_("state"), max_length=6, choices=State)
    version = models.PositiveIntegerField(default=1)
    # The encoder's connection, as the media server calls it: news of an older one is old news.
    connection = models.CharField(max_length=100)
    since = models.DateTimeField(_("since"))
    seen = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")

    def __str__(self) -> str:
        return f"{self.stream_id} {self.state}"
