"""A viewer's page as tests drive it: a real socket to a real server."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from creators.models import Stream
from gifts.rooms.tickets import issue_ticket
from tests.live import Site
from users.models import User

PATIENCE_SECONDS = 20
PARTS = (
    "totals", "counted", "viewers", "rules", "stream", "video", "goal", "board", "likes",
)  # fmt: skip


class Page:
    """Keeps everything that it was told, and the room's state as a page would."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.snapshots = 0
        self.seq = 0
        self.epoch = ""
        self.state: dict[str, Any] = {}

    async def say(self, type_: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": type_, "v": 1} | fields))

    async def hear(self) -> dict[str, Any]:
        frame = await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS)
        assert isinstance(frame, bytes)
        message = json.loads(frame)
        self.heard.append(message)
        if message["type"] == "snapshot":
            self.snapshots += 1
            self.epoch, self.seq, self.state = (message[n] for n in ("epoch", "seq", "state"))
        elif message["type"] == "tick":
            self.events += [e for e in message["events"] if e.get("seq", self.seq + 1) > self.seq]
            self.seq = max(self.seq, message["seq"])
            for name, part in message["state"].items():
                if part["version"] >= self.state.get(name, part)["version"]:
                    self.state[name] = part
        return message

    async def until(self, found: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Hear until a message is the one; earlier ones are looked at first."""
        for message in self.heard:
            if found(message):
                return message
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self.hear()
                if found(message):
                    return message

    async def answer(self, key: str) -> dict[str, Any]:
        return await self.until(lambda message: message.get("key") == key)

    async def until_seq(self, seq: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.seq < seq:
                await self.hear()

    async def closed(self) -> int:
        """Hear to the end; the close code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code or 0


def socket_address(site: Site, room: Stream) -> str:
    return f"{site.url.replace('http', 'ws', 1)}/live/{room.place.public_id}/socket/"


async def open_socket(site: Site, room: Stream, *, origin: str | None = "") -> ClientConnection:
    """A socket with the site's own origin, unless another (or None) is given."""
    headers = {} if origin is None else {"Origin": origin or site.url}
    return await connect(
        socket_address(site, room),
        additional_headers=headers,
        max_size=None,
        compression=None,
        ping_interval=None,
        open_timeout=PATIENCE_SECONDS,
    )


async def join(
    site: Site, room: Stream, user: User | None = None, *, resume: dict[str, Any] | None = None
) -> Page:
    """A page in the room that has heard its first message."""
    page = Page(await open_socket(site, room))
    await page.say("join", ticket=issue_ticket(place=room.place, user=user), resume=resume)
    if resume:
        page.state = {name: {"version": -1} for name in PARTS}
        page.seq = resume["seq"]
    await page.hear()
    return page
