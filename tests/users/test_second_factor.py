"""TOTP and recovery codes, walked through the pages."""

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user
from django.urls import reverse

from tests.conftest import empty_valkey
from tests.make import make_staff, make_user
from users.models import User

PASSWORD = "a long enough secret"  # noqa: S105 - of people who live for one test


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    empty_valkey()


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client, user: User, **data):
    return client.post(
        "/accounts/login/", {"login": user.email, "password": PASSWORD, **data}, follow=True
    )


def switch_on(client, user: User) -> str:
    """Set up the authenticator app as the page says; returns its secret."""
    sign_in(client, user)
    url = reverse("mfa_activate_totp")
    assert client.get(url).headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(url).context["form"].secret
    client.post(url, {"code": code(secret)})
    assert user.authenticator_set.filter(type="totp").count() == 1
    client.post("/accounts/logout/")
    # The limit against trying codes is not what is tested.
    empty_valkey()
    return secret


def test_with_a_second_factor_the_password_alone_is_not_enough(db, client):
    user = make_user(password=PASSWORD, confirmed=True)
    secret = switch_on(client, user)
    page = sign_in(client, user, next="/terms/")
    assert page.redirect_chain[-1][0].startswith(reverse("mfa_authenticate"))
    assert get_user(client).is_anonymous

    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    assert get_user(client).is_anonymous

    right = client.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    assert get_user(client) == user
    assert right.headers["Location"] == "/terms/"


def test_a_code_works_once(db, client):
    user = make_user(password=PASSWORD, confirmed=True)
    secret = switch_on(client, user)
    sign_in(client, user)
    used = code(secret, steps=1)
    client.post(reverse("mfa_authenticate"), {"code": used})
    client.post("/accounts/logout/")
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": used})
    assert get_user(client).is_anonymous


def test_a_recovery_code_works_once(db, client):
    user = make_user(password=PASSWORD, confirmed=True)
    switch_on(client, user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert get_user(client) == user
    client.post("/accounts/logout/")
    empty_valkey()
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert get_user(client).is_anonymous


def test_staff_sign_in_as_everybody_does(db, client):
    staff = make_staff("support", password=PASSWORD, confirmed=True)
    assert client.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    switch_on(client, staff)
    sign_in(client, staff, next="/admin/")
    assert client.get("/admin/").status_code == 302


def test_a_session_with_second_factor_may_do_what_staff_may(db, client, settings):
    settings.STAFF_SECOND_FACTOR = True
    user, staff = make_user(), make_staff("support", password=PASSWORD, confirmed=True)
    secret = switch_on(client, staff)
    sign_in(client, staff)
    client.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    url = reverse("admin:users_user_staff_action", args=["change_date_of_birth"])
    url = f"{url}?ids={user.pk}"
    data = {"reason": "seen", "key": "k", "date_of_birth": "1991-01-02"}
    client.post(url, data)
    user.refresh_from_db()
    assert user.date_of_birth.isoformat() == "1991-01-02"


def test_sessions_are_listed_and_can_be_ended(db, client):
    user = make_user(password=PASSWORD, confirmed=True)
    sign_in(client, user)
    elsewhere = type(client)()
    sign_in(elsewhere, user)
    listed = client.get(reverse("usersessions_list"))
    assert len(listed.context["sessions"]) == 2
    client.post(reverse("usersessions_list"))
    assert get_user(elsewhere).is_anonymous
    assert get_user(client) == user
