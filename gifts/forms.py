"""The forms of this app's pages. They read; `gifts.actions` judges."""

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.forms import MOST_COINS
from gifts.models import Gift, Overlay


class OverlayForm(forms.ModelForm):
    class Meta:
        model = Overlay
        fields = ["least_coins", "style"]
        labels = {"least_coins": _("Show from how many coins on"), "style": _("Own CSS")}
        help_texts = {
            "least_coins": _("Counted for the whole streak; 0 shows every gift."),
            "style": _("Pictures from other sites are not loaded; data: addresses are."),
        }
        widgets = {
            "least_coins": forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
            "style": forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "dir": "ltr"}),
        }


class TrialAlertForm(forms.Form):
    gift = forms.ModelChoiceField(
        Gift.objects.filter(active=True), label=_("Gift"), empty_label=None
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=9_999, initial=5)


class GoalForm(forms.Form):
    title = forms.CharField(
        label=_("What for"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    target = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=100_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    gift = forms.ModelChoiceField(
        Gift.objects.filter(active=True),
        label=_("Of what"),
        to_field_name="slug",
        required=False,
        empty_label=_("Coins, by any gift"),
    )


class AmountsForm(forms.Form):
    least_coins = forms.IntegerField(
        label=_("Gifts from how many coins on"),
        min_value=1,
        max_value=MOST_COINS,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    most_coins = forms.IntegerField(
        label=_("Gifts up to how many coins"),
        min_value=1,
        max_value=MOST_COINS,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
