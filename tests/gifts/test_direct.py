"""Writing to Daphne's sockets ourselves puts the same bytes on the wire as Daphne does."""

import asyncio
import contextlib
import select
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from autobahn.exception import PayloadExceededError
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import LazySettings
from twisted.internet import main, tcp

from gifts.rooms.direct import DaphneConnection, DirectConnection, connection_of
from gifts.rooms.frames import Frame, wire_of
from gifts.rooms.sending import Connection

SIZES = [1, 2, 125, 126, 127, 65_535, 65_536, 65_537, 300_000]
MOST_BYTES = 1_000_000


class Loop:
    """What Twisted's transport asks of its reactor; the test says when the loop turns."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()

    def addWriter(self, transport: Any) -> None:
        self.writers.add(transport)

    def removeWriter(self, transport: Any) -> None:
        self.writers.discard(transport)

    def removeReader(self, transport: Any) -> None:
        """Nobody reads here."""


class Line:
    """A real Daphne protocol on a real transport of Twisted's, and the other end of its socket."""

    def __init__(self, *, small: bool = False) -> None:
        near, self.far = socket.socketpair()
        if small:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        self.far.setblocking(False)
        self.loop = Loop()
        factory = WebSocketFactory(None)
        factory.setProtocolOptions(openHandshakeTimeout=0, maxMessagePayloadSize=MOST_BYTES)
        self.protocol = WebSocketProtocol()
        self.protocol.factory = factory
        self.transport = tcp.Connection(near, self.protocol, self.loop)
        self.transport.connected = 1
        self.transport.getPeer = lambda: None
        self.transport.setTcpNoDelay = lambda on: None
        self.protocol.makeConnection(self.transport)
        self.protocol.state = WebSocketProtocol.STATE_OPEN
        self.protocol.client_addr = None
        self.end: Any = None

    async def reply(self, protocol: WebSocketProtocol, message: dict[str, Any]) -> None:
        protocol.handle_reply(message)

    @property
    def send(self) -> Any:
        """As Daphne hands it out."""
        return partial(self.reply, self.protocol)

    def turn(self) -> None:
        """What the loop does with a socket that can be written."""
        if self.loop.writers and select.select([], [self.transport.socket], [], 0)[1]:
            self.end = self.transport.doWrite()

    def read(self) -> bytes:
        """All that comes out while the loop turns."""
        got = bytearray()
        while True:
            self.turn()
            try:
                data = self.far.recv(1 << 20)
            except BlockingIOError:
                if not self.loop.writers:
                    return bytes(got)
                continue
            if not data:
                return bytes(got)
            got += data


@pytest.fixture
def lines() -> Iterator[Any]:
    made: list[Line] = []

    def line(**options: Any) -> Line:
        made.append(Line(**options))
        return made[-1]

    yield line
    for one in made:
        one.far.close()
        one.transport.socket.close()


def payload(size: int, number: int = 0) -> bytes:
    return bytes((number + position) % 251 for position in range(size))


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    """`write` may be called in a running loop only."""
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        asyncio.events._set_running_loop(loop)
        yield
        asyncio.events._set_running_loop(None)


@pytest.mark.parametrize("size", SIZES)
def test_same_bytes_as_daphnes_own_way(lines: Any, size: int) -> None:
    ours, theirs = lines(), lines()
    connection = connection_of(ours.send)
    assert type(connection) is DirectConnection
    frame = Frame(payload(size))
    assert connection.write(frame) is None
    assert DaphneConnection(theirs.send, theirs.protocol).write(frame) is None
    assert ours.read() == theirs.read() == wire_of(frame["bytes"])


def test_frame_is_on_the_wire_without_a_turn_of_the_loop(lines: Any) -> None:
    ours, theirs = lines(), lines()
    frame = Frame(b"now")
    connection_of(ours.send).write(frame)
    DaphneConnection(theirs.send, theirs.protocol).write(frame)
    assert ours.far.recv(100) == wire_of(b"now")
    with pytest.raises(BlockingIOError):
        theirs.far.recv(100)


def test_what_the_kernel_does_not_take_follows_in_order(lines: Any) -> None:
    ours, theirs = lines(small=True), lines(small=True)
    direct, plain = connection_of(ours.send), DaphneConnection(theirs.send, theirs.protocol)
    for number, size in enumerate([50_000, 10, 300_000, 126, 65_536, 1]):
        for line, connection in ((ours, direct), (theirs, plain)):
            connection.write(Frame(payload(size, number)))
            line.protocol.sendPing(b"between")
            line.turn()
    assert direct.waiting() > 300_000
    assert ours.read() == theirs.read()
    assert direct.waiting() == 0
    # And again at once, now that nothing waits.
    direct.write(Frame(b"after"))
    assert ours.far.recv(100) == wire_of(b"after")


def test_frames_behind_one_that_waits_wait_too(lines: Any) -> None:
    line = lines()
    connection = connection_of(line.send)
    line.protocol.sendMessage(b"first", True)
    connection.write(Frame(b"second"))
    assert line.read() == wire_of(b"first") + wire_of(b"second")


def test_other_end_that_is_gone_ends_as_daphne_ends_it(lines: Any) -> None:
    line = lines()
    connection = connection_of(line.send)
    line.far.close()
    connection.write(Frame(b"into the void"))
    line.turn()
    assert line.end is main.CONNECTION_LOST


@pytest.mark.parametrize("state", ["STATE_CLOSING", "STATE_CLOSED"])
def test_closed_socket_is_not_written(lines: Any, state: str) -> None:
    line = lines()
    connection = connection_of(line.send)
    line.protocol.state = getattr(WebSocketProtocol, state)
    with pytest.raises(ConnectionResetError):
        connection.write(Frame(b"late"))
    assert line.read() == b""


def test_what_is_too_large_is_refused_as_daphne_refuses_it(lines: Any) -> None:
    line = lines()
    with pytest.raises(PayloadExceededError):
        connection_of(line.send).write(Frame(payload(MOST_BYTES + 1)))
    assert line.read() == b""


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("transport", "TLS", True),
        ("transport", "socket", object()),
        ("transport", "dataBuffer", []),
        ("protocol", "_perMessageCompress", object()),
        ("protocol", "maskServerFrames", True),
        ("protocol", "autoFragmentSize", 100),
        ("protocol", "logFrames", True),
    ],
)
def test_anything_unexpected_goes_daphnes_way(
    lines: Any, part: str, name: str, value: object
) -> None:
    line = lines()
    before = getattr(getattr(line, part), name)
    setattr(getattr(line, part), name, value)
    assert type(connection_of(line.send)) is DaphneConnection
    setattr(getattr(line, part), name, before)


def test_setting_switches_it_off(lines: Any, settings: LazySettings) -> None:
    settings.DIRECT_WRITES = False
    assert type(connection_of(lines().send)) is DaphneConnection


def test_another_server_is_written_as_asgi_says() -> None:
    async def send(message: dict[str, Any]) -> None:
        """Some server's."""

    assert type(connection_of(send)) is Connection
