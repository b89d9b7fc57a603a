"""Daphne, run from our own code: a deep backlog, a drained stop, frozen garbage.

Plain `daphne gifteconomy.asgi:application` and uvicorn serve the site as well; what they lack is
the drain. On SIGTERM this server stops accepting, runs the hooks that `SERVE_DRAIN_HOOKS` names
(each gets to say goodbye to its connections), lets requests finish, closes what is left of the
sockets with 1012 ("restarting") and ends.
"""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from django.utils.module_loading import import_string
from twisted.internet import defer, reactor

logger = logging.getLogger(__name__)

BACKLOG = 4096
SERVICE_RESTART = 1012
DrainHook = Callable[[], Awaitable[None]]


class AddressTaken(Exception):
    """Nobody can listen there; the text says why."""


def listening_socket(host: str, port: int) -> socket.socket:
    """Listen before anything else is loaded, so that a taken port is said at once.

    Connections inherit TCP_NODELAY: a small frame is sent when it is written.
    """
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressTaken(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    listener.setblocking(False)
    return listener


def lean_protocol(factory: Any) -> type[WebSocketProtocol]:
    """Daphne's protocol with the factory's options as its own, from the start.

    Autobahn else copies them to each connection and writes a debug message of them, which takes
    about as long as the rest of opening a socket, also when nobody logs it.
    """
    options = {name: getattr(factory, name) for name in factory.protocol.CONFIG_ATTRS}
    own = {name: staticmethod(one) if callable(one) else one for name, one in options.items()}
    return type("LeanWebSocketProtocol", (WebSocketProtocol,), own | {"CONFIG_ATTRS": []})


class Server(DaphneServer):
    """Daphne's server that can be drained."""

    def __init__(self, application: Any, listener: socket.socket, hooks: Iterable[DrainHook]):
        super().__init__(
            application,
            endpoints=["ours"],
            signal_handlers=False,
            websocket_max_message_size=settings.SOCKET_MESSAGE_BYTES,
            websocket_max_frame_size=settings.SOCKET_MESSAGE_BYTES,
            ready_callable=self.ready,
            verbosity=0,
            server_name="",
        )
        # Daphne would open sockets from descriptions; it gets our open one in `ready`.
        self.endpoints: list[str] = []
        self.listener = listener
        self.hooks = list(hooks)
        self.port: Any = None
        self.draining: asyncio.Task[None] | None = None

    def ready(self) -> None:
        """Daphne calls this when its factories are made, just before the loop runs."""
        self.port = reactor.adoptStreamPort(
            self.listener.fileno(), self.listener.family, self.http_factory
        )
        self.ws_factory.protocol = lean_protocol(self.ws_factory)
        # Twisted listens on a duplicate; this one would keep the port open.
        self.listener.close()
        loop = asyncio.get_event_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.begin_drain)
        # What was loaded until here stays for good: no collection need look at it again.
        gc.collect()
        gc.freeze()

    def begin_drain(self) -> None:
        """The first signal drains, a second one ends at once."""
        if self.draining:
            self.stop()
        else:
            self.draining = asyncio.get_event_loop().create_task(self.drain())

    async def drain(self) -> None:
        deadline = time.monotonic() + settings.SERVE_DRAIN_SECONDS
        self.port.stopListening()
        for hook in self.hooks:
            try:
                await asyncio.wait_for(hook(), max(0.1, deadline - time.monotonic()))
            except Exception:
                # One that fails must not keep the others from their connections.
                logger.exception("The drain hook %r failed.", hook)
        while self.requests_under_way() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocketProtocol):
                with contextlib.suppress(Exception):
                    protocol.sendCloseFrame(code=SERVICE_RESTART)
        await asyncio.sleep(0.1)
        self.stop()

    def requests_under_way(self) -> bool:
        return any(
            not isinstance(protocol, WebSocketProtocol)
            and "disconnected" not in details
            and not details["application_instance"].done()
            for protocol, details in self.connections.items()
            if "application_instance" in details
        )

    def kill_all_applications(self) -> Any:
        """As Daphne's, which fails when an application ended while its socket lives."""
        running = [
            details["application_instance"]
            for details in self.connections.values()
            if "application_instance" in details and not details["application_instance"].done()
        ]
        for application in running:
            application.cancel()
        gathered = asyncio.gather(*running, return_exceptions=True)
        return defer.Deferred.fromFuture(asyncio.ensure_future(gathered))


def serve(*, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when everything is drained. Raises AddressTaken."""
    listener = listening_socket(host, port)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # What the first request would import is imported now: its errors show at the start.
    import_module(settings.ROOT_URLCONF)
    module, _, name = settings.ASGI_APPLICATION.rpartition(".")
    application = getattr(import_module(module), name)
    hooks = [import_string(path) for path in settings.SERVE_DRAIN_HOOKS]
    Server(application, listener, hooks).run()
