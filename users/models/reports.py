"""What people report, kept as it was seen, and the mails about what cannot wait."""

import pgtrigger
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from users.models.people import User


class Report(models.Model):
    """Somebody says that something should not be there. One a person and thing.

    `seen` is a copy that nothing changes: {"text", "name", "handle", "where", "url", "at"}. `kind`
    and `ref` say what it was (`users.reporting`), so that staff see what is there now.
    """

    class Reason(models.TextChoices):
        CHILD = "child", _("A child is in danger")
        THREAT = "threat", _("Threat or violence")
        HARASSMENT = "harassment", _("Harassment")
        HATE = "hate", _("Hate")
        SEXUAL = "sexual", _("Sexual content")
        SCAM = "scam", _("Fraud")
        SPAM = "spam", _("Spam")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("somebody is on it")
        ANSWERED = "answered", _("answered")

    URGENT = (Reason.CHILD, Reason.THREAT)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    created = models.DateTimeField(_("reported"), db_default=Now(), editable=False)
    reporter = models.ForeignKey(
        User, models.PROTECT, related_name="reports_made", verbose_name=_("by whom")
    )
    kind = models.CharField(_("what"), max_length=20)
    ref = models.UUIDField(_("number"))
    about = models.ForeignKey(
        User, models.PROTECT, related_name="reports_met", verbose_name=_("about whom")
    )
    seen = models.JSONField(_("as it was seen"))
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    note = models.CharField(_("in the reporter's words"), max_length=1000, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("who is on it")
    )
    claimed_at = models.DateTimeField(_("since"), null=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    # What the reporter reads.
    answer = models.CharField(_("answer"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        # What cannot wait first, then the oldest; what is answered comes last.
        ordering = [
            Case(When(state="answered", then=Value(1)), default=Value(0)),
            "-urgent",
            "created",
            "id",
        ]
        permissions = [("answer_report", _("Can work on reports"))]
        indexes = [
            models.Index(
                fields=["-urgent", "created"], condition=~Q(state="answered"), name="report_queue"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reporter", "kind", "ref"], name="report_once"),
            models.CheckConstraint(
                condition=Q(urgent=True, reason__in=["child", "threat"])
                | (Q(urgent=False) & ~Q(reason__in=["child", "threat"])),
                name="report_urgent_by_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", claimed_by=None, answered_at=None)
                | Q(state="claimed", claimed_by__isnull=False, answered_at=None)
                | (
                    Q(state="answered", answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answer="")
                ),
                name="report_state_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            # What was seen is what staff judge.
            pgtrigger.Protect(
                name="seen_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("reporter", "kind", "ref", "about", "seen"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: @{self.seen['handle']}"


class ReportMail(models.Model):
    """A mail to one of the staff about a report that cannot wait; written with the report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="mails")
    to = models.ForeignKey(User, models.CASCADE, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)
    # Another process may try from then on.
    try_after = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "to"], name="report_mail_once")]
        indexes = [models.Index(fields=["id"], condition=Q(sent=None), name="report_mail_queue")]

    def __str__(self) -> str:
        return f"{self.report_id} to {self.to_id}"
