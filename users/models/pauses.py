"""When people allow themselves no spending at all."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from users.models.people import User


class OwnPause(models.Model):
    """A person's break and quiet hours; no row means neither.

    Until `break_until`, and every day between `quiet_from` and `quiet_to` of the site's time zone,
    nothing is spent or recharged. A break cannot be ended. Fewer quiet hours (`wished_from`,
    `wished_to`; empty: none at all) wait since `wish_asked` for the person's second yes.
    """

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="own_pause"
    )
    break_until = models.DateTimeField(_("break until"), null=True)
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_to = models.TimeField(_("quiet to"), null=True)
    wished_from = models.TimeField(null=True)
    wished_to = models.TimeField(null=True)
    wish_asked = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("own pause")
        verbose_name_plural = _("own pauses")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None) | ~Q(quiet_from=F("quiet_to")),
                name="own_pause_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
