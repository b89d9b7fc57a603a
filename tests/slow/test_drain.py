"""A deploy under load: everybody is told to come back, does, and sees the same."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from gifts.models import SentGift
from tests.gifts.make import make_room, make_viewer, new_key
from tests.gifts.sockets import Page, join
from tests.live import Site
from wallets.check import ledger_check
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.slow
VIEWERS = int(os.environ.get("DRAIN_VIEWERS", "100"))
SENDERS = 10


@pytest.mark.site(environment={"TICKET_SECONDS": "600"})
def test_everybody_is_closed_with_1012_and_comes_back(
    live_site: Site, record_property: Callable[[str, Any], None]
) -> None:
    room = make_room()
    people = [make_viewer(10_000) for _ in range(SENDERS)]
    card = rate_card().pk

    async def send(page: Page, receipts: list[str]) -> None:
        with suppress(ConnectionClosed):
            while True:
                fields = {"key": new_key(), "gift": "clover", "quantity": 1, "price_coins": 1}
                await page.say("send_gift", **fields, rate_card=card, confirmed=False)
                if (await page.answer(fields["key"]))["type"] == "receipt":
                    receipts.append(fields["key"])

    async def hear_to_the_end(page: Page) -> int:
        with suppress(ConnectionClosed):
            while True:
                await page.hear()
        return await page.closed()

    async def come_back(page: Page) -> Page:
        bye = next(message for message in page.heard if message["type"] == "bye")
        await asyncio.sleep(random.uniform(0, bye["retry_ms"] / 1_000))  # noqa: S311
        for attempt in range(20):
            try:
                return await join(live_site, room, resume={"epoch": page.epoch, "seq": page.seq})
            except (OSError, WebSocketException):
                await asyncio.sleep(random.uniform(0, min(5, 0.5 * 2**attempt)))  # noqa: S311
        raise AssertionError("could not come back")

    async def play() -> tuple[Counter[int], list[str], list[Page], float]:
        viewers = [await join(live_site, room) for _ in range(VIEWERS)]
        senders = [await join(live_site, room, one) for one in people]
        receipts: list[str] = []
        sending = [asyncio.create_task(send(page, receipts)) for page in senders]
        hearing = [asyncio.create_task(hear_to_the_end(page)) for page in viewers]
        while len(receipts) < 50:
            await asyncio.sleep(0.05)
        code = await asyncio.to_thread(live_site.stop, "web")
        assert code == 0
        codes = Counter(await asyncio.gather(*hearing))
        codes += Counter(await asyncio.gather(*[page.closed() for page in senders]))
        await asyncio.gather(*sending)
        starting = asyncio.create_task(asyncio.to_thread(live_site.start, "web"))
        began = time.monotonic()
        back = await asyncio.gather(*[come_back(page) for page in viewers])
        settled = time.monotonic() - began
        await starting
        return codes, receipts, back, settled

    codes, receipts, back, settled = asyncio.run(play())
    record_property("settled_seconds", round(settled))
    print(f"{VIEWERS} viewers were back {settled:.1f} s after the new process was started")
    assert codes == {1012: VIEWERS + SENDERS}
    truth = SentGift.objects.filter(place_id=room.pk).count()
    assert truth >= len(receipts)
    assert {page.state["totals"]["gifts"] for page in back} == {truth}
    assert ledger_check() == []
