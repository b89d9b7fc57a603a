"""Signing up through the real pages: who gets in, what is asked, and where people come back to."""

import datetime
import re

import pytest
from django.contrib.auth import get_user
from django.utils import timezone

from tests.conftest import empty_valkey
from tests.make import make_user
from users import age, selectors, too_young
from users.actions import people
from users.errors import BirthdayRefused, EmailTaken, TermsChanged, TooYoung
from users.models import User

SIGN_UP = "/accounts/signup/"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_limits(db):
    """Limits count across tests, whose clients all have one address."""
    yield
    empty_valkey()


def birthday(years: int, days: int = 0) -> datetime.date:
    """The birthday of somebody who is `years` old today (`days` later if positive)."""
    today = timezone.localdate()
    try:
        day = today.replace(year=today.year - years)
    except ValueError:
        day = today.replace(year=today.year - years, month=3, day=1)
    return day + datetime.timedelta(days=days)


def answers(**changes) -> dict:
    given = {
        "email": "mia.stone@example.org",
        "password1": "a long enough secret",
        "handle": "mia_stone",
        "date_of_birth": birthday(30).isoformat(),
        "country": "AT",
        "terms": "on",
        "terms_version": "2026-11-22",
    }
    return {**given, **changes}


def nobody_signed_up(client) -> bool:
    return not User.objects.exists() and get_user(client).is_anonymous


def test_a_new_person_is_saved_and_signed_in(client, mailoutbox):
    page = client.get(SIGN_UP)
    assert page.context["form"]["terms_version"].value() == "2026-11-22"
    client.post(SIGN_UP, answers())
    user = User.objects.get()
    assert get_user(client) == user
    assert (user.email, user.handle) == ("mia.stone@example.org", "mia_stone")
    assert (user.date_of_birth, user.country) == (birthday(30), "AT")
    assert user.terms_version == "2026-11-22"
    assert abs((timezone.now() - user.terms_accepted_at).total_seconds()) < 60
    assert user.check_password("a long enough secret")
    assert mailoutbox[0].to == ["mia.stone@example.org"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", ""),
        ("password1", "12345"),
        ("password1", ""),
        ("handle", "admin"),
        ("handle", "ab"),
        ("handle", ""),
        ("date_of_birth", ""),
        ("date_of_birth", "31.02.1990"),
        ("date_of_birth", "1850-01-01"),
        ("date_of_birth", "2999-01-01"),
        ("country", "XX"),
        ("country", "Austria"),
        ("terms", ""),
    ],
)
def test_wrong_answers_are_said_at_their_field(client, field, value):
    page = client.post(SIGN_UP, answers(**{field: value}))
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert nobody_signed_up(client)


def test_an_empty_handle_is_answered_with_a_free_one(client):
    make_user("miastone", email="other@example.org")
    page = client.post(SIGN_UP, answers(handle=""))
    suggested = page.context["form"]["handle"].value()
    assert suggested.startswith("mia_stone")
    assert selectors.handle_problem(suggested) is None
    client.post(SIGN_UP, answers(handle=suggested))
    assert User.objects.filter(handle=suggested).exists()


def test_a_handle_is_suggested_from_an_address_in_the_link(client):
    page = client.get(SIGN_UP, {"email": "mia.stone@example.org"})
    assert page.context["form"]["handle"].value() == "mia_stone"


def test_an_address_signs_up_once(client):
    make_user(email="Mia.Stone@example.org")
    client.post(SIGN_UP, answers())
    assert User.objects.count() == 1
    assert get_user(client).is_anonymous


def test_terms_that_changed_meanwhile_are_asked_again(client, settings):
    settings.TERMS_VERSION = "2027-01-01"
    page = client.post(SIGN_UP, answers())
    assert page.context["form"].errors["terms"]
    assert page.context["form"]["terms_version"].value() == "2027-01-01"
    assert nobody_signed_up(client)


