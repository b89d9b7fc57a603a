"""Viewers who do not read cost a bounded amount, and nobody else notices."""

import asyncio
from contextlib import closing, suppress

import pytest

from creators.models import Stream
from gifts.actions.sending import send_gifts
from gifts.rooms.hub import FAR_TOO_MUCH_BYTES
from tests.gifts.make import make_room, make_viewer, order, send
from tests.gifts.raw import RawPeer
from tests.gifts.sockets import Page, join
from tests.live import Site
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("economy")]
BATCHES, BATCH = 10, 60
MESSAGE = "x" * 150
# Frames of the viewer who did not read, with the kernels' buffers on both sides.
MOST_KEPT_BYTES = 250_000
PING = bytes(125)


def send_all(room: Stream, viewer: User) -> None:
    for _ in range(BATCHES):
        send_gifts([order(viewer, room, message=MESSAGE) for _ in range(BATCH)])


def test_viewer_who_stops_reading_gets_one_snapshot_later_and_the_others_everything(
    site: Site,
) -> None:
    room, viewer = make_room(), make_viewer(10 * BATCHES * BATCH)
    total = BATCHES * BATCH

    async def play(stuck: RawPeer) -> tuple[Page, bytes]:
        watcher = await join(site, room)
        await asyncio.gather(asyncio.to_thread(send_all, room, viewer), watcher.until_seq(total))
        # Now it reads: what the server and the kernels kept, and then a snapshot.
        stuck.socket.settimeout(3)
        got = bytearray()
        while b'"version":%d,"coins":' % total not in got:
            got += await asyncio.to_thread(stuck.socket.recv, 65_536)
        return watcher, bytes(got)

    with closing((stuck := RawPeer(site, room)).socket):
        watcher, got = asyncio.run(play(stuck))
    assert [e["seq"] for e in watcher.events if e["type"] == "gift"] == list(range(1, total + 1))
    assert got.count(b'"type":"snapshot"') == 2
    assert len(got) < MOST_KEPT_BYTES < total * 600


def test_peer_that_talks_and_never_reads_is_dropped(site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)

    async def play(talker: RawPeer) -> Page:
        watcher = await join(site, room)

        def talk() -> None:
            # Each ping is answered by the server itself; nobody reads the answers.
            for _ in range(20 * FAR_TOO_MUCH_BYTES // len(PING)):
                talker.send(9, PING)

        with pytest.raises(ConnectionError):
            await asyncio.to_thread(talk)
        await asyncio.to_thread(send, viewer, room)
        await watcher.until_seq(1)
        return watcher

    with closing((talker := RawPeer(site, room)).socket):
        watcher = asyncio.run(play(talker))
    assert watcher.state["totals"]["gifts"] == 1


def test_peer_that_sends_too_much_is_closed(site: Site) -> None:
    room = make_room()
    with closing((peer := RawPeer(site, room)).socket):
        with pytest.raises(ConnectionError):
            for number in range(200_000):
                peer.say("ack", seq=number)
        peer.read_to_the_end()


@pytest.mark.slow
def test_viewer_who_is_slow_for_long_is_closed(site: Site) -> None:
    room, viewer, total = make_room(), make_viewer(10 * BATCHES * BATCH), BATCHES * BATCH

    async def play() -> None:
        watcher = await join(site, room)
        await watcher.until(lambda _: watcher.state["viewers"]["count"] == 2)
        await asyncio.gather(asyncio.to_thread(send_all, room, viewer), watcher.until_seq(total))
        async with asyncio.timeout(90):
            while watcher.state["viewers"]["count"] != 1:
                with suppress(TimeoutError):
                    await watcher.hear()

    with closing((stuck := RawPeer(site, room)).socket):
        asyncio.run(play())
        stuck.read_to_the_end()
