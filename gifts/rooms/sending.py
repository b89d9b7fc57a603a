"""Writing to viewers without ever waiting for one."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from gifts.rooms.frames import Frame

Send = Callable[[dict[str, Any]], Awaitable[None]]
# None: written. A task: the server takes it later, and this viewer is slow until then.
Written = asyncio.Task[None] | None

# What may wait in a connection before its viewer counts as slow.
MOST_WAITING_BYTES = 64 * 1024
MOST_PERSONAL = 100
# What the kernel may hold that it has not sent: a viewer who reads nothing costs so much, not
# megabytes. What is on its way is not limited, so that far viewers are not slower.
UNSENT_BYTES = 16 * 1024


class _Adopt:
    """Drives a coroutine on from the future that its first step produced."""

    __slots__ = ("coroutine", "future")

    def __init__(self, coroutine: Coroutine[Any, Any, None], future: Any) -> None:
        self.coroutine = coroutine
        self.future = future

    def __await__(self) -> Any:
        coroutine, future = self.coroutine, self.future
        while True:
            try:
                value = yield future
            except BaseException as error:
                try:
                    future = coroutine.throw(error)
                except StopIteration as stop:
                    return stop.value
            else:
                try:
                    future = coroutine.send(value)
                except StopIteration as stop:
                    return stop.value


def try_send(send: Send, message: dict[str, Any]) -> Written:
    """Write at once. None: written. A task: this viewer is slow, leave it alone until it is done.

    The server's `send` nearly always finishes without suspending, so it is stepped here and costs
    no task; where it suspends, that is the server saying that the viewer does not keep up.
    """
    coroutine: Any = send(message)
    try:
        future = coroutine.send(None)
    except StopIteration:
        return None

    async def finish() -> None:
        await _Adopt(coroutine, future)

    return asyncio.ensure_future(finish())


class Connection:
    """A socket of any ASGI server: one that Daphne serves is in direct.py.

    Where the server's `send` belongs to an object with an asyncio transport, as uvicorn's does,
    what waits in it can be seen and dropped.
    """

    __slots__ = ("send", "transport")

    def __init__(self, send: Send) -> None:
        self.send = send
        found = getattr(getattr(send, "__self__", None), "transport", None)
        self.transport: Any = found if isinstance(found, asyncio.Transport) else None
        if self.transport is not None:
            limit_unsent(self.transport.get_extra_info("socket"))

    def write(self, frame: Frame) -> Written:
        """Send at once, or leave a task that does when the server lets it."""
        return try_send(self.send, frame)

    def waiting(self) -> int:
        """The bytes that the server keeps for this connection, where it lets us see them."""
        return self.transport.get_write_buffer_size() if self.transport is not None else 0

    async def close(self, code: int) -> None:
        """Close an accepted socket with a code of docs/live-rooms.md."""
        await self.send({"type": "websocket.close", "code": code})

    def abort(self) -> None:
        """Drop the connection with all that waits in it, where the server lets us."""
        if self.transport is not None:
            self.transport.abort()


def limit_unsent(connected: Any) -> None:
    """Where the system knows how, keep little of what the other side does not read."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and hasattr(connected, "setsockopt"):
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)


class Viewer:
    """One open page. What it gets is bytes that it shares with the others of its room."""

    __slots__ = (
        "behind",
        "close",
        "connection",
        "index",
        "language",
        "me",
        "pending",
        "personal",
        "place_id",
        "slow_since",
        "user_id",
    )

    def __init__(
        self,
        *,
        connection: Connection,
        close: Callable[[int], None],
        place_id: int,
        user_id: int | None,
        me: dict[str, Any] | None,
        language: str,
    ) -> None:
        self.connection = connection
        self.close = close
        self.place_id = place_id
        self.user_id = user_id
        self.me = me
        self.language = language
        self.index = -1  # in the room's list
        self.pending: Written = None
        # It missed something: its next message is a snapshot.
        self.behind = False
        self.slow_since = 0.0
        self.personal: deque[Frame] = deque()

    def learn(self, message: dict[str, Any]) -> None:
        """What its person was told belongs into its next snapshot, too."""
        if self.me is not None and message["type"] == "wallet":
            self.me |= {"coins": message["balance"], "pseq": message["pseq"]}
        elif self.me is not None and message["type"] == "blocks":
            self.me |= {"blocked": message["people"]}

    def is_slow(self) -> bool:
        if self.pending is not None:
            if not self.pending.done():
                return True
            failed, self.pending = self.pending, None
            if failed.cancelled() or failed.exception():
                raise ConnectionResetError
        return self.connection.waiting() > MOST_WAITING_BYTES

    def fall_behind(self, now: float) -> None:
        """Its next frame of the room is a snapshot, when it keeps up again."""
        if not self.behind:
            self.behind, self.slow_since = True, now

    def offer(self, frame: Frame, now: float) -> None:
        """Send a frame of the room, unless the viewer is slow: then it is behind."""
        if self.behind or self.is_slow():
            self.fall_behind(now)
            return
        self.pending = self.connection.write(frame)

    def tell(self, frame: Frame) -> bool:
        """Send a personal message, now or when the viewer keeps up again; False: too many wait."""
        if self.personal or self.is_slow():
            self.personal.append(frame)
            return len(self.personal) <= MOST_PERSONAL
        self.pending = self.connection.write(frame)
        return True

    def catch_up(self, snapshot: Callable[["Viewer"], Frame]) -> None:
        """Send what waited, once the viewer takes it."""
        while self.personal and not self.is_slow():
            self.pending = self.connection.write(self.personal.popleft())
        if self.behind and not self.is_slow():
            self.behind = False
            self.pending = self.connection.write(snapshot(self))
