"""Preferences, the public page, blocks, and the first sign-in through somebody else."""

import pytest
from allauth.socialaccount import providers
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.dummy.provider import DummyProvider
from django.contrib.auth import get_user
from django.db import IntegrityError, transaction

from tests.conftest import empty_valkey
from tests.make import make_user
from tests.users.test_sign_up import answers, birthday
from users import selectors
from users.actions import block, unblock
from users.errors import Yourself
from users.models import Block, User

PREFERENCES = "/account/preferences/"


@pytest.fixture(autouse=True)
def fresh_limits():
    yield
    empty_valkey()


def kept(user: User) -> dict:
    names = (
        "calm_mode", "sound", "hide_amounts", "hide_on_boards", "confirm_above_coins",
        "undo_seconds",
    )  # fmt: skip
    return User.objects.filter(pk=user.pk).values(*names).get()


def test_preferences_are_saved_with_a_message(db, client):
    user = make_user()
    client.force_login(user)
    sent = {"calm_mode": "on", "hide_amounts": "on", "hide_on_boards": "on"}
    sent |= {"confirm_above_coins": "900"}
    page = client.post(PREFERENCES, {**sent, "undo_seconds": "60", "theme": "dark"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["Your preferences are saved."]
    assert kept(user) == {
        "calm_mode": True,
        "sound": False,
        "hide_amounts": True,
        "hide_on_boards": True,
        "confirm_above_coins": 900,
        "undo_seconds": 60,
    }
    assert client.cookies["theme"].value == "dark"
    assert page.context["form"]["undo_seconds"].value() == 60

    client.post(PREFERENCES, {})
    assert kept(user) == {
        "calm_mode": False,
        "sound": False,
        "hide_amounts": False,
        "hide_on_boards": False,
        "confirm_above_coins": None,
        "undo_seconds": None,
    }
    assert client.cookies["theme"].value == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confirm_above_coins", "0"),
        ("confirm_above_coins", "-5"),
        ("confirm_above_coins", "1.5"),
        ("confirm_above_coins", "1e3"),
        ("confirm_above_coins", "99999999999999999999"),
        ("confirm_above_coins", "many"),
        ("undo_seconds", "5"),
        ("undo_seconds", "61"),
        ("undo_seconds", "-1"),
        ("undo_seconds", "3600"),
        ("theme", "pink"),
    ],
)
def test_preferences_that_cannot_be_are_refused(db, client, field, value):
    user = make_user()
    client.force_login(user)
    before = kept(user)
    page = client.post(PREFERENCES, {"calm_mode": "on", field: value})
    assert page.context["form"].errors[field]
    assert kept(user) == before


def test_the_longest_undo_is_a_setting(db, client, settings):
    settings.UNDO_SECONDS_LONGEST = 25
    client.force_login(make_user())
    form = client.get(PREFERENCES).context["form"]
    assert [value for value, _ in form.fields["undo_seconds"].choices] == ["", "20", "25"]


def test_the_public_page_says_nothing_that_is_private(db, client):
    make_user(
        "mia_stone", display_name="<b>Mia</b>", bio="<script>x</script>", email="secret@example.org"
    )
    html = client.get("/@mia_stone/").content.decode()
    assert "&lt;b&gt;Mia" in html
    assert "<script>x" not in html
    assert "secret@example.org" not in html
    assert "1990" not in html


def test_nobody_is_found_under_a_closed_or_unknown_handle(db, client):
    make_user("gone_away", is_active=False)
    assert client.get("/@gone_away/").status_code == 404
    assert client.get("/@never_was/").status_code == 404


@pytest.mark.parametrize("path", ["/account/", PREFERENCES, "/account/birthday/"])
def test_own_pages_ask_for_sign_in(db, client, path):
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    assert client.post(path, {}).headers["Location"] == f"/accounts/login/?next={path}"


# --- Blocks ---------------------------------------------------------------------------------------


def test_a_block_holds_both_ways_until_it_is_lifted(db):
    mia, tom, eva = make_user(), make_user(), make_user()
    assert block(blocker=mia, blocked=tom) == block(blocker=mia, blocked=tom)
    assert selectors.is_blocked(mia, tom)
    assert selectors.is_blocked(tom, mia)
    assert not selectors.is_blocked(mia, eva)
    block(blocker=eva, blocked=mia)
    assert selectors.blocked_ids(mia) == {tom.pk, eva.pk}
    assert selectors.blocked_ids(tom) == {mia.pk}
    unblock(blocker=tom, blocked=mia)
    assert selectors.is_blocked(mia, tom)
    unblock(blocker=mia, blocked=tom)
    assert not selectors.is_blocked(mia, tom)


def test_nobody_blocks_themselves(db):
    mia = make_user()
    with pytest.raises(Yourself):
        block(blocker=mia, blocked=mia)
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(blocker=mia, blocked=mia)
    assert not Block.objects.exists()


# --- The first sign-in through somebody else ------------------------------------------------------


@pytest.fixture
def coming_from_elsewhere(db, client, settings):
    """A browser that another site has just vouched for, as allauth keeps it."""
    providers.registry.register(DummyProvider)
    login = SocialLogin(
        user=User(email="mia.stone@example.org"),
        account=SocialAccount(provider="dummy", uid="77"),
        provider=DummyProvider(request=None),
    )
    session = client.session
    session["socialaccount_sociallogin"] = login.serialize()
    session.save()
    yield client
    del providers.registry.provider_map["dummy"]


def test_it_asks_for_the_same_as_any_sign_up(coming_from_elsewhere):
    client = coming_from_elsewhere
    page = client.get("/accounts/3rdparty/signup/")
    form = page.context["form"]
    assert {"handle", "date_of_birth", "terms", "country"} <= set(form.fields)
    assert form["handle"].value() == "mia_stone"
    assert client.post("/accounts/3rdparty/signup/", answers(terms="")).context["form"].errors
    assert not User.objects.exists()
    client.post("/accounts/3rdparty/signup/", answers())
    user = User.objects.get()
    assert get_user(client) == user
    assert (user.handle, user.date_of_birth) == ("mia_stone", birthday(30))
    assert user.terms_version
    assert not user.has_usable_password()


def test_it_refuses_and_remembers_who_is_too_young(coming_from_elsewhere):
    client = coming_from_elsewhere
    young = answers(date_of_birth=birthday(15).isoformat())
    assert client.post("/accounts/3rdparty/signup/", young).status_code == 403
    assert client.post("/accounts/3rdparty/signup/", answers()).status_code == 403
    assert client.get("/accounts/signup/").status_code == 403
    assert not User.objects.exists()
