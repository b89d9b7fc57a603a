"""What people are told of their reports."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from users.notices import Kind, register

REPORT_ANSWERED = register(
    Kind(
        code="report_answered",
        label=lazy("A report of mine is answered"),
        mark="flag",
        sentence=lambda data: _("Your report is answered: %(answer)s") % data,
        by_mail=True,
    )
)
