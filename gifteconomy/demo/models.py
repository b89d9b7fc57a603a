"""What the demo keeps of itself: how far its world is, and what each visitor's browser has done."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class World(models.Model):
    """The one demo world of a database. Everything in it is derived from when it began."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    began = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="demo_world_is_one_row")]

    def __str__(self) -> str:
        return f"begun {self.began:%Y-%m-%d %H:%M}"


class Visit(models.Model):
    """One browser's walk through the demo. What was bought, sent and withdrawn is not kept here:
    it is read from the rows of the people that the browser has been."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    began = models.DateTimeField(db_default=Now())
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # The sent gift that a second window has shown, and the creator who looked at the dashboard.
    seen_gift = models.UUIDField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked_creator_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Mail(models.Model):
    """A mail that the site has sent, as it would have left."""

    to = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    source = models.BinaryField()
    created = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject
