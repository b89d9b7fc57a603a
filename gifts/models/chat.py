"""What is said in a place."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Place
from users.models import User


class ChatLine(models.Model):
    """What somebody said in a place; kept for CHAT_KEPT_DAYS, hidden ones too."""

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="chat_lines")
    sender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="chat_lines")
    text = models.CharField(max_length=300)
    created = models.DateTimeField()
    hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("chat line")
        verbose_name_plural = _("chat lines")
        indexes = [
            models.Index(fields=["place", "created"], name="chat_line_of_place"),
            models.Index(fields=["place", "sender", "created"], name="chat_line_of_sender"),
        ]

    def __str__(self) -> str:
        return self.text


class HiddenMessage(models.Model):
    """The message of a sent gift is shown nowhere; gift and money stand."""

    gift_id = models.UUIDField(primary_key=True)
    hidden = models.DateTimeField()

    class Meta:
        verbose_name = _("hidden message")
        verbose_name_plural = _("hidden messages")

    def __str__(self) -> str:
        return str(self.gift_id)
