"""The stream key and the waiting room in a real browser, on a site that has a media server."""

import pytest
from playwright.sync_api import expect

from creators.models import Broadcast, StreamKey
from tests.creators.make import make_creator, make_stream
from tests.pages.rooms import enter, no_sideways_scroll, sign_in

MEDIA_SERVER = {
    "LIVE_VIDEO": "nginx-rtmp",
    "LIVE_HOOK_SECRET": "known-to-the-media-server-of-this-test",
    "LIVE_PLAYBACK_URL": "/hls",
}
pytestmark = pytest.mark.site(environment=MEDIA_SERVER)


def test_a_key_is_made_shown_once_replaced_and_revoked(new_page, axe):
    creator = make_creator()
    page = new_page("phone")
    sign_in(page.context, creator.user, page.request.get("/").url)
    page.goto("/creator/")
    page.get_by_role("link", name="Stream key").click()
    axe(page)
    page.get_by_role("button", name="Make a stream key").click()
    shown = page.locator("#key").inner_text()
    first = StreamKey.objects.get()
    assert shown.startswith(f"{first.name}?key=")
    assert shown.endswith(first.hint)
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("link", name="Done").click()
    expect(page.locator("main")).to_contain_text(first.hint)
    expect(page.locator("main")).not_to_contain_text("?key=")
    axe(page)

    page.get_by_role("button", name="Make a new key").click()
    expect(page.locator("#key")).not_to_have_text(shown)
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("button", name="Make a stream key")).to_be_visible()
    assert StreamKey.objects.filter(revoked=None).count() == 0
    assert StreamKey.objects.count() == 2


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_a_room_that_waits_for_its_picture_says_so(new_page, axe, window):
    room = make_stream()
    page = enter(new_page(window), room)
    note = page.locator("#picture-note")
    expect(note).to_contain_text("The picture starts in a moment")
    expect(page.locator("#picture-sound")).to_be_hidden()
    # Nothing is fetched to play what is not there.
    assert not page.evaluate(
        "() => performance.getEntriesByType('resource').some((one) => one.name.includes('hls'))"
    )
    axe(page)
    no_sideways_scroll(page)


def test_what_nobody_was_told_is_found_in_the_database(new_page, page_errors):
    # There is no media server here that could answer.
    page_errors.allow(r"status of 404")
    room = make_stream()
    page = enter(new_page(), room)
    now = room.started
    broadcast = Broadcast.objects.create(
        stream=room, name="abc", state="live", connection="1", since=now, seen=now
    )
    stage = page.locator("#stage")
    expect(stage).to_have_attribute("data-video", "loading")
    Broadcast.objects.filter(pk=broadcast.pk).update(state="paused", version=2)
    expect(stage).to_have_attribute("data-video", "paused")
    expect(page.locator("#picture-note")).to_contain_text("will be back in a moment")
