"""The forms of creators. They read; `creators.actions` judges."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.models import RoomRules


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


class RoomRulesForm(forms.Form):
    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        coerce=int,
        choices=[
            (0, _("Off")),
            (5, _("One line in 5 seconds")),
            (10, _("One line in 10 seconds")),
            (30, _("One line in 30 seconds")),
            (60, _("One line a minute")),
            (300, _("One line in 5 minutes")),
        ],
        help_text=_("For every person. You and your moderators are spared."),
    )
    followers_only = forms.BooleanField(
        label=_("Only followers may write"),
        required=False,
        help_text=_("Everybody can still read, and send gifts."),
    )
    gift_messages = forms.ChoiceField(
        label=_("Who may send a message with a gift"), choices=RoomRules.Messages
    )
    languages = forms.CharField(
        label=_("Languages of your rooms"),
        required=False,
        max_length=60,
        help_text=_(
            "For example: en, de. The site's list of words counts for these only; empty means all."
        ),
    )

    def clean_languages(self) -> list[str]:
        said = self.cleaned_data["languages"].lower().replace(",", " ").split()
        if any(len(code) > 8 or not code.replace("-", "").isalpha() for code in said):
            raise forms.ValidationError(_("Please write codes of languages, like en or pt-br."))
        return said


MOST_COINS = 10_000_000


def _coins_field(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_COINS,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class BoundariesForm(forms.Form):
    gifts = forms.BooleanField(
        label=_("Take gifts"), required=False, help_text=_("Off: nobody can send you a gift.")
    )
    least_coins = _coins_field(
        _("Smallest gift, in coins"), _("What is sent at once costs this much at least.")
    )
    most_coins = _coins_field(
        _("Largest gift, in coins"), _("What is sent at once costs this much at most.")
    )
    viewer_coins_per_day = _coins_field(
        _("From one viewer in a day, in coins"),
        _("All gifts of one person to you, without what was taken back. Empty: no boundary."),
    )
    anonymous = forms.BooleanField(
        label=_("Take gifts without a name"),
        required=False,
        help_text=_("Nobody but our staff learns who sent them, and they carry no message."),
    )


class ModeratorForm(forms.Form):
    handle = forms.CharField(
        label=_("Handle"),
        max_length=31,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Words and phrases that you do not want"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Other spellings of them are found by themselves."),
    )


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
