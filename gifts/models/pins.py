"""Pins that somebody ended before their time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EndedPin(models.Model):
    """The message of a gift is not pinned any more; it stays in the chat."""

    gift_id = models.UUIDField(primary_key=True)
    ended = models.DateTimeField()

    class Meta:
        verbose_name = _("ended pin")
        verbose_name_plural = _("ended pins")

    def __str__(self) -> str:
        return str(self.gift_id)
