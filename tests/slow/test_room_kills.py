"""Web process, Valkey and database are killed while a room is full; senders keep a journal."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from websockets.exceptions import WebSocketException

from creators.models import Stream
from gifteconomy.embedded.valkey import ValkeyServer
from gifts.models import Gift, PlaceTotals
from tests.gifts.conftest import own_valkey  # noqa: F401
from tests.gifts.make import make_gift, make_room, make_viewer, new_key
from tests.gifts.sockets import Page, join
from tests.live import Site
from tests.slow.journals import Entry, booked_coins, differences
from tests.slow.test_kills import kill_database, start_what_ended
from users.models import User
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("ROOM_KILLS", "3"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
WHAT_DIES = ("web", "valkey", "database")
VIEWERS, SENDERS = 20, 4
COINS = 1_000_000
IN_FLIGHT = 4
SETTLE_SECONDS = 120
ASKED_AGAIN = {"unavailable", "busy", "too_fast"}
ENVIRONMENT = {"SOCKET_MESSAGES_PER_SECOND": "200", "UNDO_PER_DAY": "1000000"}
GONE = (OSError, WebSocketException, TimeoutError)


class Watcher:
    """Comes back whenever it is cut off, with what it knows."""

    def __init__(self, site: Site, room: Stream, user: User | None = None) -> None:
        self.site, self.room, self.user = site, room, user
        self.page: Page | None = None
        self.cut_off = -1

    async def come(self) -> Page:
        before, self.cut_off = self.page, self.cut_off + 1
        resume = {"epoch": before.epoch, "seq": before.seq} if before and before.epoch else None
        while True:
            try:
                self.page = await join(self.site, self.room, self.user, resume=resume)
            except GONE:
                await asyncio.sleep(random.uniform(0, 1))  # noqa: S311 - nobody comes at once
            else:
                if resume and not self.page.epoch:
                    self.page.epoch = resume["epoch"]
                return self.page

    async def watch(self) -> None:
        while True:
            page = await self.come()
            try:
                while True:
                    await page.hear()
                    page.heard.clear()
                    page.events.clear()
            except GONE:
                await page.socket.close()

    @property
    def totals(self) -> tuple[int, int] | None:
        if self.page is None or "coins" not in self.page.state.get("totals", {}):
            return None
        return self.page.state["totals"]["coins"], self.page.state["totals"]["gifts"]


class Sender(Watcher):
    """Sends gifts, takes one back now and then, and writes down every answer that is final.

    What was not answered is asked again under the same key, until it is.
    """

    def __init__(self, site: Site, room: Stream, user: User, gift: Gift, card: int) -> None:
        super().__init__(site, room, user)
        assert user.pk
        self.actor = user.pk
        self.gift, self.card = gift, card
        self.closing = False
        self.unanswered: dict[str, dict[str, Any]] = {}
        self.journal: list[Entry] = []
        self.asked_again = 0

    async def send_all(self) -> None:
        """Until it is closing time and everything has its answer."""
        while not self.closing or self.unanswered:
            page = await self.come()
            try:
                for wish in list(self.unanswered.values()):
                    self.asked_again += 1
                    await page.say(**wish)
                while not self.closing or self.unanswered:
                    await self.wish_more(page)
                    await self.hear_answer(page)
            except GONE:
                await page.socket.close()

    async def wish_more(self, page: Page) -> None:
        while not self.closing and len(self.unanswered) < IN_FLIGHT:
            gift = {"gift": self.gift.slug, "price_coins": self.gift.coins, "quantity": 1}
            fields = gift | {"rate_card": self.card, "confirmed": False}
            await self.wish(page, "send_gift", fields)

    async def wish(self, page: Page, type_: str, fields: dict[str, Any]) -> None:
        key = new_key()
        self.unanswered[key] = {"type_": type_, "key": key} | fields
        await page.say(**self.unanswered[key])

    async def hear_answer(self, page: Page) -> None:
        message = await page.hear()
        page.heard.clear()
        page.events.clear()
        wish = self.unanswered.get(message.get("key") or "")
        if wish is None:
            return
        if message["type"] == "refusal" and message["code"] in ASKED_AGAIN:
            await asyncio.sleep(0.2)
            self.asked_again += 1
            await page.say(**wish)
            return
        del self.unanswered[wish["key"]]
        self.note(message)
        if message["type"] == "receipt" and message["seq"] % 10 == 0:
            await self.wish(page, "undo", {"gift_id": message["gift_id"]})

    def note(self, message: dict[str, Any]) -> None:
        done = message["type"] != "refusal"
        ids = message.get("gift_ids") or [message.get("gift_id")]
        self.journal.append(
            Entry(
                actor=self.actor,
                key=message["key"],
                kind="undo" if message["type"] == "undone" else "gift",
                done=done,
                amount=message["coins"] if done else 0,
                proof=",".join(sorted(ids)) if done else message["code"],
            )
        )

    @property
    def coins(self) -> int:
        signs = {"gift": -1, "undo": 1}
        return COINS + sum(signs[entry.kind] * entry.amount for entry in self.journal)


@pytest.fixture
def site_with_valkey(
    committed_db: str,
    own_valkey: ValkeyServer,  # noqa: F811
    tmp_path: Path,
) -> Iterator[Site]:
    site = Site(tmp_path, ENVIRONMENT | own_valkey.environment())
    try:
        site.start("web")
        yield site
    finally:
        site.kill_all()


def test_no_receipt_is_without_its_gift_and_all_viewers_see_the_same(
    site_with_valkey: Site,
    own_valkey: ValkeyServer,  # noqa: F811
    record_property: Callable[[str, Any], None],
) -> None:
    site, room = site_with_valkey, make_room()
    people = [make_viewer(COINS) for _ in range(SENDERS)]
    gift, card = make_gift(3, streakable=False), rate_card().pk
    watchers = [Watcher(site, room) for _ in range(VIEWERS)]
    senders = [Sender(site, room, person, gift, card) for person in people]
    connections.close_all()

    async def play() -> float:
        watching = [asyncio.create_task(one.watch()) for one in watchers]
        sending = [asyncio.create_task(one.send_all()) for one in senders]
        await until(lambda: all(one.journal for one in senders) and all_agree(watchers, None))
        for number, what in enumerate(in_some_order()):
            answered = [len(one.journal) for one in senders]
            await asyncio.to_thread(kill, what, site, own_valkey, number)
            # Everybody has got an answer since: the room works again.
            await until(
                lambda before=answered: all(
                    len(one.journal) > n for one, n in zip(senders, before, strict=True)
                )
            )
        for one in senders:
            one.closing = True
        await asyncio.wait_for(asyncio.gather(*sending), SETTLE_SECONDS)
        began = time.monotonic()
        truth = await asyncio.to_thread(totals_of, room)
        await until(lambda: all_agree(watchers, truth))
        settled = time.monotonic() - began
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        fresh = Watcher(site, room)
        await fresh.come()
        assert fresh.totals == truth
        return settled

    settled = asyncio.run(play())
    journal = [entry for one in senders for entry in one.journal]
    asked_again = sum(one.asked_again for one in senders)
    cut_off = sum(one.cut_off for one in watchers)
    print(
        f"{KILLS} kills; {len(journal)} answers, {asked_again} asked again; viewers were cut off"
        f" {cut_off} times and agreed {settled:.1f} s after the last gift"
    )
    record_property("kills", KILLS)
    assert asked_again, "no kill hit a gift"
    assert cut_off >= VIEWERS * (KILLS // len(WHAT_DIES))
    assert differences(journal, booked_coins()) == []
    assert [coins_of(one.actor) for one in senders] == [one.coins for one in senders]
    assert totals_of(room)[0] == sum(COINS - one.coins for one in senders)
    assert ledger_check() == []


def all_agree(watchers: list[Watcher], truth: tuple[int, int] | None) -> bool:
    """Everybody is there, and sees the truth where one is given."""
    seen = [one.totals for one in watchers]
    return None not in seen if truth is None else set(seen) == {truth}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SETTLE_SECONDS):
        while not condition():
            await asyncio.sleep(0.1)


def totals_of(room: Stream) -> tuple[int, int]:
    try:
        totals = PlaceTotals.objects.get(pk=room.pk)
        return totals.coins, totals.gifts
    finally:
        connections.close_all()


def in_some_order() -> list[str]:
    """Each dies as often as the others."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    dying = [WHAT_DIES[number % len(WHAT_DIES)] for number in range(KILLS)]
    chance.shuffle(dying)
    return dying


def kill(what: str, site: Site, valkey: ValkeyServer, number: int) -> None:
    """Kill it, leave people alone with that for a moment, and start it again."""
    chance = random.Random(SEED + number)  # noqa: S311 - repeatable
    time.sleep(chance.uniform(0.2, 1.5))
    if what == "database":
        kill_database(chance)
    elif what == "valkey":
        assert valkey.process is not None
        valkey.process.kill()
        valkey.process.wait()
        time.sleep(chance.uniform(0.1, 2))
        valkey.start()
    else:
        site.kill("web")
        site.start("web")
    start_what_ended(site)
