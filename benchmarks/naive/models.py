from typing import ClassVar

from django.db import models


class Wallet(models.Model):
    coins = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager] = models.Manager()

    def __str__(self) -> str:
        return f"{self.coins} coins"


class SentGift(models.Model):
    sender = models.ForeignKey(Wallet, models.PROTECT, related_name="sent")
    creator = models.ForeignKey(Wallet, models.PROTECT, related_name="received")
    key = models.CharField(max_length=64)
    coins = models.BigIntegerField()
    created = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "key"], name="once")]

    def __str__(self) -> str:
        return self.key
