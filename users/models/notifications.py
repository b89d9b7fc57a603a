"""What people are told, and by which ways they want to hear it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from users.models.people import User


class Notification(models.Model):
    """One thing that a person is told on the site and, if `mail`, by mail.

    `kind` is one of `users.notices`; `ref` names what it is about, so that it is told once. `data`
    is what its sentence is made of, and `path` where it leads.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    created = models.DateTimeField(db_default=Now())
    read = models.DateTimeField(null=True)
    mail = models.BooleanField(default=False)
    # Another process may try to send it from then on.
    mail_after = models.DateTimeField(null=True)
    mailed = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "ref"], name="notification_once")
        ]
        indexes = [
            models.Index(fields=["person", "-created", "-id"], name="notification_list"),
            models.Index(fields=["person"], condition=Q(read=None), name="notification_unread"),
            models.Index(
                fields=["id"], condition=Q(mail=True, mailed=None), name="notification_mails"
            ),
            models.Index(fields=["created"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class NotificationChoice(models.Model):
    """A person's own choice about one kind; no row means the usual one."""

    class Way(models.TextChoices):
        OFF = "off", _("not at all")
        SITE = "site", _("on the site")
        MAIL = "mail", _("on the site and by mail")

    person = models.ForeignKey(User, models.CASCADE, related_name="notification_choices")
    kind = models.CharField(max_length=30)
    way = models.CharField(max_length=4, choices=Way)

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="notification_choice_once")
        ]

    def __str__(self) -> str:
        return self.kind
