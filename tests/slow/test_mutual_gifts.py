"""Two creators who gift each other through two web processes: nobody ever meets a deadlock.

Each process has batches of both, in any order, and each batch locks both wallets. What happens
without the order of locks, and without the second try, is shown in tests/gifts/test_races.py.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from creators.models import Stream
from gifts.models import Gift, SentGift
from tests.creators.make import make_creator, make_stream
from tests.gifts.make import make_gift, make_viewer, new_key
from tests.gifts.sockets import Page, join
from tests.live import Site
from users.models import User
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.slow
SECONDS = int(os.environ.get("MUTUAL_SECONDS", "6"))
COINS = 1_000_000
IN_FLIGHT = 8
UNDO_EVERY = 20
ENVIRONMENT = {"SOCKET_MESSAGES_PER_SECOND": "5000", "UNDO_PER_DAY": "1000000"}
Answers = Counter[tuple[str, str]]


@pytest.mark.site(environment=ENVIRONMENT)
def test_creators_gift_each_other_through_two_processes(
    live_site: Site, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    people = [make_viewer(COINS), make_viewer(COINS)]
    rooms = [make_stream(make_creator(person)) for person in people]
    gift = make_gift(1, streakable=False)
    second = Site(tmp_path, ENVIRONMENT)
    before = deadlocks()
    try:
        second.start("web")
        answers = asyncio.run(play([live_site, second], people, rooms, gift))
    finally:
        second.kill_all()
    record_property("gifts", answers["receipt", ""])
    met = deadlocks() - before
    print(f"{dict(answers)} in {SECONDS} s; PostgreSQL met {met} deadlocks")
    assert set(answers) == {("receipt", ""), ("undone", "")}, "somebody was told of an error"
    assert met == 0
    assert "Traceback" not in second.log("web")
    assert SentGift.objects.count() == answers["receipt", ""]
    assert SentGift.objects.filter(state="taken_back").count() == answers["undone", ""]
    left = 2 * COINS - answers["receipt", ""] + answers["undone", ""]
    assert sum(coins_of(person.pk) for person in people) == left
    assert ledger_check() == []


async def play(sites: list[Site], people: list[User], rooms: list[Stream], gift: Gift) -> Answers:
    """Both creators at both processes, as fast as they are answered."""
    card = await asyncio.to_thread(lambda: rate_card().pk)
    answers: Answers = Counter()
    pages = [
        await join(site, room, person)
        for site in sites
        for person, room in zip(people, reversed(rooms), strict=True)
    ]
    until = time.monotonic() + SECONDS
    await asyncio.gather(*[keep_sending(page, gift, card, answers, until) for page in pages])
    return answers


async def keep_sending(page: Page, gift: Gift, card: int, answers: Answers, until: float) -> None:
    waiting: set[str] = set()
    numbers = count(1)
    while time.monotonic() < until or waiting:
        while len(waiting) < IN_FLIGHT and time.monotonic() < until:
            waiting.add(key := new_key())
            await page.say(
                "send_gift",
                key=key,
                gift=gift.slug,
                quantity=1,
                price_coins=gift.coins,
                rate_card=card,
                confirmed=False,
            )
        message = await page.hear()
        page.heard.clear()
        page.events.clear()
        if message.get("key") not in waiting:
            continue
        waiting.remove(message["key"])
        answers[message["type"], message.get("code", "")] += 1
        if message["type"] == "receipt" and next(numbers) % UNDO_EVERY == 0:
            waiting.add(key := new_key())
            await page.say("undo", key=key, gift_id=message["gift_id"])


def deadlocks() -> int:
    """How many PostgreSQL has met in this database, as far as its processes have told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
