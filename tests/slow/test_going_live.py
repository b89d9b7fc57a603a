"""A picture on its whole way: ffmpeg, nginx-rtmp, our hook, HLS, the player of the room page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from creators.actions.stream_keys import make_stream_key, revoke_stream_key
from creators.models import Stream
from gifts.models import SentGift
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site
from tests.pages.rooms import enter
from tests.slow.media import Encoder, MediaServer, require_media_programs
from wallets.check import ledger_check

SECRET = "known-to-the-media-server-of-this-test"
PATIENCE_MS = 60_000
RETURN_SECONDS = 45


@pytest.fixture
def media_server(tmp_path: Path) -> Iterator[MediaServer]:
    require_media_programs()
    server = MediaServer(tmp_path)
    yield server
    print(server.log())
    server.kill()


@pytest.fixture
def live_site(committed_db: str, media_server: MediaServer, tmp_path, settings) -> Iterator[Site]:
    # Long enough that what is sent before and after a break is one streak.
    settings.STREAK_IDLE_SECONDS = 300
    environment = {
        "LIVE_VIDEO": "nginx-rtmp",
        "LIVE_HOOK_SECRET": SECRET,
        "LIVE_HOOK_ADDRESSES": "127.0.0.1",
        "LIVE_PLAYBACK_URL": media_server.playback_url,
        "LIVE_RETURN_SECONDS": str(RETURN_SECONDS),
        "LIVE_SILENT_SECONDS": "10",
        "STREAK_IDLE_SECONDS": "300",
    }
    site = Site(tmp_path, environment)
    try:
        for name in ("web", "worker", "beat"):
            site.start(name)
        media_server.start(f"{site.url}/live-hooks/{SECRET}/nginx-rtmp/")
        yield site
        log = site.log("web") + site.log("worker")
        assert "Traceback" not in log, log
    finally:
        site.kill_all()


@pytest.fixture
def broadcast(media_server: MediaServer) -> Iterator[Callable[[str], Encoder]]:
    started = []

    def start(key: str) -> Encoder:
        started.append(Encoder(media_server.ingest_url, key))
        return started[-1]

    yield start
    for encoder in started:
        encoder.stop()


def expect_picture(page: Page, state: str) -> None:
    expect(page.locator("#stage")).to_have_attribute("data-video", state, timeout=PATIENCE_MS)


def expect_playing(page: Page) -> None:
    """The picture has a size, and time passes in it."""
    expect_picture(page, "live")
    video = page.locator("#picture")
    assert video.evaluate("v => v.videoWidth") == 360
    before = video.evaluate("v => v.currentTime")
    page.wait_for_function(
        "before => document.getElementById('picture').currentTime > before + 1",
        arg=before,
        timeout=PATIENCE_MS,
    )


def state_of(room: Stream) -> tuple[str, str]:
    room.refresh_from_db()
    return room.state, room.ended_why


@pytest.mark.slow
def test_a_picture_is_played_and_breaks_keep_the_stream(
    new_page, page_errors, broadcast, media_server
):
    # A playlist that is not there yet, or not any more, is asked for again.
    page_errors.allow(r"status of 404|ERR_CONNECTION_REFUSED")
    room, viewer = make_room(), make_viewer(coins=100)
    key = make_stream_key(creator_id=room.place.creator_id)
    page = enter(new_page("phone"), room, user=viewer)
    expect(page.locator("#picture-note")).to_contain_text("The picture starts in a moment")

    for wrong in (key + "x", key.split("?")[0], "nobody?key=" + key.split("=")[1]):
        assert broadcast(wrong).was_cut_off()
    expect_picture(page, "waiting")

    encoder = broadcast(key)
    expect_playing(page)
    assert page.locator("#picture").evaluate("v => v.muted")
    page.get_by_role("button", name="Sound of the picture").click()
    assert not page.locator("#picture").evaluate("v => v.muted")
    first = send(viewer, room, "acorn")
    expect(page.locator("#room-total")).to_contain_text("1 gift")

    encoder.stop()
    expect_picture(page, "paused")
    expect(page.locator("#picture-note")).to_contain_text("will be back in a moment")
    page.evaluate("window.sameSocket = true")
    encoder = broadcast(key)
    expect_playing(page)
    assert state_of(room) == ("live", "")
    assert Stream.objects.count() == 1
    second = send(viewer, room, "acorn")
    expect(page.locator("#room-total")).to_contain_text("2 gifts")
    sent = SentGift.objects.filter(pk__in=[first.operation, second.operation]).order_by("seq")
    assert [gift.streak_count for gift in sent] == [1, 2]
    assert len({gift.streak_id for gift in sent}) == 1

    # nginx dies and nobody is told; its silence is noticed.
    media_server.kill()
    expect_picture(page, "paused")
    assert state_of(room) == ("live", "")
    assert encoder.was_cut_off()
    assert page.evaluate("window.sameSocket")
    assert ledger_check() == []


@pytest.mark.slow
def test_rotated_and_revoked_keys_cut_off_and_what_stays_away_ends(
    new_page, page_errors, broadcast
):
    page_errors.allow(r"status of 404")
    room = make_room()
    creator_id = room.place.creator_id
    first = make_stream_key(creator_id=creator_id)
    page = enter(new_page(), room)
    encoder = broadcast(first)
    expect_playing(page)

    second = make_stream_key(creator_id=creator_id)
    assert encoder.was_cut_off()
    expect_picture(page, "paused")
    assert broadcast(first).was_cut_off()
    encoder = broadcast(second)
    expect_playing(page)

    revoke_stream_key(creator_id=creator_id)
    assert encoder.was_cut_off()
    expect_picture(page, "paused")
    assert broadcast(second).was_cut_off()
    assert state_of(room) == ("live", "")
    # Beat and worker end what did not come back.
    ended = page.get_by_role("heading", name="This stream has ended")
    expect(ended).to_be_visible(timeout=PATIENCE_MS + RETURN_SECONDS * 1_000)
    expect_picture(page, "ended")
    assert state_of(room) == ("ended", "lost")