def test_the_action_itself_keeps_the_rules(db, settings):
    good = {
        "handle": "mia_stone",
        "date_of_birth": birthday(30),
        "country": "",
        "terms_version": settings.TERMS_VERSION,
    }
    make_user("somebody", email="TAKEN@example.org")
    for wrong, refusal in (
        ({"date_of_birth": birthday(17)}, TooYoung),
        ({"date_of_birth": birthday(-1)}, BirthdayRefused),
        ({"terms_version": "old"}, TermsChanged),
    ):
        with pytest.raises(refusal):
            people.sign_up(User(email="mia@example.org"), **{**good, **wrong})
    with pytest.raises(EmailTaken):
        people.sign_up(User(email="taken@example.org"), **good)
    assert User.objects.count() == 1


# --- Age ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2008-11-22", "2026-11-22", 18),
        ("2008-11-23", "2026-11-22", 17),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-11-22", "2026-11-22", 0),
    ],
)
def test_age_counts_birthdays(born, today, years):
    date = datetime.date.fromisoformat
    assert age.years(date(born), today=date(today)) == years


def test_the_day_of_the_eighteenth_birthday_counts(client):
    client.post(SIGN_UP, answers(date_of_birth=birthday(18).isoformat()))
    assert User.objects.count() == 1


def test_too_young_is_refused_and_cannot_be_tried_again(client):
    page = client.post(SIGN_UP, answers(date_of_birth=birthday(18, days=1).isoformat()))
    assert page.status_code == 403
    assert "users/too_young.html" in {template.name for template in page.templates}
    assert nobody_signed_up(client)
    assert client.get(SIGN_UP).status_code == 403
    assert client.post(SIGN_UP, answers()).status_code == 403
    assert nobody_signed_up(client)


def test_another_mistake_beside_it_does_not_let_the_date_be_tried_again(client):
    young = birthday(15).isoformat()
    page = client.post(SIGN_UP, answers(date_of_birth=young, email="wrong", terms=""))
    assert page.status_code == 403
    assert client.post(SIGN_UP, answers()).status_code == 403


def test_a_date_that_cannot_be_is_a_mistake_and_not_remembered(client):
    page = client.post(SIGN_UP, answers(date_of_birth=birthday(-1).isoformat()))
    assert page.context["form"].errors["date_of_birth"]
    client.post(SIGN_UP, answers())
    assert User.objects.count() == 1


