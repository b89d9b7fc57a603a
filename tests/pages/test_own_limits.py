"""The page of own limits: what is used, lower at once, higher later, quiet hours, a break."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gifts.models import SentGift
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site, check_axe
from tests.pages.rooms import choose, enter, no_sideways_scroll, open_gifts, sign_in
from users.models import OwnLimit, OwnPause
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of

STILL = {"reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


@pytest.mark.parametrize(("device", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_limits_are_set_raised_kept_and_shown_with_what_is_used(new_page, device, scheme):
    room, viewer = make_room(), make_viewer(1_000)
    assert send(viewer, room, "candle").done
    page = new_page(device, color_scheme=scheme, **STILL)
    sign_in(page.context, viewer, page.request.get("/").url)
    page.goto("/account/preferences/")
    page.get_by_role("link", name="Your limits").click()
    day = page.locator("[data-limit=coins-day]")
    expect(day).to_contain_text("30 coins $0.30 so far, without a limit")
    day.get_by_label("Limit in coins").fill("100")
    day.get_by_role("button", name="Save").click()
    expect(day).to_contain_text("30 coins $0.30 of 100 coins $1.00")
    expect(day.locator("progress")).to_have_attribute("value", "30")
    day.get_by_label("Limit in coins").fill("200")
    day.get_by_role("button", name="Save").click()
    expect(day).to_contain_text("Asked for: 200 coins $2.00")
    expect(day.get_by_role("button", name="Yes, I want it")).to_have_count(0)
    check_axe(page)
    no_sideways_scroll(page)
    OwnLimit.objects.filter(user=viewer).update(raise_asked=timezone.now() - timedelta(hours=25))
    page.reload()
    day.get_by_role("button", name="Yes, I want it").click()
    expect(day).to_contain_text("of 200 coins $2.00")
    day.get_by_label("Limit in coins").fill("")
    day.get_by_role("button", name="Save").click()
    expect(day).to_contain_text("no limit")
    day.get_by_role("button", name="Keep it as it is").click()
    expect(page.get_by_text("Your limit stays as it is")).to_be_visible()
    money = page.locator("[data-limit=money-month]")
    money.get_by_label("Limit in USD").fill("12.50")
    money.get_by_role("button", name="Save").click()
    expect(money).to_contain_text("$12.50")
    assert OwnLimit.objects.get(user=viewer, asset="money").most == 1_250


def test_half_and_the_whole_of_a_limit_are_told_with_the_gift(new_page):
    room, viewer = make_room(), make_viewer(1_000)
    OwnLimit.objects.create(user=viewer, asset="coins", period="day", most=10)
    page = enter(new_page(**STILL), room, user=viewer)
    panel = open_gifts(page)
    choose(page, "acorn")  # 5 coins
    panel.locator("#gift-send").click()
    expect(page.locator("#toasts")).to_contain_text(
        "Half of your own limit is spent: 5 coins ($0.05) of 10 coins ($0.10) today."
    )
    panel.locator("#gift-send").click()
    expect(page.locator("#toasts")).to_contain_text(
        "Your own limit is reached: 10 coins ($0.10) today."
    )
    panel.locator("#gift-send").click()
    expect(page.locator("#gift-notice")).to_contain_text("above the limit")
    assert coins_of(viewer.pk) == 990


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_break_begins_and_the_room_says_until_when(new_page, device, page_errors):
    room, viewer = make_room(), make_viewer(1_000)
    page = enter(new_page(device, **STILL), room, user=viewer)
    other = new_page(device, **STILL)
    sign_in(other.context, viewer, other.request.get("/").url)
    other.goto("/account/limits/")
    other.get_by_label("How long").select_option("7")
    other.get_by_role("button", name="Begin the break").click()
    assert not OwnPause.objects.filter(user=viewer).exists()  # the tick is missing
    other.get_by_label("I know that nobody can end it early").check()
    other.get_by_role("button", name="Begin the break").click()
    expect(other.get_by_text("You are on a break.")).to_be_visible()
    check_axe(other)
    open_gifts(page)
    choose(page, "acorn")
    page.locator("#gift-send").click()
    expect(page.locator("#gift-notice")).to_contain_text("You are on a break")
    other.goto("/wallet/recharge/")
    expect(other.get_by_role("main")).to_contain_text("You are on a break")
    assert coins_of(viewer.pk) == 1_000
    assert not SentGift.objects.filter(sender_id=viewer.pk).exists()


def test_quiet_hours_are_set_and_fewer_of_them_wait(new_page):
    viewer = make_viewer()
    page = new_page(**STILL)
    sign_in(page.context, viewer, page.request.get("/").url)
    page.goto("/account/limits/")
    page.get_by_label("From").fill("22:00")
    page.get_by_label("To", exact=True).fill("06:00")
    page.get_by_role("button", name="Save the quiet hours").click()
    expect(page.get_by_text("Your quiet hours hold from now on")).to_be_visible()
    page.get_by_role("button", name="No quiet hours any more").click()
    expect(page.get_by_text("You asked for more room. From")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Keep it as it is").click()
    expect(page.get_by_text("You asked for more room")).to_have_count(0)
    assert OwnPause.objects.get(user=viewer).wish_asked is None
