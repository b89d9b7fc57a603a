"""Daphne's sockets from the inside. All that we know of its private parts is in this file.

Daphne's own way takes a frame through Autobahn to a list of Twisted's, asks the loop to say when
the socket can be written, and writes it a turn later: 80 to 100 µs a frame. The direct way makes
the system call at once and hands Twisted only what the kernel did not take: about 15 µs. The bytes
on the wire are the same. Where anything is not as expected, Daphne's own way is used.

The call keeps Python's lock. It does not block, and `socket.send` would give the lock away for each
viewer: while the gift desk computes in its thread, every frame would then wait to get it back.
"""

import ctypes
import socket
from collections.abc import Callable
from typing import Any

from django.conf import settings

from gifts.rooms.frames import Frame
from gifts.rooms.sending import Connection, Send, Written, limit_unsent

SystemSend = Callable[[int, bytes, int, int], int]


def find_system_send() -> SystemSend | None:
    """send(2) of the system's library, without giving Python's lock away; -1 on any error."""
    try:
        send = ctypes.PyDLL(None).send
    except (AttributeError, OSError, TypeError):
        return None
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t
    return send


SYSTEM_SEND = find_system_send()
NOW = getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0)


class DaphneConnection(Connection):
    """What Daphne's protocol tells and can do beyond ASGI; frames go Daphne's way."""

    __slots__ = ("protocol",)

    def __init__(self, send: Send, protocol: Any) -> None:
        super().__init__(send)
        self.protocol = protocol
        self.transport = protocol.transport
        limit_unsent(getattr(self.transport, "socket", None))

    def waiting(self) -> int:
        transport = self.transport
        try:
            buffered = len(transport.dataBuffer) - transport.offset
            return buffered + transport._tempDataLen
        except AttributeError:
            return 0

    async def close(self, code: int) -> None:
        """Daphne's way of closing knows 1000 and 3000 to 4999; its close frame takes any code.

        Who does not answer the frame is dropped by Autobahn after a second.
        """
        self.protocol.sendCloseFrame(code=code)

    def abort(self) -> None:
        self.transport.abortConnection()


class DirectConnection(DaphneConnection):
    """Frames go to the socket at once."""

    __slots__ = ("number", "system_send")

    def __init__(self, send: Send, protocol: Any, system_send: SystemSend) -> None:
        super().__init__(send, protocol)
        self.system_send = system_send
        # Asked each time: a socket that was closed has none, and never another's.
        self.number = self.transport.socket.fileno

    def write(self, frame: Frame) -> Written:
        protocol, transport, wire = self.protocol, self.transport, frame.wire
        if protocol.state != protocol.STATE_OPEN:
            raise ConnectionResetError("the socket is closed")
        if 0 < protocol.maxMessagePayloadSize < len(frame["bytes"]) or protocol.send_queue:
            return super().write(frame)
        sent = 0
        # What waits goes first; a transport that ends or is not connected knows what to do.
        if (
            not transport._tempDataLen
            and not transport.dataBuffer
            and transport.connected
            and not transport.disconnecting
        ):
            # An error is found again, and dealt with, by Twisted.
            sent = max(0, self.system_send(self.number(), wire, len(wire), NOW))
        if sent < len(wire):
            transport.write(wire[sent:] if sent else wire)
        return None


def connection_of(send: Send) -> Connection:
    """The best way to write to a socket that a server handed out."""
    protocol = daphne_protocol(send)
    if protocol is None:
        return Connection(send)
    if settings.DIRECT_WRITES and SYSTEM_SEND is not None and is_as_expected(protocol):
        return DirectConnection(send, protocol, SYSTEM_SEND)
    return DaphneConnection(send, protocol)


def daphne_protocol(send: Send) -> Any:
    """Daphne hands out a partial of its protocol; other servers something else."""
    arguments = getattr(send, "args", None)
    protocol = arguments[0] if arguments else None
    known = ("transport", "sendCloseFrame", "state", "send_queue")
    return protocol if all(hasattr(protocol, name) for name in known) else None


def is_as_expected(protocol: Any) -> bool:
    """Whether frames of ours are what Autobahn would write, on a plain TCP socket of Twisted's."""
    transport = protocol.transport
    return (
        type(getattr(transport, "socket", None)) is socket.socket
        and not getattr(transport, "TLS", True)
        and isinstance(getattr(transport, "dataBuffer", None), bytes)
        and isinstance(getattr(transport, "_tempDataLen", None), int)
        and isinstance(getattr(transport, "offset", None), int)
        and all(hasattr(transport, name) for name in ("connected", "disconnecting", "write"))
        and getattr(protocol, "_perMessageCompress", True) is None
        and getattr(protocol, "maskServerFrames", True) is False
        and getattr(protocol, "autoFragmentSize", 1) == 0
        and getattr(protocol, "logFrames", True) is False
        and getattr(protocol, "logOctets", True) is False
        and isinstance(getattr(protocol, "maxMessagePayloadSize", None), int)
    )
