"""The doors to a new account: allauth's two sign-up views, and what goes before them."""

import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import SignupView
from allauth.socialaccount.views import SignupView as SocialSignupView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from users import age, limits, names, selectors, too_young
from users.errors import BirthdayRefused, EmailTaken, HandleRefused, Refusal, TermsChanged
from users.forms import WHY_NOT

FIELD_OF: dict[type[Refusal], str] = {
    BirthdayRefused: "date_of_birth",
    EmailTaken: "email",
    TermsChanged: "terms",
}


class AsksAge:
    """Sign-up that remembers a too young answer and shows refusals at their fields."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if too_young.is_remembered(request):
            return self._refused(request)
        if request.method == "POST":
            too_young.require_address_not_guessing(request)
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "GET" and response.status_code == 200:
            too_young.mark_browser(request, response)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Judged before all else: beside another mistake, the date could be tried again and again.
        form = self.get_form()  # type: ignore[attr-defined]
        form.is_valid()
        if _is_too_young(form.cleaned_data.get("date_of_birth")):
            response = self._refused(request)
            too_young.remember(request, response)
            return response
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except HandleRefused as refusal:
            # Somebody was faster between the check of the form and the saving.
            why, handle = refusal.details["why"], form.cleaned_data["handle"]
            form.add_error("handle", form.handle_refused(why, handle))
        except tuple(FIELD_OF) as refusal:
            form.add_error(FIELD_OF[type(refusal)], refusal.sentence)
        return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        # What is sent next accepts the terms that the page links to now.
        form.show_instead("terms_version", settings.TERMS_VERSION)
        return super().form_invalid(form)  # type: ignore[misc]

    def _refused(self, request: HttpRequest) -> HttpResponse:
        context = {"age": settings.AGE_ACCOUNT}
        return render(request, "users/too_young.html", context, status=403)


def _is_too_young(given: datetime.date | None) -> bool:
    today = timezone.localdate()
    return (
        given is not None
        and age.is_plausible(given, today=today)
        and age.is_too_young_for_account(given, today=today)
    )


class SignUpView(AsksAge, SignupView):
    pass


class SocialSignUpView(AsksAge, SocialSignupView):
    pass


@require_GET
def check_handle(request: HttpRequest) -> JsonResponse:
    """Whether a handle can be had, or (with `email`) a free one: asked while the form is filled."""
    limits.hit("check_handle", get_adapter().get_client_ip(request), rate=60, per_seconds=60)
    handle = request.GET.get("handle", "").removeprefix("@")[: names.LONGEST + 1]
    if not handle:
        handle = selectors.free_handle(request.GET.get("email", "")[:254])
    why = selectors.handle_problem(handle)
    text = str(WHY_NOT[why]) if why else _("@%(handle)s is free.") % {"handle": handle}
    return JsonResponse({"handle": handle, "free": why is None, "text": text})
