"""Blocking in one window and what others see of it."""

import pytest
from playwright.sync_api import expect

from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer
from tests.live import Site
from tests.pages.rooms import choose, enter, no_sideways_scroll, open_gifts, sign_in
from tests.pages.test_moderation import SOON, STILL, open_card, owner_of, say, settled
from users.actions import block
from users.actions.people import change_handle
from users.models import Block
from wallets.selectors.balances import coins_of


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


def test_a_viewer_blocks_from_the_card_and_reads_the_person_no_more(new_page):
    room = make_room()
    rude, reader, other = (make_viewer(display_name=name) for name in ("Rudi", "Mira", "Otis"))
    rudi = enter(new_page("phone", **STILL), room, user=rude)
    mira = enter(new_page(**STILL), room, user=reader)
    otis = enter(new_page(**STILL), room, user=other)
    settled(say(rudi, "An insult"))
    line = mira.locator(".chat__line", has_text="An insult")
    expect(line).to_be_visible(timeout=SOON)
    card = open_card(mira, "Rudi")
    card.get_by_role("button", name="Block").click()
    expect(card.get_by_role("button", name="Unblock")).to_be_visible()
    expect(card).to_contain_text("You blocked @" + rude.handle)
    expect(line).to_be_hidden(timeout=SOON)
    mira.keyboard.press("Escape")
    settled(say(rudi, "Another one"))
    expect(otis.locator(".chat__line")).to_have_count(2, timeout=SOON)
    expect(mira.locator(".chat__line:visible")).to_have_count(0)
    # Another handle changes nothing.
    change_handle(rude, handle=f"{rude.handle}_b")
    settled(say(enter(rudi, room), "Under another name"))
    expect(mira.locator(".chat__line")).to_have_count(3, timeout=SOON)
    expect(mira.locator(".chat__line:visible")).to_have_count(0)
    mira.reload()
    expect(mira.locator("#room[data-link=joined]")).to_be_attached()
    expect(mira.locator(".chat__line")).to_have_count(3)
    expect(mira.locator(".chat__line:visible")).to_have_count(0)

    # In the settings it is taken back, and an open page shows the lines again.
    settings = mira.context.new_page()
    settings.goto("/account/blocked/")
    settings.get_by_role("button", name="Unblock").click()
    expect(settings.get_by_text("You have blocked nobody")).to_be_visible()
    expect(mira.locator(".chat__line:visible")).to_have_count(3, timeout=SOON)


def test_a_creator_blocks_on_the_profile_and_the_person_is_out(new_page, page_errors):
    room, rude = make_room(), make_viewer(100, display_name="Rudi")
    rudi = enter(new_page("phone", **STILL), room, user=rude)
    own = new_page(**STILL)
    sign_in(own.context, owner_of(room), own.request.get("/account/").url)
    own.goto(f"/@{rude.handle}/")
    own.get_by_role("button", name="Block").click()
    expect(own.get_by_role("button", name="Unblock")).to_be_visible()
    expect(rudi.locator("#room")).to_have_attribute("data-link", "banned", timeout=SOON)
    page_errors.allow("403")
    open_gifts(rudi)
    choose(rudi, "acorn")
    rudi.locator("#gift-send").click()
    expect(rudi.locator("#gift-notice")).to_contain_text("has blocked the other", timeout=10_000)
    assert coins_of(rude.pk) == 100
    own.get_by_role("button", name="Unblock").click()
    expect(own.get_by_role("button", name="Block", exact=True)).to_be_visible()
    assert not Block.objects.filter(blocked=rude).exists()
    settled(say(enter(rudi, room), "Thank you"))


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_the_pages_of_blocking_are_accessible(live_site, new_page, axe, window):
    reader, rude = make_viewer(), make_viewer(display_name="Rudi")
    page = new_page(window, **STILL)
    sign_in(page.context, reader, page.request.get("/account/").url)
    for name in ("empty", "one"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto("/account/blocked/")
            axe(page)
            no_sideways_scroll(page)
            page.screenshot(path=f"test-results/blocked-{name}-{window}-{scheme}.png")
        block(blocker=reader, blocked=rude)
    page.goto(f"/@{rude.handle}/")
    axe(page)
    page.screenshot(path=f"test-results/profile-{window}.png")