def test_the_cookie_is_closed_to_scripts_and_to_changes(client):
    client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
    cookie = client.cookies[too_young.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 24 * 3600
    client.cookies[too_young.COOKIE] = cookie.value.replace(".refused", "")
    # A changed cookie is no cookie: that is the same as clearing it, the known limit.
    assert client.get(SIGN_UP).status_code == 200


def test_an_older_copy_of_the_cookie_does_not_help(client):
    client.get(SIGN_UP)
    before = client.cookies[too_young.COOKIE].value
    client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
    client.cookies[too_young.COOKIE] = before
    assert client.get(SIGN_UP).status_code == 403


def test_a_lost_cache_does_not_help(client):
    client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
    empty_valkey()
    assert client.get(SIGN_UP).status_code == 403


def test_after_a_day_it_can_be_tried_again(client, monkeypatch):
    client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
    empty_valkey()
    monkeypatch.setattr(too_young, "DAY_SECONDS", -1)
    assert client.get(SIGN_UP).status_code == 200


def test_guessing_with_cleared_cookies_is_slow(client):
    for _ in range(too_young.PER_ADDRESS):
        page = client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
        assert page.status_code == 403
        client.cookies.clear()
    page = client.post(SIGN_UP, answers())
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 3600
    assert nobody_signed_up(client)


def test_who_is_refused_can_still_sign_in(client):
    make_user(email="parent@example.org", password="a long enough secret")
    client.post(SIGN_UP, answers(date_of_birth=birthday(15).isoformat()))
    data = {"login": "parent@example.org", "password": "a long enough secret"}
    client.post("/accounts/login/", data)
    assert get_user(client).email == "parent@example.org"


# --- Money age ------------------------------------------------------------------------------------


class NeedsDocument:
    def status(self, user):
        return age.AgeStatus("needed", "https://check.example/start")


def test_money_needs_its_own_age(db, settings):
    settings.AGE_ACCOUNT = 16
    young, old = make_user(date_of_birth=birthday(17)), make_user(date_of_birth=birthday(18))
    assert selectors.money_age(young).state == "refused"
    with pytest.raises(TooYoung) as refused:
        people.require_money_age(young)
    assert refused.value.details == {"age": 18, "url": ""}
    people.require_money_age(old)


def test_a_real_age_check_can_be_plugged_in(db, settings):
    settings.AGE_CHECK = f"{__name__}.NeedsDocument"
    with pytest.raises(TooYoung) as refused:
        people.require_money_age(make_user())
    assert refused.value.details["url"] == "https://check.example/start"


def test_a_missing_date_is_asked_for_once(client):
    user = make_user(date_of_birth=None)
    assert selectors.money_age(user) == age.AgeStatus("needed", "/account/birthday/")
    client.force_login(user)
    url = "/account/birthday/?next=/rates/"
    page = client.post(url, {"date_of_birth": birthday(15).isoformat()})
    assert page.context["form"].errors["date_of_birth"]
    assert User.objects.get().date_of_birth is None
    sent = client.post(url, {"date_of_birth": birthday(40).isoformat(), "next": "/rates/"})
    assert sent.headers["Location"] == "/rates/"
    assert User.objects.get().date_of_birth == birthday(40)
    with pytest.raises(BirthdayRefused):
        people.give_date_of_birth(user, date_of_birth=birthday(50))
    client.post(url, {"date_of_birth": birthday(50).isoformat()})
    assert User.objects.get().date_of_birth == birthday(40)


# --- Coming back ----------------------------------------------------------------------------------

ROOM = "/@somebody/live/?gift=tulip"


def test_signing_up_leads_back(client, mailoutbox):
    assert client.post(SIGN_UP, answers(next=ROOM)).headers["Location"] == ROOM
    # So does the link in the mail, also in a browser that knows nothing of it.
    link = re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1]
    elsewhere = type(client)()
    page = elsewhere.get(link)
    sent = elsewhere.post(link.partition("?")[0], {"next": page.context["redirect_field_value"]})
    assert sent.headers["Location"] == ROOM
    assert User.objects.get().emailaddress_set.get().verified


def test_signing_in_leads_back(client):
    make_user(email="mia@example.org", password="a long enough secret")
    data = {"login": "mia@example.org", "password": "a long enough secret", "next": ROOM}
    assert client.post("/accounts/login/", data).headers["Location"] == ROOM


def test_pages_of_the_account_lead_through_sign_in_and_back(client):
    there = client.get("/account/preferences/").headers["Location"]
    assert there == "/accounts/login/?next=/account/preferences/"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "https:///evil.example",
    " //evil.example",
    "http://other.example/",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nobody_is_sent_to_another_site(client, settings, url, mailoutbox):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["http://other.example"]
    assert client.post(SIGN_UP, answers(next=url)).headers["Location"] == "/"
    assert "evil" not in mailoutbox[0].body
    assert "other.example" not in mailoutbox[0].body
    client.post("/accounts/logout/")
    data = {"login": "mia.stone@example.org", "password": "a long enough secret", "next": url}
    assert client.post("/accounts/login/", data).headers["Location"] == "/"


def test_without_valkey_nobody_signs_in_and_the_page_says_so(client, settings):
    make_user(email="mia@example.org", password="a long enough secret")
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    client.raise_request_exception = False
    data = {"login": "mia@example.org", "password": "a long enough secret"}
    page = client.post("/accounts/login/", data)
    assert page.status_code == 503
    assert get_user(client).is_anonymous
