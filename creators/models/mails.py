"""Mails to creators that wait to be sent; written in the transaction they tell about."""

from django.db import models
from django.db.models import Q


class CreatorMail(models.Model):
    """One mail: about a step of a withdrawal or new payout details, whose id is `ref`."""

    class Kind(models.TextChoices):
        WITHDRAWAL = "withdrawal"
        PAYOUT_METHOD = "payout_method"

    kind = models.CharField(max_length=13, choices=Kind)
    ref = models.BigIntegerField()
    created = models.DateTimeField()
    # Another process may try from then on.
    try_after = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="creator_mail_once")]
        indexes = [models.Index(fields=["id"], condition=Q(sent=None), name="creator_mail_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
