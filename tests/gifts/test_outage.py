"""Valkey goes and comes back, and a process dies before it told anybody: rooms catch up."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gifteconomy.embedded.valkey import ValkeyServer
from tests.gifts.make import make_room, make_viewer, new_key, send
from tests.gifts.sockets import Page, join
from tests.live import Site
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("economy")]


@pytest.fixture
def own_site(module_db: str, own_valkey: ValkeyServer, tmp_path: Path) -> Iterator[Site]:
    """A site of which Valkey can be killed; what this process tells goes to another Valkey."""
    site = Site(tmp_path, own_valkey.environment())
    try:
        site.start("web")
        yield site
    finally:
        for name in list(site.processes):
            site.kill(name)
    assert "Traceback" not in site.log("web"), site.log("web")


def gift_fields() -> dict[str, Any]:
    return {
        "key": new_key(),
        "gift": "clover",
        "quantity": 1,
        "price_coins": 1,
        "rate_card": rate_card().pk,
    }


def test_gifts_go_on_without_valkey_and_everybody_catches_up(
    own_site: Site, own_valkey: ValkeyServer
) -> None:
    room, viewer = make_room(), make_viewer(100)
    before, during, after = gift_fields(), [gift_fields() for _ in range(5)], gift_fields()

    async def play() -> tuple[Page, Page]:
        watcher, sender = await join(own_site, room), await join(own_site, room, viewer)
        await sender.say("send_gift", **before)
        await watcher.until_seq(1)
        assert own_valkey.process is not None
        own_valkey.process.kill()
        await asyncio.to_thread(own_valkey.process.wait)
        await watcher.until(lambda m: m["type"] == "stale")
        for fields in during:
            await sender.say("send_gift", **fields)
        receipts = [await sender.answer(fields["key"]) for fields in during]
        assert [receipt["type"] for receipt in receipts] == ["receipt"] * 5
        # Told from the database, while Valkey is still away; a newcomer as well.
        await watcher.until_seq(6)
        assert (await join(own_site, room)).seq == 6
        await asyncio.to_thread(own_valkey.start)
        await sender.say("send_gift", **after)
        await sender.answer(after["key"])
        await sender.until(lambda m: m["type"] == "wallet" and m["balance"] == 93)
        await watcher.until_seq(7)
        return watcher, await join(own_site, room)

    watcher, fresh = asyncio.run(play())
    gifts = [event["seq"] for event in watcher.events if event["type"] == "gift"]
    assert gifts == list(range(1, 8))
    assert watcher.state["totals"] == fresh.state["totals"]
    assert watcher.state["totals"] == {"version": 7, "coins": 7, "gifts": 7}
    assert coins_of(viewer.pk) == 93


def test_what_a_dead_process_did_not_tell_is_found_by_its_number(own_site: Site) -> None:
    room, viewer = make_room(), make_viewer(100)

    async def play() -> Page:
        watcher = await join(own_site, room)
        # This process tells another Valkey, as one that died between commit and telling: the room
        # of the site hears of these gifts from nobody.
        for _ in range(3):
            await asyncio.to_thread(send, viewer, room, "clover")
        await watcher.until_seq(3)
        return watcher

    watcher = asyncio.run(play())
    assert [e["seq"] for e in watcher.events if e["type"] == "gift"] == [1, 2, 3]
    assert watcher.state["totals"] == {"version": 3, "coins": 3, "gifts": 3}


def test_site_that_stops_says_goodbye_with_1012(own_site: Site) -> None:
    room = make_room()

    async def play() -> list[tuple[int, dict[str, Any]]]:
        pages = [await join(own_site, room) for _ in range(3)]
        stopping = asyncio.create_task(asyncio.to_thread(own_site.stop, "web"))
        ends = [
            (await page.until(lambda m: m["type"] == "bye"), await page.closed()) for page in pages
        ]
        assert await stopping == 0
        return [(code, bye) for bye, code in ends]

    for code, bye in asyncio.run(play()):
        assert code == 1012
        assert bye["retry_ms"] >= 1_000
