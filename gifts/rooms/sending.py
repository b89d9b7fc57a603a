"""Writing to viewers without ever waiting for one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

# What may wait in a connection before its viewer counts as slow.
MOST_WAITING_BYTES = 256 * 1024
MOST_PERSONAL = 100


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


def try_send(send: Send, message: dict[str, Any]) -> "asyncio.Task[None] | None":
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


def waiting_bytes(send: Send) -> int:
    """What the server keeps for this connection, where it lets us see it.

    Daphne's transport keeps what it could not write in a list without limit.
    """
    transport = getattr(_daphne_protocol(send), "transport", None)
    buffer = getattr(transport, "dataBuffer", None)
    if buffer is None:
        return 0
    return len(buffer) - getattr(transport, "offset", 0) + getattr(transport, "_tempDataLen", 0)


async def close_socket(send: Send, code: int) -> None:
    """Close an accepted socket with a code of docs/live-rooms.md.

    Daphne's way of closing knows 1000 and 3000 to 4999 only; its close frame takes any.
    """
    protocol = _daphne_protocol(send)
    if protocol is not None and hasattr(protocol, "sendCloseFrame"):
        protocol.sendCloseFrame(code=code)
    else:
        await send({"type": "websocket.close", "code": code})


def _daphne_protocol(send: Send) -> Any:
    """Daphne hands out a partial of its protocol; other servers something else."""
    arguments = getattr(send, "args", None)
    return arguments[0] if arguments else None


class Viewer:
    """One open page. What it gets is bytes that it shares with the others of its room."""

    __slots__ = (
        "behind",
        "close",
        "index",
        "me",
        "pending",
        "personal",
        "place_id",
        "send",
        "slow_since",
        "user_id",
    )

    def __init__(
        self,
        *,
        send: Send,
        close: Callable[[int], None],
        place_id: int,
        user_id: int | None,
        me: dict[str, Any] | None,
    ) -> None:
        self.send = send
        self.close = close
        self.place_id = place_id
        self.user_id = user_id
        self.me = me
        self.index = -1  # in the room's list
        self.pending: asyncio.Task[None] | None = None
        # It missed something: its next message is a snapshot.
        self.behind = False
        self.slow_since = 0.0
        self.personal: deque[dict[str, Any]] = deque()

    def is_slow(self) -> bool:
        if self.pending is not None:
            if not self.pending.done():
                return True
            failed, self.pending = self.pending, None
            if failed.cancelled() or failed.exception():
                raise ConnectionResetError
        return waiting_bytes(self.send) > MOST_WAITING_BYTES

    def offer(self, frame: dict[str, Any], now: float) -> None:
        """Send a frame of the room, unless the viewer is slow: then it is behind."""
        if self.behind or self.is_slow():
            if not self.behind:
                self.behind, self.slow_since = True, now
            return
        self.pending = try_send(self.send, frame)

    def tell(self, frame: dict[str, Any]) -> bool:
        """Send a personal message, now or when the viewer keeps up again; False: too many wait."""
        if self.personal or self.is_slow():
            self.personal.append(frame)
            return len(self.personal) <= MOST_PERSONAL
        self.pending = try_send(self.send, frame)
        return True

    def catch_up(self, snapshot: Callable[["Viewer"], dict[str, Any]]) -> None:
        """Send what waited, once the viewer takes it."""
        while self.personal and not self.is_slow():
            self.pending = try_send(self.send, self.personal.popleft())
        if self.behind and not self.is_slow():
            self.behind = False
            self.pending = try_send(self.send, snapshot(self))
