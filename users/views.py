"""The doors of a person's own pages and of the public profile."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from users import selectors
from users.actions import people
from users.errors import Refusal
from users.forms import (
    PICTURE_REFUSED,
    WHY_NOT,
    BirthdayForm,
    HandleForm,
    PreferencesForm,
    ProfileForm,
)
from users.models import User
from users.themes import remember_theme

PREFERENCES = (
    "calm_mode",
    "sound",
    "hide_amounts",
    "hide_on_boards",
    "confirm_above_coins",
    "undo_seconds",
)
PROFILE = ("display_name", "bio", "country")
YEAR_SECONDS = 365 * 24 * 3600


@require_GET
def person(request: HttpRequest, handle: str) -> HttpResponse:
    found = selectors.user_by_handle(handle)
    if found is None:
        moved = selectors.user_by_former_handle(handle)
        if moved is None:
            raise Http404
        return redirect("person", handle=moved.handle)
    if found.handle != handle:
        return redirect("person", handle=found.handle)
    return render(request, "users/person.html", {"person": found})


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = _signed_in(request)
    form = ProfileForm(
        _sent(request),
        request.FILES or None,
        initial={name: getattr(user, name) for name in PROFILE},
    )
    if request.method == "POST" and form.is_valid():
        try:
            people.save_profile(user, **form.cleaned_data)
        except Refusal as refusal:
            _show_at_field(form, refusal)
        else:
            messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    return _profile_page(request, form, HandleForm(initial={"handle": user.handle}))


@login_required
@require_POST
def handle(request: HttpRequest) -> HttpResponse:
    user = _signed_in(request)
    form = HandleForm(request.POST)
    if form.is_valid():
        try:
            people.change_handle(user, handle=form.cleaned_data["handle"])
        except Refusal as refusal:
            _show_at_field(form, refusal)
        else:
            messages.success(request, _("Your handle is changed."))
            return redirect("profile")
    profile_form = ProfileForm(initial={name: getattr(user, name) for name in PROFILE})
    return _profile_page(request, profile_form, form)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = _signed_in(request)
    initial: dict[str, Any] = {name: getattr(user, name) for name in PREFERENCES}
    initial["theme"] = request.COOKIES.get("theme", "")
    form = PreferencesForm(_sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        people.save_preferences(user, **{name: form.cleaned_data[name] for name in PREFERENCES})
        messages.success(request, _("Your preferences are saved."))
        response = redirect("preferences")
        remember_theme(response, form.cleaned_data["theme"])
        return response
    context = {"form": form, "confirm_from_coins": settings.CONFIRM_FROM_COINS}
    return render(request, "users/preferences.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def birthday(request: HttpRequest) -> HttpResponse:
    """For the few who have no date of birth yet: accounts made by a command."""
    user = _signed_in(request)
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    if user.date_of_birth is not None:
        return redirect(back)
    form = BirthdayForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            people.give_date_of_birth(user, date_of_birth=form.cleaned_data["date_of_birth"])
        except Refusal as refusal:
            form.add_error("date_of_birth", refusal.sentence)
        else:
            messages.success(request, _("Your date of birth is saved."))
            return redirect(back)
    return render(request, "users/birthday.html", {"form": form, "next": back})


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "users/terms.html", {"version": settings.TERMS_VERSION})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "users/privacy.html", {"chat_days": settings.CHAT_KEPT_DAYS})


@require_GET
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A profile picture. All of them are WebP that we drew; their address changes with them."""
    try:
        file = default_storage.open(str(Path("pictures") / f"{name}.webp"))
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also an empty one, in which every box is unticked."""
    return request.POST if request.method == "POST" else None


def _profile_page(request: HttpRequest, form: ProfileForm, handle_form: HandleForm) -> HttpResponse:
    user = _signed_in(request)
    context = {
        "form": form,
        "handle_form": handle_form,
        "handle_free_from": selectors.handle_free_from(user),
        "change_days": settings.HANDLE_CHANGE_DAYS,
        "kept_days": settings.HANDLE_KEPT_DAYS,
    }
    return render(request, "users/profile.html", context)


def _show_at_field(form: Any, refusal: Refusal) -> None:
    """Put the refusal's sentence where the person can mend it."""
    why = refusal.details.get("why", "")
    if refusal.code == "picture":
        form.add_error("picture", PICTURE_REFUSED[why])
    elif refusal.code == "message_not_allowed":
        form.add_error(refusal.details["field"], refusal.sentence)
    elif refusal.code == "name":
        form.add_error("display_name", refusal.sentence)
    elif refusal.code == "handle":
        form.add_error("handle", WHY_NOT[why])
    else:
        form.add_error("handle" if "handle" in form.fields else None, refusal.sentence)
