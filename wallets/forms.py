"""What buyers fill in. What may be bought is judged by the action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wallets.countries import country_choices, is_country

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
