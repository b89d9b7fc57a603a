"""What a web process has one of: the hub, the gift desk and the publisher.

They start with the first request or socket, when there is a loop, and end with a drain.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from gifts import desk
from gifts.rooms import bus
from gifts.rooms.hub import Hub

Application = Callable[..., Awaitable[None]]

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The running loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class Rooms:
    """ASGI application: opens the desk of its process before it serves anything."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        bus.start_publisher()
        desk.open_desk()
        await self.application(scope, receive, send)


async def drain() -> None:
    """Say goodbye to all viewers and serve the gifts that wait; for SERVE_DRAIN_HOOKS."""
    loop = asyncio.get_running_loop()
    for one in list(_hubs.values()):
        await one.drain()
    await loop.run_in_executor(None, desk.close_desk)
