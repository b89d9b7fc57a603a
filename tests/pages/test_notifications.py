"""The bell: one goes live in one window, another is told in theirs, in a room and anywhere else."""

import os
from urllib.parse import urljoin

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from creators.actions import announcing
from creators.actions.following import follow
from creators.models import Stream
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer
from tests.live import WINDOWS, Site, check_axe
from tests.make import make_user
from tests.pages.rooms import enter, no_sideways_scroll, sign_in
from users.models import User
from users.stop_links import stop_path

SOON = 2_000  # what one does, another sees within two seconds


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


def open_as(page: Page, user: User, path: str) -> Page:
    sign_in(page.context, user, page.request.get(path).url)
    page.goto(path)
    return page


def count_of(page: Page):
    return page.locator("#bell [data-bell-count]")


def goes_live(*fans: User) -> Stream:
    """A creator whom these follow goes live; the worker's task runs as the worker runs it."""
    room = make_room()
    for one in fans:
        follow(follower=one, creator=room.place.creator.user)
    announcing.tell_followers(room.pk)
    return room


def test_follower_is_told_on_any_page_and_goes_there(page: Page, live_site: Site) -> None:
    fan = make_viewer()
    open_as(page, fan, "/account/notifications/")
    expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    expect(count_of(page)).to_be_hidden()
    heard: list[object] = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame))
    )
    page.reload()
    # The first page of a process hears once when it came, and once when the process listens.
    while len(heard) < 2:
        page.wait_for_timeout(50)
    room = goes_live(fan)
    expect(count_of(page)).to_have_text("1", timeout=SOON)
    expect(page.locator("#bell")).to_have_accessible_name("Notifications 1 new")
    page.locator("#toasts").get_by_role("link", name="is live").click()
    page.wait_for_url(urljoin(page.url, f"/live/{room.place.public_id}/"))


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_pages_are_for_everybody(browser, live_site: Site, window: str) -> None:
    fan = make_viewer()
    goes_live(fan)
    goes_live(fan)
    scheme = "light" if window == "desktop" else "dark"
    context = browser.new_context(base_url=live_site.url, color_scheme=scheme, **WINDOWS[window])
    page = context.new_page()
    stop = stop_path(person_id=fan.pk, kind="went_live")
    for path in ("/account/notifications/", "/account/notifications/choices/", stop):
        open_as(page, fan, path)
        no_sideways_scroll(page)
        check_axe(page)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{window}{path.strip('/').replace('/', '-')[:30]}.png")
    context.close()


def test_room_tells_by_its_own_socket(page: Page, live_site: Site) -> None:
    fan = make_viewer()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    enter(page, make_room(), user=fan)
    goes_live(fan)
    expect(count_of(page)).to_have_text("1", timeout=SOON)
    assert len(sockets) == 1
    # What was read in another window is read here as well.
    other = Client()
    other.force_login(fan)
    newest = fan.notifications.get()
    other.post("/account/notifications/read/", {"up_to": newest.pk})
    expect(count_of(page)).to_be_hidden(timeout=SOON)


def test_who_signed_out_hears_no_more(page: Page, live_site: Site) -> None:
    fan = make_user()
    with page.expect_event("websocket"):
        open_as(page, fan, "/rates/")
    with page.context.expect_page() as opened:
        page.evaluate("open('/rates/')")
    other = opened.value
    other.locator("[data-menu] summary").first.click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in").first).to_be_visible()
    goes_live(fan)
    page.wait_for_timeout(SOON)
    expect(count_of(page)).to_be_hidden()
