"""One person of the crowd: a page, a socket, gifts with receipts, chat lines, and recharges."""

import asyncio
import contextlib
import json
import logging
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from gifteconomy.demo.crowd.browser import Browser, PageFailed

log = logging.getLogger(__name__)

VERSION = 1
ACK_SECONDS = 10
LONGEST_PAUSE = 30
BOUGHT_COINS = "1400"
AWAY = (OSError, WebSocketException, PageFailed, TimeoutError)


@dataclass(slots=True)
class Tally:
    """What the crowd has done, as the site has confirmed it."""

    gifts: int = 0
    coins: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    recharges: int = 0
    slowest: float = 0
    # Who watches the room, as it says itself.
    viewers: int = 0

    def refuse(self, code: str) -> None:
        self.refused[code] = self.refused.get(code, 0) + 1


@dataclass(slots=True)
class Wish:
    """A gift that was asked for and not answered yet."""

    message: dict[str, Any]
    since: float


class Member:
    """`link` signs the person in; without one they watch signed out."""

    def __init__(
        self, *, site: str, room: str, link: str, tally: Tally, chance: random.Random
    ) -> None:
        self.browser = Browser(site)
        self.site, self.room, self.link = site, room, link
        self.tally, self.chance = tally, chance
        self.socket: ClientConnection | None = None
        self.config: dict[str, Any] = {}
        self.wishes: dict[str, Wish] = {}
        self.seq = 0
        self.is_over = False
        self._buying: asyncio.Task[None] | None = None

    @property
    def is_here(self) -> bool:
        return self.socket is not None

    @property
    def may_send(self) -> bool:
        return self.is_here and bool(self.link) and not self.wishes and self._buying is None

    async def stay(self, slot: asyncio.Semaphore) -> None:
        """Be in the room until cancelled or the stream is over; come back when it was away."""
        attempt = 0
        while not self.is_over:
            try:
                async with slot:
                    await asyncio.to_thread(self._open_page)
                await self._be_in_room()
                attempt = 0
            except AWAY as error:
                log.info("%s: %s", self.room, error)
            finally:
                self.socket = None
            if not self.is_over:
                await asyncio.sleep(self.chance.uniform(0, min(LONGEST_PAUSE, 2**attempt)))
                attempt = min(attempt + 1, 6)

    def _open_page(self) -> None:
        """Sign in by a link of the demo, once, and take the room's ticket from its page."""
        if self.link and "sessionid" not in self.browser.cookies:
            self.browser.get(self.link)
        page = self.browser.get(self.room)
        if 'data-state="live"' not in page.text:
            self.is_over = True
            raise PageFailed(f"{self.room} has ended")
        self.config = page.json("room-config")

    async def _be_in_room(self) -> None:
        room = self.config["room"]
        address = self.site.replace("http", "ws", 1) + room["socket_url"]
        async with connect(
            address, origin=Origin(self.browser.origin), compression=None, proxy=None
        ) as socket:
            await self._say(socket, {"type": "join", "ticket": room["ticket"], "resume": None})
            acks = asyncio.ensure_future(self._ack(socket))
            try:
                async for frame in socket:
                    await self._hear(socket, json.loads(frame))
            finally:
                acks.cancel()
                self.socket = None

    async def _ack(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(ACK_SECONDS)
            await self._say(socket, {"type": "ack", "seq": self.seq})

    async def _say(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        await socket.send(json.dumps(message | {"v": VERSION}))

    # --- hearing ----------------------------------------------------------------------------------
    async def _hear(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind in ("snapshot", "tick"):
            self.seq = message["seq"]
            state = message.get("state", {})
            if viewers := state.get("viewers"):
                self.tally.viewers = viewers["count"]
            if stream := state.get("stream"):
                self.is_over = self.is_over or not stream["open"]
        if kind == "snapshot":
            self.socket = socket
            # What was not answered before the connection was lost, under the same keys.
            for wish in self.wishes.values():
                await self._say(socket, wish.message)
        elif kind == "receipt" and self._answered(message):
            self.tally.gifts += 1
            self.tally.coins += message["coins"]
        elif kind == "refusal":
            self._answered(message)
            self.tally.refuse(message["code"])
            if message["code"] == "insufficient_coins" and self._buying is None:
                self._buying = asyncio.ensure_future(self._buy())

    def _answered(self, message: dict[str, Any]) -> bool:
        """Whether this is the answer to a gift that waits for one."""
        wish = self.wishes.pop(message.get("key") or "", None)
        if wish:
            self.tally.slowest = max(self.tally.slowest, time.monotonic() - wish.since)
        return wish is not None

    async def _try_to_say(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        with contextlib.suppress(*AWAY):
            await self._say(socket, message)

    # --- doing ------------------------------------------------------------------------------------
    async def send_gift(self, gift: dict[str, Any], quantity: int) -> None:
        key = f"crowd-{secrets.token_urlsafe(12)}"
        message = {
            "type": "send_gift",
            "key": key,
            "gift": gift["slug"],
            "quantity": quantity if gift["streakable"] else 1,
            "price_coins": gift["coins"],
            "rate_card": self.config["rate_card"],
            "confirmed": True,
        }
        self.wishes[key] = Wish(message, time.monotonic())
        if self.socket:
            await self._try_to_say(self.socket, message)

    async def chat(self, text: str) -> None:
        if self.socket:
            key = f"crowd-{secrets.token_urlsafe(12)}"
            await self._try_to_say(self.socket, {"type": "chat", "key": key, "text": text})
            self.tally.lines += 1

    async def _buy(self) -> None:
        try:
            await asyncio.to_thread(self.recharge)
            self.tally.recharges += 1
        except AWAY as error:
            log.warning("a recharge failed: %s", error)
        finally:
            self._buying = None

    def recharge(self) -> None:
        """Buy coins on the site's own pages: choose a pack, agree, pay, come back."""
        page = self.browser.get(f"/wallet/recharge/?{urlencode({'next': self.room})}")
        order = page.form(id="order")
        payment = self.browser.submit(page, order, choice=BOUGHT_COINS, consent="on")
        back = self.browser.submit(payment, payment.form(), do="pay")
        if 'data-state="credited"' not in back.text and back.url.startswith("/wallet/"):
            raise PageFailed(f"{back.url}: no coins came")
