"""Signing up, the pages about oneself, and passkeys, in a real browser."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from tests.make import make_staff, make_user
from users.models import User

PASSWORD = "a long enough secret"  # noqa: S105 - of people who live for one test


def sign_in(page: Page, user: User, *, site: str = "") -> None:
    page.goto(f"{site}/accounts/login/?next=/privacy/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(user.email)).to_be_attached()


def fill_in(page: Page, *, born: str) -> None:
    page.get_by_label("Email").fill("mia.stone@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Date of birth").fill(born)
    page.get_by_label("Country").select_option("AT")
    page.get_by_label("I accept the").check()


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_signing_up_suggests_a_handle_and_leads_back(new_page, axe, window):
    make_user("mia_stone", email="other@example.org")
    page = new_page(window)
    page.goto("/accounts/signup/?next=/terms/")
    axe(page)
    fill_in(page, born="1990-05-17")
    handle = page.get_by_label("Handle")
    expect(handle).not_to_have_value("")
    assert handle.input_value().startswith("mia_stone")
    handle.fill("M1A_stone")
    expect(page.get_by_text("is taken")).to_be_visible()
    handle.fill("mia_of_the_hills")
    expect(page.get_by_text("@mia_of_the_hills is free.")).to_be_visible()
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/terms/")
    axe(page)
    user = User.objects.get(handle="mia_of_the_hills")
    assert (user.date_of_birth, user.country) == (datetime.date(1990, 5, 17), "AT")


def test_too_young_sees_a_kind_page_and_cannot_try_again(page, axe, page_errors):
    page_errors.allow("status of 403")
    page.goto("/accounts/signup/")
    fill_in(page, born=f"{datetime.date.today().year - 10}-01-01")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", name="Not yet")).to_be_visible()
    axe(page)
    page.goto("/accounts/signup/")
    expect(page.get_by_role("heading", name="Not yet")).to_be_visible()
    assert not User.objects.exists()


def test_preferences_and_profile_by_keyboard_and_without_script(new_page, axe):
    user = make_user("mia_stone", password=PASSWORD)
    page = new_page(java_script_enabled=False)
    sign_in(page, user)
    page.goto("/account/preferences/")
    page.get_by_label("Calm mode").focus()
    page.keyboard.press("Space")
    page.get_by_label("Ask before gifts from this price on").focus()
    page.keyboard.type("1200")
    page.get_by_label("Time to take a gift back").select_option("30")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save the preferences").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()
    expect(page.get_by_text("$12.00")).to_be_visible()
    user.refresh_from_db()
    assert (user.calm_mode, user.confirm_above_coins, user.undo_seconds) == (True, 1200, 30)

    page.goto("/account/")
    page.get_by_label(re.compile("^Name")).fill("Mia Stone")
    page.get_by_label("About you").fill("I play the cello.\nOn Sundays.")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    page.goto("/@mia_stone/")
    expect(page.get_by_role("heading", name="Mia Stone")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(("window", "colours"), [("desktop", "light"), ("phone", "dark")])
def test_pages_about_people_have_no_accessibility_findings(new_page, axe, window, colours):
    user = make_user("mia_stone", password=PASSWORD, display_name="Mia", bio="One\nTwo")
    page = new_page(window, color_scheme=colours)
    sign_in(page, user)
    for path in ("/account/", "/account/preferences/", "/@mia_stone/", "/terms/", "/privacy/"):
        page.goto(path)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{path} is wider than the window"
    page.goto("/accounts/2fa/")
    axe(page)


def virtual_authenticator(page: Page) -> None:
    """A device that says yes by itself, as DevTools has it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in(page, live_site):
    """Added, used, and the person is back where they were."""
    user = make_user("mia_stone", password=PASSWORD, confirmed=True)
    # A passkey belongs to a name; an address has none.
    site = live_site.url.replace("127.0.0.1", "localhost")
    virtual_authenticator(page)
    sign_in(page, user, site=site)
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").last.click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    assert user.authenticator_set.filter(type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/terms/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/terms/")
    expect(page.get_by_text(user.email)).to_be_attached()


def test_a_staff_action_in_the_browser(page, axe, page_errors):
    user = make_user("mia_stone")
    staff = make_staff("support", password=PASSWORD)
    sign_in(page, staff)
    page.goto(f"/admin/users/user/{user.pk}/change/")
    page.get_by_role("link", name="Change the date of birth").click()
    page.get_by_label("Date of birth").fill("1991-01-02")
    page.get_by_role("button", name="Change the date of birth").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    assert page_errors.found == []
    # Where a style sheet imports another, as the admin's do, axe itself writes a style element.
    page_errors.allow("style-src")
    axe(page)
    page.get_by_label("Reason").fill("Passport seen.")
    page.get_by_role("button", name="Change the date of birth").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    user.refresh_from_db()
    assert user.date_of_birth == datetime.date(1991, 1, 2)
