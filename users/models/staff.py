"""What staff did: written once and never changed, or waiting for a second person."""

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from users.models.people import User


class AuditEntry(models.Model):
    """What a staff member did to what, why, and what it changed. Never changed itself."""

    append_only = True

    created = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    # Empty when a command or the system itself acted.
    staff = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="audit_entries", verbose_name=_("who")
    )
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="audit_approvals", verbose_name=_("approved")
    )
    kind = models.CharField(_("what"), max_length=80)
    target_type = models.CharField(_("to what"), max_length=80)
    target_id = models.CharField(_("number"), max_length=64, blank=True)
    reason = models.TextField(_("why"))
    asked = models.JSONField(_("asked"), default=dict, encoder=DjangoJSONEncoder)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"])]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="audit_says_why"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("staff")),
                name="audit_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_id}".strip()


class Approval(models.Model):
    """A staff action above its limit: asked for by one person, decided once by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    created = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="approvals_requested", verbose_name=_("asked by")
    )
    kind = models.CharField(_("what"), max_length=80)
    target_type = models.CharField(_("to what"), max_length=80)
    target_id = models.CharField(_("number"), max_length=64, blank=True)
    reason = models.TextField(_("why"))
    # The form as it was sent, so that the same form reads it again when it is approved.
    payload = models.JSONField(_("asked"), default=dict)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="approvals_decided",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "created"])]
        permissions = [("decide_approval", _("Can approve or decline what waits"))]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="approval_says_why"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="approval_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_by=None, decided_at=None)
                | models.Q(
                    state__in=["approved", "declined"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="approval_decided_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["approved", "declined"]),
            ),
            # What was asked for is what is approved.
            pgtrigger.Protect(
                name="asked_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "requested_by", "kind", "target_type", "target_id", "reason", "payload", "key"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_id}".strip()
