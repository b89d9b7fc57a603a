"""The forms of creators. They read; `creators.actions` judges."""

from django import forms
from django.utils.translation import gettext_lazy as _


class JoinForm(forms.Form):
    rate_card = forms.IntegerField(widget=forms.HiddenInput)
    rules_version = forms.CharField(widget=forms.HiddenInput, max_length=20)
    accept_rate_card = forms.BooleanField(label=_("I accept this rate card."))
    accept_rules = forms.BooleanField(label=_("I accept these rules."))


class StreamForm(forms.Form):
    title = forms.CharField(
        label=_("What is it about?"),
        max_length=100,
        help_text=_("People see this in the list of live rooms."),
    )

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


class PayoutMethodForm(forms.Form):
    payee_name = forms.CharField(
        label=_("Name of the account's owner"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    instructions = forms.CharField(
        label=_("How to pay you"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example your bank's name and the number of your account."),
    )

    def clean_instructions(self) -> str:
        return self.cleaned_data["instructions"].replace("\r\n", "\n").strip()


class AmountForm(forms.Form):
    diamonds = forms.IntegerField(
        label=_("Diamonds"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class WithdrawForm(AmountForm):
    """What was shown, sent back; the key makes the request once."""

    shown_minor = forms.IntegerField(min_value=0)
    key = forms.RegexField(r"^[0-9a-f-]{36}$")
