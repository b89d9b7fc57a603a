"""The forms of sign-up, profile and preferences. They read; `users.actions` judges."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.urls import reverse, reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from users import names, notices, selectors
from users.models import NotificationChoice, User
from users.pictures import LARGEST_BYTES

Way = NotificationChoice.Way
WHY_NOT = {
    "format": _("A handle has 3 to 30 letters (a to z), digits or underscores."),
    "reserved": _("This handle is kept for the site itself."),
    "taken": _("This handle, or one that looks like it, is taken."),
    "words": _("This handle holds what is not welcome here."),
}
PICTURE_REFUSED = {
    "size": format_lazy(
        _("The picture is too large; at most {most} MB."), most=LARGEST_BYTES // 1024 // 1024
    ),
    "kind": _("This is not a picture that we can read. JPEG, PNG, WebP and GIF work."),
    "pixels": _("The picture has too many pixels. Please make it smaller first."),
    "broken": _("The picture is damaged. Please save it anew and try again."),
}


def countries() -> list[tuple[str, str]]:
    return [("", ""), *_named_countries(get_language() or "en")]


@cache
def _named_countries(language: str) -> list[tuple[str, str]]:
    territories = Locale.parse(language, sep="-").territories
    # Two letters are countries; the rest are regions. These six are neither a place to live.
    no_places = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    named = [(k, v) for k, v in territories.items() if len(k) == 2 and k not in no_places]
    return sorted(named, key=lambda pair: pair[1])


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: str) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def birthday_field() -> forms.DateField:
    return forms.DateField(
        label=_("Date of birth"),
        input_formats=["%Y-%m-%d"],
        widget=DateInput(autocomplete="bday", min="1900-01-01"),
        error_messages={"invalid": _("Please give a whole date: year, month and day.")},
    )


def country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Country"),
        choices=countries,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )


def _age_help() -> str:
    years = settings.AGE_ACCOUNT
    text = ngettext(
        "You must be at least %(years)s year old. Nobody else sees this.",
        "You must be at least %(years)s years old. Nobody else sees this.",
        years,
    )
    return text % {"years": years}


def _terms_label() -> SafeString:
    return format_html(
        gettext(
            'I accept the <a href="{terms}">terms</a> and the <a href="{privacy}">privacy page</a>'
        ),
        terms=reverse("terms"),
        privacy=reverse("privacy"),
    )


class SignUpFields(forms.Form):
    """What every new person is asked, here or after a first social sign-in.

    allauth puts e-mail and password before these and calls `signup` when the person is saved.
    """

    field_order = ["email", "password1", "handle", "date_of_birth", "country", "terms"]

    # Not required in the browser: an empty one is answered with a suggestion.
    handle = forms.CharField(
        label=_("Handle"),
        required=False,
        max_length=names.LONGEST,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "nickname",
                "autocapitalize": "none",
                "spellcheck": "false",
                "data-check-handle": reverse_lazy("check_handle"),
            }
        ),
        help_text=_("Your name on the site, after the @. 3 to 30 letters, digits or underscores."),
    )
    date_of_birth = birthday_field()
    country = country_field()
    terms = forms.BooleanField(
        label=lazy(_terms_label, SafeString)(),
        error_messages={"required": _("Without this there is no account.")},
    )
    terms_version = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_of_birth"].help_text = lazy(_age_help, str)()
        self.fields["terms_version"].initial = settings.TERMS_VERSION
        email = (self.initial or {}).get("email")
        if email and not self.is_bound:
            self.fields["handle"].initial = selectors.free_handle(email)

    def clean_handle(self) -> str:
        handle = self.cleaned_data["handle"].removeprefix("@")
        if not handle:
            free = self._suggest(self.cleaned_data.get("email") or "")
            raise forms.ValidationError(
                _("Please choose a handle. %(free)s is free."), params={"free": free}
            )
        if why := selectors.handle_problem(handle):
            raise forms.ValidationError(self.handle_refused(why, handle))
        return handle

    def handle_refused(self, why: str, handle: str) -> str:
        if why != "taken":
            return str(WHY_NOT[why])
        free = selectors.free_handle(handle)
        return str(_("%(why)s %(free)s is free.") % {"why": WHY_NOT[why], "free": free})

    def _suggest(self, email: str) -> str:
        free = selectors.free_handle(email)
        self.show_instead("handle", free)
        return free

    def show_instead(self, name: str, value: str) -> None:
        """Fill a field of the form that is shown again."""
        sent = {key: self.data[key] for key in self.data}
        self.data = {**sent, self.add_prefix(name): value}

    def signup(self, request: Any, user: User) -> None:
        """Nothing is left to do: `users.adapter` saved all of it with the person."""


class BirthdayForm(forms.Form):
    date_of_birth = birthday_field()


class HandleForm(forms.Form):
    handle = forms.CharField(
        label=_("Handle"),
        max_length=names.LONGEST,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_handle(self) -> str:
        return self.cleaned_data["handle"].removeprefix("@")


class ProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Name"), max_length=50, required=False)
    bio = forms.CharField(
        label=_("About you"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    country = country_field()
    # A plain file field: Django's image field would hand the file to every decoder that it knows.
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("JPEG, PNG, WebP or GIF. We cut it square and remove where it was taken."),
    )
    remove_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    def clean_picture(self) -> bytes | None:
        sent = self.cleaned_data["picture"]
        if not sent:
            return None
        if sent.size > LARGEST_BYTES:
            raise forms.ValidationError(str(PICTURE_REFUSED["size"]))
        return sent.read()


def undo_choices() -> list[tuple[str, str]]:
    """The site's own window, and the longer ones up to the longest."""

    def seconds(n: int) -> str:
        return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}

    shortest, longest = settings.UNDO_SECONDS, settings.UNDO_SECONDS_LONGEST
    longer = sorted({n for n in (20, 30, 45, 60, longest) if shortest < n <= longest})
    return [("", seconds(shortest)), *((str(n), seconds(n)) for n in longer)]


class PreferencesForm(forms.Form):
    calm_mode = forms.BooleanField(
        label=_("Calm mode"),
        required=False,
        help_text=_("Gifts appear without large movement, and nothing flashes."),
    )
    sound = forms.BooleanField(
        label=_("Sound"), required=False, help_text=_("Gifts may be heard, not only seen.")
    )
    hide_amounts = forms.BooleanField(
        label=_("Hide my amounts"),
        required=False,
        help_text=_("Others see that you gave, not how much, also on boards."),
    )
    hide_on_boards = forms.BooleanField(
        label=_("Leave me off boards"),
        required=False,
        help_text=_("No room lists you among its supporters. You can choose otherwise in a room."),
    )
    confirm_above_coins = forms.IntegerField(
        label=_("Ask before gifts from this price on"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=_("In coins. Empty means the site's own price."),
    )
    undo_seconds = forms.TypedChoiceField(
        label=_("Time to take a gift back"),
        choices=undo_choices,
        required=False,
        coerce=int,
        empty_value=None,
    )
    theme = forms.ChoiceField(
        label=_("Colours in this browser"),
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        required=False,
    )


class UpToForm(forms.Form):
    """The newest notification that the page showed."""

    up_to = forms.IntegerField(min_value=1)


class NotificationsForm(forms.Form):
    """A choice for each kind of notification, named by its code."""

    def __init__(self, *args: Any, ways: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in notices.kinds():
            choices = Way.choices if kind.by_mail is not None else Way.choices[:-1]
            way = ways[kind.code]
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label,
                choices=choices,
                initial=way,
            )
