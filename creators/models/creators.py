"""Who may receive gifts, and what they agreed to."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wallets.models import RateCard


class Creator(models.Model):
    """A person who receives gifts. The key is the user's, so that both are one number."""

    class State(models.TextChoices):
        APPLIED = "applied", _("waits for approval")
        APPROVED = "approved", _("approved")
        SUSPENDED = "suspended", _("suspended")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="creator"
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.APPLIED)
    # Why staff suspended; the creator reads it.
    state_reason = models.CharField(_("reason"), max_length=500, blank=True)
    rate_card = models.ForeignKey(
        RateCard, on_delete=models.PROTECT, related_name="+", verbose_name=_("rate card accepted")
    )
    rules_version = models.CharField(_("rules accepted"), max_length=20)
    accepted_at = models.DateTimeField(_("accepted at"))
    # Empty where the site approves by itself.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        permissions = [
            ("approve_creator", _("Can approve creators")),
            ("suspend_creator", _("Can suspend creators")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied") | Q(state="suspended") | Q(approved_at__isnull=False),
                name="creator_approved_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | ~Q(state_reason=""),
                name="creator_suspended_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[
                    ("applied", "approved"),
                    ("applied", "suspended"),
                    ("approved", "suspended"),
                    ("suspended", "approved"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
