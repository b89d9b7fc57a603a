"""The room's socket, through a real server."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from creators.actions.streams import end_stream
from gifts.actions.sending import send_gifts
from gifts.models import SentGift
from gifts.rooms.tickets import issue_ticket
from tests.gifts.make import make_room, make_viewer, new_key, order, send
from tests.gifts.sockets import Page, join, open_socket
from tests.live import Site
from tests.wallets.economy import recharge
from users.models import Block
from wallets.selectors.balances import coins_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.usefixtures("economy")
EXAMPLES = Path(__file__).resolve().parents[1] / "events"


def same_shape(example: Any, found: Any, where: str = "") -> None:
    """Every field of the documented example is there, of the same kind, and no other."""
    if isinstance(example, dict) and found is not None and example is not None:
        assert set(found) == set(example), where
        for name in example:
            same_shape(example[name], found[name], f"{where}.{name}")
    elif None not in (example, found):
        assert type(example) is type(found), where


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def gift_fields(**fields: Any) -> dict[str, Any]:
    return {
        "key": new_key(),
        "gift": "acorn",
        "quantity": 1,
        "price_coins": 5,
        "rate_card": rate_card().pk,
        "confirmed": False,
    } | fields


def test_gift_reaches_sender_and_room_as_documented(site: Site) -> None:
    room, viewer = make_room(), make_viewer(820)
    fields = gift_fields(message="For the left hand")

    async def play() -> tuple[Page, Page]:
        sender, watcher = await join(site, room, viewer), await join(site, room)
        await sender.say("send_gift", **fields)
        await sender.answer(fields["key"])
        await sender.until(lambda m: m["type"] == "wallet")
        for page in (sender, watcher):
            await page.until_seq(1)
        return sender, watcher

    sender, watcher = asyncio.run(play())
    snapshot, receipt = sender.heard[0], next(m for m in sender.heard if m["type"] == "receipt")
    wallet = next(m for m in sender.heard if m["type"] == "wallet")
    same_shape(example("receipt"), receipt)
    same_shape(example("wallet"), wallet)
    same_shape(example("snapshot") | {"chat": [], "gifts": []}, snapshot)
    same_shape(example("gift"), watcher.events[0])
    assert snapshot["me"]["coins"] == 820
    assert watcher.heard[0]["me"] is None
    assert (receipt["coins"], receipt["balance"], receipt["seq"]) == (5, 815, 1)
    assert (wallet["balance"], wallet["pseq"]) == (815, receipt["pseq"])
    assert watcher.events[0]["event_id"] == receipt["gift_id"]
    assert watcher.events[0]["message"] == "For the left hand"
    assert watcher.state["totals"] == {"version": 1, "coins": 5, "gifts": 1}
    assert {m["type"] for m in watcher.heard} == {"snapshot", "tick"}
    assert coins_of(viewer.pk) == 815


def test_refusal_at_the_socket_names_itself_and_offers_the_way_on(site: Site) -> None:
    room, viewer = make_room(), make_viewer(3)
    fields = gift_fields()

    async def play() -> tuple[dict[str, Any], dict[str, Any]]:
        page, nobody = await join(site, room, viewer), await join(site, room)
        await page.say("send_gift", **fields)
        await nobody.say("send_gift", **fields)
        return await page.answer(fields["key"]), await nobody.answer(fields["key"])

    refused, unknown = asyncio.run(play())
    assert (refused["type"], refused["code"]) == ("refusal", "insufficient_coins")
    assert refused["details"] == {"missing": 2, "balance": 3}
    assert unknown["code"] == "sign_in"
    assert coins_of(viewer.pk) == 3
    assert not SentGift.objects.filter(place_id=room.pk).exists()


def test_undo_chat_and_end_make_of_a_snapshot_what_a_fresh_one_says(site: Site) -> None:
    room, viewer, other = make_room(), make_viewer(500), make_viewer(500)
    sends = [gift_fields() for _ in range(3)]
    clovers = gift_fields(quantity=4, gift="clover", price_coins=1)
    undo_key, chat_key = new_key(), new_key()

    async def play() -> tuple[Page, dict[str, Any]]:
        watcher, sender = await join(site, room), await join(site, room, viewer)
        second = await join(site, room, other)
        for fields in sends:
            await sender.say("send_gift", **fields)
        await second.say("send_gift", **clovers)
        receipt = await sender.answer(sends[0]["key"])
        await watcher.until_seq(4)
        await sender.say("undo", key=undo_key, gift_id=receipt["gift_id"])
        undone = await sender.answer(undo_key)
        same_shape(example("undone"), undone)
        assert (len(undone["gift_ids"]), undone["coins"], undone["balance"]) == (3, 15, 500)
        await second.say("chat", key=chat_key, text="  Good\nevening <b>!  ")
        await watcher.until(lambda m: any(e["type"] == "chat" for e in m.get("events", ())))
        await watcher.until_seq(5)
        await asyncio.to_thread(end_stream, place_id=room.pk)
        await watcher.until(lambda m: "stream_ended" in [e["type"] for e in m.get("events", ())])
        return watcher, (await join(site, room)).heard[0]

    watcher, fresh = asyncio.run(play())
    gifts, chat = [], []
    for event in watcher.events:
        if event["type"] == "gift":
            gifts.append(event)
        elif event["type"] == "gift_taken_back":
            same_shape(example("gift_taken_back"), event)
            gifts = [gift for gift in gifts if gift["event_id"] not in event["gift_ids"]]
        elif event["type"] == "chat":
            same_shape(example("chat"), event)
            chat.append(event)
    state = watcher.state
    assert (gifts, chat) == (fresh["gifts"], fresh["chat"])
    assert state["totals"] == fresh["state"]["totals"] == {"version": 5, "coins": 4, "gifts": 4}
    assert (
        state["stream"]
        == fresh["state"]["stream"]
        == {
            "version": 1,
            "open": False,
            "why": "creator",
        }
    )
    assert (watcher.seq, watcher.epoch) == (fresh["seq"], fresh["epoch"])
    assert chat[0]["text"] == "Good evening <b>!"


def test_who_comes_back_gets_what_was_missed_or_a_snapshot(site: Site) -> None:
    room, viewer = make_room(), make_viewer(500)

    async def play() -> tuple[Page, Page]:
        watcher, stays = await join(site, room), await join(site, room)
        epoch = watcher.epoch
        await watcher.socket.close()
        for _ in range(3):
            await asyncio.to_thread(send, viewer, room)
        await stays.until_seq(3)
        resume = {"epoch": epoch, "seq": 1}
        other = {"epoch": "0badf00d", "seq": 1}
        return await join(site, room, resume=resume), await join(site, room, resume=other)

    back, stranger = asyncio.run(play())
    assert back.heard[0]["type"] == "tick"
    assert [event["seq"] for event in back.events] == [2, 3]
    assert back.state["totals"]["coins"] == 15
    assert stranger.heard[0]["type"] == "snapshot"


def test_streak_ends_by_itself_once(site: Site) -> None:
    room, viewer = make_room(), make_viewer(500)

    async def play() -> Page:
        watcher = await join(site, room)
        for _ in range(2):
            await asyncio.to_thread(send, viewer, room)
        await watcher.until(lambda m: "streak_ended" in [e["type"] for e in m.get("events", ())])
        return watcher

    watcher = asyncio.run(play())
    ended = [event for event in watcher.events if event["type"] == "streak_ended"]
    assert [(e["count"], e["coins_total"]) for e in ended] == [(2, 10)]
    assert ended[0]["streak_id"] == watcher.events[0]["streak_id"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "malformed"),
        ("[1]", "malformed"),
        ('{"type":"send_gift","v":1', "malformed"),
        ('{"type":"room.evil","v":1}', "unknown_type"),
        ('{"v":1}', "unknown_type"),
        ('{"type":"ack","seq":1}', "wrong_value"),
        ('{"type":"ack","v":1,"seq":1,"evil":2}', "unknown_field"),
        ('{"type":"ack","v":1,"seq":1.5}', "wrong_value"),
        ('{"type":"ack","v":1,"seq":-1}', "wrong_value"),
        ('{"type":"chat","v":1,"key":"abcdefgh","text":"   "}', "wrong_value"),
        ('{"type":"chat","v":1,"key":"abcdefgh","text":"\\ud800"}', "wrong_value"),
        (json.dumps({"type": "chat", "v": 1, "key": "k" * 8, "text": "é" * 3000}), "too_large"),
    ],
)
def test_bad_message_is_refused_by_name_and_the_third_closes(
    site: Site, frame: str, code: str
) -> None:
    room = make_room()

    async def play() -> tuple[list[str], int]:
        page = await join(site, room)
        for _ in range(3):
            await page.socket.send(frame)
        codes = [(await page.until(lambda m: m["type"] == "refusal"))["code"]]
        return codes, await page.closed()

    codes, close_code = asyncio.run(play())
    assert codes == [code]
    assert close_code == 1008


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 100},
        {"quantity": 1.0},
        {"quantity": "1"},
        {"quantity": True},
        {"price_coins": 0},
        {"price_coins": 10**30},
        {"rate_card": None},
        {"gift": "../acorn"},
        {"gift": 7},
        {"confirmed": "yes"},
        {"message": "x" * 151},
        {"key": "short"},
        {"key": "k" * 65},
        {"coins": 5},
    ],
)
def test_wrong_values_of_a_gift_move_nothing(site: Site, wrong: dict[str, Any]) -> None:
    room, viewer = make_room(), make_viewer(100)
    fields = gift_fields(**wrong)

    async def play() -> dict[str, Any]:
        page = await join(site, room, viewer)
        await page.say("send_gift", **fields)
        return await page.until(lambda m: m["type"] == "refusal")

    refused = asyncio.run(play())
    assert refused["code"] == ("unknown_field" if "coins" in wrong else "wrong_value")
    assert refused["details"] == {"field": next(iter(wrong))}
    assert refused["key"] == (None if "key" in wrong else fields["key"])
    assert coins_of(viewer.pk) == 100


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", None, "https://{host}"]
)
def test_foreign_origin_gets_no_socket(site: Site, origin: str | None) -> None:
    room = make_room()
    said = origin.format(host=f"127.0.0.1:{site.port}") if origin else origin

    async def play() -> int:
        with pytest.raises(InvalidStatus) as refused:
            await open_socket(site, room, origin=said)
        return refused.value.response.status_code

    assert asyncio.run(play()) == 403


def test_tickets_that_are_not_good_are_not_let_in(site: Site) -> None:
    room, other, gone = make_room(), make_room(), make_viewer(is_active=False)
    tickets = [
        "nonsense",
        issue_ticket(place=other.place, user=None),
        issue_ticket(place=room.place, user=gone),
    ]

    async def play() -> list[int]:
        codes = []
        for ticket in tickets:
            page = Page(await open_socket(site, room))
            await page.say("join", ticket=ticket)
            codes.append(await page.closed())
        return codes

    assert asyncio.run(play()) == [4401] * 3


def test_socket_that_never_joins_is_closed_and_one_that_is_idle_lives(site: Site) -> None:
    room, viewer = make_room(), make_viewer(10)

    async def play() -> tuple[int, Page]:
        silent, idle = Page(await open_socket(site, room)), await join(site, room)
        code = await silent.closed()
        await asyncio.sleep(1)
        await asyncio.to_thread(send, viewer, room)
        await idle.until_seq(1)
        return code, idle

    code, idle = asyncio.run(play())
    assert code == 1008
    assert idle.state["totals"]["coins"] == 5


def test_burst_into_an_idle_room_arrives_whole_and_in_order(site: Site) -> None:
    room, viewer = make_room(), make_viewer(2_000)
    orders = [order(viewer, room) for _ in range(300)]

    async def play() -> list[Page]:
        pages = [await join(site, room) for _ in range(5)]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(lambda: [send_gifts(orders[i : i + 50]) for i in range(0, 300, 50)])
        for page in pages:
            await page.until_seq(300)
        return pages

    for page in asyncio.run(play()):
        assert [e["seq"] for e in page.events if e["type"] == "gift"] == list(range(1, 301))
        assert page.state["totals"] == {"version": 300, "coins": 1_500, "gifts": 300}


def test_viewers_are_counted_across_their_coming_and_going(site: Site) -> None:
    room = make_room()

    async def play() -> list[int]:
        pages = [await join(site, room) for _ in range(3)]
        await pages[0].until(lambda m: pages[0].state["viewers"]["count"] == 3)
        await pages[1].socket.close()
        pages[0].heard.clear()
        await pages[0].until(lambda m: pages[0].state["viewers"]["count"] == 2)
        return [pages[0].state["viewers"]["count"]]

    assert asyncio.run(play()) == [2]


def test_who_blocked_the_creator_watches_and_does_not_chat(site: Site) -> None:
    room, viewer = make_room(), make_viewer()
    Block.objects.create(blocker=viewer, blocked=room.place.creator.user)
    key = new_key()

    async def play() -> dict[str, Any]:
        page = await join(site, room, viewer)
        await page.say("chat", key=key, text="hello")
        return await page.answer(key)

    assert asyncio.run(play())["code"] == "blocked"


def test_coins_that_come_in_elsewhere_show_on_every_open_page(site: Site) -> None:
    room, viewer = make_room(), make_viewer(10)

    async def play() -> list[dict[str, Any]]:
        pages = [await join(site, room, viewer) for _ in range(2)]
        await asyncio.to_thread(recharge, viewer, 90)
        return [
            await page.until(lambda m: m["type"] == "wallet" and m["balance"] != 10)
            for page in pages
        ]

    told = asyncio.run(play())
    assert [message["balance"] for message in told] == [100, 100]


def test_who_signs_out_is_closed_on_every_page(site: Site) -> None:
    room, viewer = make_room(), make_viewer(10)
    client = Client()
    client.force_login(viewer, "django.contrib.auth.backends.ModelBackend")

    async def play() -> int:
        page = await join(site, room, viewer)
        await asyncio.to_thread(client.logout)
        return await page.closed()

    assert asyncio.run(play()) == 4401
