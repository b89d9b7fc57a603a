"""The start page and the room, as people with and without sight get them."""

import re

import pytest
from playwright.sync_api import expect

from creators.actions.streams import end_stream
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site, check_axe
from tests.pages.rooms import choose, enter, no_sideways_scroll, open_gifts, room_path, sign_in

LOOKS = [("phone", "dark"), ("desktop", "light")]
SMALL = {"viewport": {"width": 320, "height": 568}, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


def test_the_start_page_without_a_live_room_says_so_and_names_the_price(new_page):
    page = new_page(reduced_motion="reduce")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("Nobody is live right now")
    expect(page.get_by_role("main")).to_contain_text("A coin costs $0.01")
    expect(page.get_by_role("main")).to_contain_text("$0.007")
    check_axe(page)


def test_the_start_page_lists_live_rooms_for_everybody(new_page):
    room, ended = make_room(), make_room()
    end_stream(place_id=ended.pk)
    page = new_page(reduced_motion="reduce")
    page.goto("/")
    card = page.locator(".live-card", has=page.locator(f"a[href='{room_path(room)}']"))
    expect(card).to_contain_text(room.title)
    expect(card).to_contain_text(room.place.creator.user.name)
    expect(page.locator(f".live-card a[href='{room_path(ended)}']")).to_have_count(0)
    expect(page.locator(f".ended-list a[href='{room_path(ended)}']")).to_have_count(1)
    card.get_by_role("link").click()
    expect(page.locator("#room[data-link=joined]")).to_be_attached()
    page.goto("/")
    expect(card.locator(".live-card__viewers")).to_have_text(re.compile(r"\d+"))


@pytest.mark.slow
@pytest.mark.parametrize(("window", "scheme"), LOOKS)
def test_axe_finds_nothing_on_the_start_page_and_in_the_room(new_page, window, scheme):
    room, viewer = make_room(), make_viewer(coins=2_000)
    assert send(viewer, room, "acorn").done
    page = new_page(window, color_scheme=scheme, reduced_motion="reduce")
    page.goto("/")
    check_axe(page)
    no_sideways_scroll(page)
    enter(page, room)
    check_axe(page)
    enter(page, room, user=viewer)
    check_axe(page)
    open_gifts(page)
    page.wait_for_timeout(400)
    check_axe(page)
    choose(page, "grand-orrery")
    page.locator("#gift-send").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(400)
    check_axe(page)
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#gift-notice")).to_contain_text("coins")
    check_axe(page)
    no_sideways_scroll(page)
    end_stream(place_id=room.pk)
    expect(page.locator("#room-ended")).to_be_visible()
    check_axe(page)


def test_nothing_scrolls_sideways_at_320_pixels(new_page, live_site):
    room, viewer = make_room(), make_viewer(coins=2_000)
    page = new_page("phone", **SMALL)
    page.goto("/")
    no_sideways_scroll(page)
    enter(page, room, user=viewer)
    no_sideways_scroll(page)
    open_gifts(page)
    choose(page, "sky-island")
    no_sideways_scroll(page)
    inside = """(panel) => [...panel.querySelectorAll("button, a, input, p")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width && (box.left < -1 || box.right > innerWidth + 1);
    }).map((e) => e.outerHTML.slice(0, 120))"""
    assert page.locator("#gift-panel").evaluate(inside) == []
    plain = new_page("phone", **SMALL, java_script_enabled=False)
    sign_in(plain.context, viewer, live_site.url)
    plain.goto(room_path(room))
    expect(plain.get_by_role("button", name="Send")).to_be_visible()
    end_stream(place_id=room.pk)
    page.reload()
    expect(page.locator("#room-ended")).to_be_visible()
    no_sideways_scroll(page)


@pytest.mark.parametrize("height", [800, 900])
def test_two_rows_of_gifts_and_the_chat_show_on_a_small_desktop(new_page, height):
    room, viewer = make_room(), make_viewer(coins=25_000)
    page = new_page(viewport={"width": 1280, "height": height}, reduced_motion="reduce")
    enter(page, room, user=viewer)
    page.screenshot(path=f"test-results/room-1280x{height}.png")
    rows = """(shelf) => {
      const { top, bottom } = shelf.getBoundingClientRect();
      const seen = [...shelf.querySelectorAll("[data-gift]")].map((e) => e.getBoundingClientRect());
      const whole = seen.filter((box) => box.height && box.top >= top && box.bottom <= bottom + 1);
      return new Set(whole.map((box) => Math.round(box.top))).size;
    }"""
    assert page.locator("#gift-shelves").evaluate(rows) >= 2
    expect(page.locator("#gift-send")).to_be_in_viewport(ratio=1)
    expect(page.locator("#chat-text")).to_be_in_viewport(ratio=1)
    assert page.locator("#chat-list").evaluate("(list) => list.clientHeight") >= 96
