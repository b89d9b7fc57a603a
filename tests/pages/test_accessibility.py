"""axe on every page of the base and of signing in: light on a desktop, dark on a phone.

The slow crawl over all pages looks at every combination.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone
from playwright.sync_api import Page

from gifteconomy.urls import urlpatterns
from tests.live import Site, check_axe
from tests.make import make_user
from users.models import User

pytestmark = pytest.mark.slow

LOOKS = [
    ("light", {"width": 1280, "height": 800}),
    ("dark", {"width": 390, "height": 844}),
]


# A URL configuration for the pages of sign-in methods that are switched off by settings.
urlpatterns = [
    *urlpatterns,
    path("passkey/", lambda request: None, name="account_signup_by_passkey"),
    path("passkey/make/", lambda request: None, name="mfa_signup_webauthn"),
    path("code/", lambda request: None, name="account_confirm_login_code"),
    path("code/password/", lambda request: None, name="account_confirm_password_reset_code"),
    path("trust/", lambda request: None, name="mfa_trust"),
]


class CodeForm(forms.Form):
    code = forms.CharField(label="Code")


class AddressForm(forms.Form):
    email = forms.EmailField(label="E-mail")


class NoForm(forms.Form):
    pass


@pytest.fixture
def still_page(new_page: Callable[..., Page]) -> Page:
    """Without motion, so that no colour is read half way between two themes."""
    return new_page(reduced_motion="reduce")


@pytest.fixture
def person(live_site: Site) -> User:
    person = make_user("mira", password="a long pass phrase", email="mira@example.org")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def check_looks(page: Page) -> None:
    assert page.locator("h1").count() == 1, page.url
    for scheme, size in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


def sign_in(page: Page) -> None:
    """Sign in, and say once more that it is you, as the pages of the second step ask."""
    page.goto("/accounts/login/?next=/accounts/reauthenticate/?next=/accounts/2fa/")
    page.fill("input[name=login]", "mira@example.org")
    page.fill("input[name=password]", "a long pass phrase")
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.fill("input[name=password]", "a long pass phrase")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(lambda url: url.endswith("/accounts/2fa/") and "?" not in url)


def current_code(secret: str) -> str:
    """What an authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def show(page: Page, html: str) -> None:
    """Put a page that the site shows only in rare states in front of the real style sheets."""
    page.route("**/shown/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/shown/")
    page.unroute("**/shown/")


@pytest.mark.site(environment={"DEMO": "1"})
def test_pages_of_signed_out_people(live_site, person, still_page, page_errors):
    page_errors.allow(r"status of (404|401)")
    reset = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    new = EmailAddress.objects.create(user=person, email="new@example.org")
    for address in (
        "/styleguide/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        f"/accounts/password/reset/key/{reset}/",
        "/accounts/password/reset/key/1-bad-token/",
        "/accounts/password/reset/key/done/",
        "/accounts/confirm-email/",
        f"/accounts/confirm-email/{EmailConfirmationHMAC(new).key}/",
        "/accounts/confirm-email/bad-key/",
        "/accounts/inactive/",
        "/accounts/3rdparty/login/cancelled/",
        "/accounts/3rdparty/login/error/",
        "/no-such-page/",
    ):
        still_page.goto(address)
        check_looks(still_page)


def test_pages_of_signed_in_people(live_site, person, still_page):
    sign_in(still_page)
    for address in (
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/3rdparty/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/webauthn/",
    ):
        still_page.goto(address)
        assert still_page.url.endswith(address), f"{address} led to {still_page.url}"
        check_looks(still_page)


def test_pages_of_people_with_a_second_step(live_site, person, still_page):
    sign_in(still_page)
    still_page.goto("/accounts/2fa/totp/activate/")
    secret = still_page.locator("#totp-secret").inner_text()
    still_page.fill("input[name=code]", current_code(secret))
    still_page.get_by_role("button", name="Switch it on").click()
    still_page.wait_for_url("**/2fa/recovery-codes/**")
    for address in (
        "/accounts/2fa/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/reauthenticate/",
    ):
        still_page.goto(address)
        assert still_page.url.endswith(address), f"{address} led to {still_page.url}"
        check_looks(still_page)


@pytest.fixture
def rare_pages(live_site: Site) -> dict[str, str]:
    """Pages of states that need a provider, a stage in the middle of signing in, or a failure."""
    request = RequestFactory().get("/accounts/login/", headers={"host": "127.0.0.1"})
    request.session = Client().session
    request.user = AnonymousUser()
    provider = SimpleNamespace(name="Example", id="example")
    account = SimpleNamespace(get_provider=provider)
    code = {"verify_form": CodeForm(), "can_resend": True, "can_change": True}
    code |= {"change_form": AddressForm(), "email": "mira@example.org"}
    contexts = {
        "429.html": {},
        "403.html": {},
        "403_csrf.html": {},
        "400.html": {},
        "500.html": {},
        "503.html": {},
        "account/signup_closed.html": {},
        "account/signup_by_passkey.html": {"form": AddressForm()},
        "account/request_login_code.html": {"form": AddressForm()},
        "account/confirm_login_code.html": code,
        "account/confirm_email_verification_code.html": code,
        "account/confirm_password_reset_code.html": code,
        "account/verified_email_required.html": {},
        "account/password_set.html": {"form": CodeForm()},
        "account/email_change.html": {
            "form": AddressForm(),
            "new_emailaddress": SimpleNamespace(email="new@example.org"),
            "current_emailaddress": SimpleNamespace(email="mira@example.org"),
            "emailaddresses": [1],
        },
        "mfa/trust.html": {
            "form": NoForm(),
            "trust_from": timezone.now(),
            "trust_until": timezone.now() + timedelta(days=14),
        },
        "mfa/authenticate.html": {"form": CodeForm(), "webauthn_form": NoForm(), "js_data": {}},
        "mfa/webauthn/reauthenticate.html": {"form": NoForm(), "js_data": {}},
        "mfa/webauthn/signup_form.html": {"form": CodeForm(), "js_data": {}},
        "socialaccount/login.html": {"provider": provider, "process": "login"},
        "socialaccount/signup.html": {"form": AddressForm(), "account": account},
        "socialaccount/login_redirect.html": {"provider": "Example", "redirect_to": "/"},
    }
    return {
        name: render_to_string(name, context, request=request) for name, context in contexts.items()
    }


@pytest.mark.urls("tests.pages.test_accessibility")
def test_pages_of_rare_states(rare_pages, still_page):
    # A page that only redirects would leave before it is looked at.
    redirecting = rare_pages.pop("socialaccount/login_redirect.html")
    rare_pages["redirecting"] = redirecting.replace('http-equiv="refresh"', 'name="was-refresh"')
    for html in rare_pages.values():
        show(still_page, html)
        check_looks(still_page)
