"""Where allauth asks the project: saving a new person, and where people may be sent back to."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from users.actions.people import sign_up
from users.mails import dress_plain_mail
from users.models import User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Serves the own sign-up form and that of a first social sign-in alike."""
        super().save_user(request, user, form, commit=False)
        data = form.cleaned_data
        return sign_up(
            user,
            handle=data["handle"],
            date_of_birth=data["date_of_birth"],
            country=data["country"],
            terms_version=data["terms_version"],
        )

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMultiAlternatives:
        """allauth's mails are texts; they get the look of ours."""
        mail = super().render_mail(*args, **kwargs)
        dress_plain_mail(mail)
        return mail

    def is_safe_url(self, url: str | None) -> bool:
        """The host of this request only, not every host that the site answers to."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link in the mail leads back to where the person signed up."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        back = request.POST.get("next") or request.GET.get("next")
        return f"{url}?{urlencode({'next': back})}" if back and self.is_safe_url(back) else url
