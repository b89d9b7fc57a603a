"""Windows into rooms, for browser tests."""

from urllib.parse import urljoin

from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from creators.models import Stream
from users.models import User

JOINED = "#room[data-link=joined]"


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give a browser the session of this person."""
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    # For the whole site: a cookie of an address counts for what lies below it.
    context.add_cookies([{"name": "sessionid", "value": session, "url": urljoin(url, "/")}])


def room_path(room: Stream, gift: str = "") -> str:
    return f"/live/{room.place.public_id}/" + (f"?gift={gift}" if gift else "")


def enter(page: Page, room: Stream, *, user: User | None = None, gift: str = "") -> Page:
    """Open a room and wait until its socket has joined."""
    if user:
        sign_in(page.context, user, page.request.get(room_path(room, gift)).url)
    page.goto(room_path(room, gift))
    expect(page.locator(JOINED)).to_be_attached()
    return page


def open_gifts(page: Page) -> Locator:
    """The gift panel, opened where it is a sheet."""
    panel = page.locator("#gift-panel")
    if page.locator("#gift-open").is_visible():
        page.locator("#gift-open").click()
        expect(panel).to_have_attribute("data-open", "")
    return panel


def choose(page: Page, gift: str) -> None:
    """Open the shelf of a gift and choose it."""
    choice = page.locator(f"[data-gift={gift}]")
    if not choice.is_visible():
        shelf = page.locator(".gift-panel__shelf", has=choice)
        page.locator(f"#{shelf.get_attribute('aria-labelledby')}").click()
    choice.click()
    expect(choice).to_have_attribute("aria-checked", "true")


def no_sideways_scroll(page: Page) -> None:
    wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= width
