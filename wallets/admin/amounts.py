"""Sums of money as staff type them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wallets.money import Money, minor_per_unit


class AmountForm(forms.Form):
    """A sum that staff saw move, as the bank writes it; cleaned to `money`."""

    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal(0), max_digits=12)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "amount" not in data or "currency" not in data:
            return data
        try:
            exact = data.pop("amount") * minor_per_unit(data["currency"])
        except ValueError as error:
            raise forms.ValidationError(_("This is not a currency.")) from error
        if exact != int(exact) or exact < 1:
            raise forms.ValidationError(_("This is not an amount of that currency."))
        data["money"] = Money(int(exact), data.pop("currency"))
        return data
