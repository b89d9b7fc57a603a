"""What buyers fill in. What may be bought is judged by the action."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from users.actions.pauses import BREAK_DAYS
from users.models import OwnLimit
from wallets.countries import country_choices, is_country
from wallets.money import digits_of

OTHER = "other"


class RechargeForm(forms.Form):
    """A pack or the exact sum is a number in `choice`; `other` counts with the choice "other"."""

    choice = forms.CharField(max_length=12)
    other = forms.IntegerField(label=_("Number of coins"), required=False, min_value=1)
    country = forms.CharField(max_length=2)
    method = forms.CharField(max_length=30)
    consent = forms.BooleanField(required=False)
    key = forms.CharField(max_length=64)
    next = forms.CharField(max_length=300, required=False)
    gift = forms.CharField(max_length=64, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        choice = data.get("choice", "")
        if choice == OTHER:
            if data.get("other") is None and "other" not in self.errors:
                self.add_error("other", _("Please say how many coins you want."))
            data["coins"] = data.get("other")
        elif choice.isascii() and choice.isdigit():
            data["coins"] = int(choice)
        else:
            self.add_error("choice", _("Please choose how many coins you want."))
        return data


class CountryForm(forms.Form):
    country = forms.ChoiceField(label=_("Where you live"), choices=country_choices)

    def clean_country(self) -> str:
        country = self.cleaned_data["country"]
        if not is_country(country):
            raise forms.ValidationError(_("Please choose your country."))
        return country


class OwnLimitForm(forms.Form):
    """Coins, or money in the currency's main unit; empty is no limit."""

    asset = forms.ChoiceField(choices=OwnLimit.Asset)
    period = forms.ChoiceField(choices=OwnLimit.Period)
    amount = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=6)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount: Decimal | None = data.get("amount")
        digits = digits_of(settings.BASE_CURRENCY) if data.get("asset") == "money" else 0
        if amount is not None and amount.scaleb(digits) % 1:
            self.add_error("amount", _("This amount has too many digits after the point."))
        return data


class QuietHoursForm(forms.Form):
    since = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until = forms.TimeField(
        label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


BREAK_LABELS = {
    1: _("a day"),
    7: _("a week"),
    30: _("a month"),
    91: _("three months"),
    182: _("six months"),
}


class BreakForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("How long"),
        coerce=int,
        choices=[(days, BREAK_LABELS[days]) for days in BREAK_DAYS],
    )
    sure = forms.BooleanField(label=_("I know that nobody can end it early, our staff neither."))
