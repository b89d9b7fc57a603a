"""What a moderator took away is nowhere: in no window, overlay, snapshot, resume, log or list."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from creators.actions.moderating import name_moderator
from creators.models import Stream
from gifts.actions.overlays import make_overlay
from gifts.models import ChatLine, Gift
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.gifts.sockets import Page as Socket
from tests.gifts.sockets import join
from tests.live import Site
from tests.pages.rooms import enter
from users.models import User
from wallets.check import ledger_check

STILL = {"reduced_motion": "reduce"}
LINE, MESSAGE = "Nobody may read this line", "Nor this message"
PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


def until(holds: Callable[[], bool]) -> float:
    """Wait for something; the seconds that it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < PATIENCE_SECONDS
    return time.monotonic() - began


def contents(pages: list[Page]) -> str:
    return "".join(page.content() for page in pages)


def listen(live_site: Site, room: Stream, resume: dict[str, Any] | None = None) -> Socket:
    """Join by a plain socket; what it heard first. In a thread: the browser's loop runs in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, join(live_site, room, resume=resume)).result()


def test_a_hidden_text_is_nowhere_within_two_seconds(new_page, live_site, record_property):
    room, rude = make_room(), make_viewer(coins=10_000, display_name="Rudi")
    owner, moderator = room.place.creator.user, make_viewer(display_name="Mona")
    name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    people: list[User | None] = [owner, moderator, rude, make_viewer(), None]
    windows = [enter(new_page(**STILL), room, user=person) for person in people]
    overlay = new_page(**STILL)
    overlay.goto(f"/overlay/#{make_overlay(creator_id=owner.pk)}")
    expect(overlay.locator("#overlay")).to_have_attribute("data-state", "live", timeout=20_000)
    start = {"epoch": listen(live_site, room).epoch, "seq": 0}

    windows[2].locator("#chat-text").fill(LINE)
    windows[2].locator("#chat-text").press("Enter")
    whale = Gift.objects.filter(streakable=False, display="big").order_by("coins")[0]
    send(rude, room, whale, message=MESSAGE, confirmed=True)
    # First the overlay, which shows a gift for some seconds; the others keep it.
    until(lambda: MESSAGE in overlay.content())
    until(lambda: all(LINE in p.content() and MESSAGE in p.content() for p in windows))

    own = windows[0]
    own.locator(".chat__line", has_text=LINE).locator("[data-hide]").click()
    own.locator(".chat__message [data-hide]").click()
    seconds = until(lambda: not any(t in contents([*windows, overlay]) for t in (LINE, MESSAGE)))
    record_property("hidden_ms", round(1_000 * seconds))
    assert ChatLine.objects.get(place=room.pk).text == LINE  # kept, for staff

    heard = json.dumps([listen(live_site, room).heard, listen(live_site, room, start).heard])
    for path in (
        f"/@{owner.handle}/moderation/",
        f"/@{owner.handle}/console/",
        "/creator/gifts/",
        own.url,
    ):
        own.goto(path)
        heard += own.content()
    assert LINE not in heard
    assert MESSAGE not in heard
