"""The socket's main cases on every server that serves it: Daphne with and without the direct
adapter, and uvicorn, which nothing here was changed for."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from gifts.actions.sending import send_gifts
from gifts.rooms.tickets import issue_ticket
from tests.gifts.make import make_room, make_viewer, new_key, order
from tests.gifts.sockets import Page, join, open_socket
from tests.live import Site
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("economy")]
ADDRESSES = 20
SERVERS: dict[str, tuple[str, dict[str, str]]] = {
    "daphne": ("web", {}),
    "daphne-plain": ("web", {"DIRECT_WRITES": "0"}),
    "uvicorn": ("uvicorn", {}),
}


@pytest.fixture(scope="module", params=SERVERS)
def served(
    request: pytest.FixtureRequest, module_db: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    name, environment = SERVERS[request.param]
    environment = environment | {"SOCKETS_PER_ADDRESS": str(ADDRESSES)}
    site = Site(tmp_path_factory.mktemp(request.param), environment)
    try:
        site.start(name)
        yield site
    finally:
        for process in list(site.processes):
            site.kill(process)
    assert "Traceback" not in site.log(name), site.log(name)


def gift_fields(**fields: Any) -> dict[str, Any]:
    card = rate_card().pk
    said = {"key": new_key(), "gift": "acorn", "quantity": 1, "price_coins": 5}
    return said | {"rate_card": card, "confirmed": False} | fields


def test_gift_is_paid_once_and_reaches_the_room(served: Site) -> None:
    room, viewer = make_room(), make_viewer(100)
    fields = gift_fields()

    async def play() -> tuple[list[dict[str, Any]], Page]:
        sender, watcher = await join(served, room, viewer), await join(served, room)
        receipts = []
        for _ in range(2):
            await sender.say("send_gift", **fields)
            receipts.append(await sender.answer(fields["key"]))
            sender.heard.clear()
        await watcher.until_seq(1)
        return receipts, watcher

    receipts, watcher = asyncio.run(play())
    assert receipts[0]["type"] == "receipt"
    assert receipts[0] == receipts[1]
    assert watcher.state["totals"] == {"version": 1, "coins": 5, "gifts": 1}
    assert coins_of(viewer.pk) == 95


def test_burst_arrives_whole_and_who_comes_back_resumes(served: Site) -> None:
    room, viewer = make_room(), make_viewer(2_000)
    orders = [order(viewer, room) for _ in range(200)]

    async def play() -> tuple[Page, Page]:
        stays, leaves = await join(served, room), await join(served, room)
        await asyncio.to_thread(send_gifts, orders[:50])
        for page in (stays, leaves):
            await page.until_seq(50)
        await leaves.socket.close()
        await asyncio.to_thread(lambda: [send_gifts(orders[i : i + 50]) for i in (50, 100, 150)])
        await stays.until_seq(200)
        back = await join(served, room, resume={"epoch": leaves.epoch, "seq": leaves.seq})
        return stays, back

    stays, back = asyncio.run(play())
    gifts = [event["seq"] for event in stays.events if event["type"] == "gift"]
    assert gifts == list(range(1, 201))
    assert [e["seq"] for e in back.events if e["type"] == "gift"] == list(range(51, 201))
    assert back.snapshots == 0
    assert back.state["totals"] == stays.state["totals"]


def test_chat_is_told_and_bad_messages_end_with_1008(served: Site) -> None:
    room, viewer = make_room(), make_viewer()

    async def play() -> tuple[dict[str, Any], int]:
        talker, watcher = await join(served, room, viewer), await join(served, room)
        await talker.say("chat", key=new_key(), text="Good evening!")
        await watcher.until(lambda m: any(e["type"] == "chat" for e in m.get("events", ())))
        line = next(event for event in watcher.events if event["type"] == "chat")
        for _ in range(3):
            await talker.socket.send(json.dumps({"type": "room.evil", "v": 1}))
        return line, await talker.closed()

    line, code = asyncio.run(play())
    assert line["text"] == "Good evening!"
    assert code == 1008


def test_strangers_are_refused_and_bad_tickets_closed(served: Site) -> None:
    room, other = make_room(), make_room()

    async def play() -> tuple[int, int]:
        with pytest.raises(InvalidStatus) as refused:
            await open_socket(served, room, origin="https://evil.example")
        page = Page(await open_socket(served, room))
        await page.say("join", ticket=issue_ticket(place=other.place, user=None))
        return refused.value.response.status_code, await page.closed()

    assert asyncio.run(play()) == (403, 4401)


def test_pings_are_answered_and_leaving_is_clean(served: Site) -> None:
    room = make_room()

    async def play() -> int:
        page = await join(served, room)
        await asyncio.wait_for(await page.socket.ping(b"there?"), 10)
        await page.say("ack", seq=0)
        await page.socket.close(1000)
        return page.socket.close_code or 0

    assert asyncio.run(play()) == 1000


def test_one_address_opens_so_many_sockets_and_again_when_some_have_left(served: Site) -> None:
    room = make_room()

    async def play() -> int:
        pages = []
        # Earlier sockets of these tests may still be leaving.
        with pytest.raises(InvalidStatus) as refused:
            for _ in range(ADDRESSES + 1):
                pages.append(await join(served, room))
        assert len(pages) <= ADDRESSES
        for page in pages:
            await page.socket.close()
        async with asyncio.timeout(20):
            while True:
                try:
                    await join(served, room)
                except InvalidStatus:
                    await asyncio.sleep(0.1)
                else:
                    return refused.value.response.status_code

    assert asyncio.run(play()) == 403


def test_socket_that_is_idle_for_a_minute_lives(served: Site) -> None:
    room, viewer = make_room(), make_viewer(10)
    gift = order(viewer, room)

    async def play() -> Page:
        idle = await join(served, room)
        hearing = asyncio.create_task(idle.socket.wait_closed())
        await asyncio.sleep(62)
        assert not hearing.done()
        hearing.cancel()
        await asyncio.to_thread(send_gifts, [gift])
        await idle.until_seq(1)
        return idle

    assert asyncio.run(play()).state["totals"]["coins"] == 5
