"""The creator's pages in Chromium: accessible, without errors, and a timeline that moves."""

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Page, expect

from creators.actions.batches import approve_batch, prepare_batch, send_batch
from creators.actions.settling import settle_item
from creators.rails import Report
from tests.creators.make import (
    ask_for,
    give,
    make_creator,
    make_paid_creator,
)
from tests.make import make_superuser, make_user


def sign_in(page: Page, site, user) -> None:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site.url}]
    )


@pytest.mark.slow
@pytest.mark.parametrize(("window", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_the_pages_are_accessible(live_site, new_page, axe, window, scheme):
    creator = make_paid_creator(60_000)
    stream = creator.places.get().stream
    for coins, gift in ((1_200, "Lantern"), (300, "Comet")):
        give(make_user(hide_amounts=coins == 300), stream, coins, gift=gift)
    withdrawal = ask_for(creator, 2_000)
    page = new_page(window, color_scheme=scheme)
    sign_in(page, live_site, creator.user)
    for path in (
        reverse("dashboard"),
        reverse("dashboard") + "?range=1",
        reverse("creator_streams"),
        reverse("start_stream"),
        reverse("stream_summary", args=[stream.place.public_id]),
        reverse("withdraw"),
        reverse("withdrawals"),
        reverse("withdrawal", args=[withdrawal.public_id]),
        reverse("payout_method"),
    ):
        page.goto(path)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{path} is wider than the window"


@pytest.mark.slow
def test_the_empty_pages_are_accessible(live_site, new_page, axe):
    page = new_page("phone")
    sign_in(page, live_site, make_user())
    page.goto(reverse("become_creator"))
    axe(page)
    creator = make_creator()
    other = new_page("phone")
    sign_in(other, live_site, creator.user)
    for name in ("dashboard", "creator_streams", "withdraw", "withdrawals", "payout_method"):
        other.goto(reverse(name))
        axe(other)


def test_every_tab_is_in_sight_on_a_phone(live_site, new_page):
    page = new_page("phone")
    sign_in(page, live_site, make_creator().user)
    page.goto(reverse("dashboard"))
    tabs = page.locator(".tabs__tab")
    assert tabs.count() == 7
    for tab in tabs.all():
        box = tab.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390, tab.inner_text()


def test_the_timeline_moves_on_the_open_page(live_site, page):
    creator = make_paid_creator(10_000)
    sign_in(page, live_site, creator.user)
    page.goto(reverse("withdraw") + "?diamonds=2000")
    page.get_by_role("button", name="Withdraw $14.00").click()
    timeline = page.locator("#timeline")
    expect(timeline).to_have_attribute("data-state", "approved")

    batch = prepare_batch(rail="manual")
    assert batch is not None
    expect(timeline).to_have_attribute("data-state", "in_batch", timeout=15_000)
    approve_batch(batch.pk)
    send_batch(batch.pk)
    item = batch.items.get()
    settle_item(item.pk, Report(item_id=item.pk, state="paid", reference="BANK-9"))
    expect(timeline).to_have_attribute("data-state", "paid", timeout=15_000)
    expect(page.get_by_text("BANK-9")).to_be_visible()
    assert timeline.get_attribute("hx-trigger") is None


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_what_staff_see_of_a_withdrawal_is_accessible(live_site, new_page, axe, window):
    """The forms of the admin, and tables of what belongs to a row. Reading them breaks no policy:
    `page_errors` would tell."""
    creator = make_paid_creator(60_000)
    withdrawal = ask_for(creator, 2_000)
    assert prepare_batch(rail="manual") is not None
    page = new_page(window, reduced_motion="reduce")
    sign_in(page, live_site, make_superuser())
    for path in (
        reverse("admin:creators_withdrawal_change", args=[withdrawal.pk]),
        reverse("admin:creators_withdrawal_staff_action", args=["refuse"])
        + f"?ids={withdrawal.pk}",
        reverse("admin:password_change"),
    ):
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
