"""The forms of reports. They read; `users.actions.reports` judges."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from users.models import Report

# What staff answer most of the time; the reporter reads it.
PREPARED = {
    "acted": _("Thank you. We looked at it and did something about it."),
    "within_rules": _("Thank you. We looked at it; it stays within the rules of this site."),
    "gone": _("Thank you. It was gone already when we looked at it."),
    "known": _("Thank you. Others told us as well, and it is being dealt with."),
    "unclear": _("Thank you. We could not see what is wrong. Please report it again and say more."),
}


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Anything that helps us"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    prepared = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("In my own words")), *PREPARED.items()],
        initial="acted",
        help_text=_("The reporter reads it."),
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=700,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """One text of both."""
        said = super().clean() or {}
        prepared = PREPARED.get(said.pop("prepared", ""), "")
        words = said.pop("words", "").strip()
        text = " ".join(part for part in (str(prepared), words) if part)
        if not text:
            raise forms.ValidationError(_("Please choose an answer or write one."))
        return said | {"text": text}
