"""A WebSocket peer that behaves as no browser does: it decides itself when it reads."""

import json
import socket
from contextlib import suppress

from creators.models import Stream
from gifts.rooms.tickets import issue_ticket
from tests.live import Site

PATIENCE_SECONDS = 60
SMALL_BYTES = 4_096


class RawPeer:
    """Joined as an anonymous viewer; what its own kernel takes for it is small."""

    def __init__(self, site: Site, room: Stream) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", site.port))
        path = f"/live/{room.place.public_id}/socket/"
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{site.port}",
            f"Origin: {site.url}",
            *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer
        self.say("join", ticket=issue_ticket(place=room.place, user=None), resume=None)

    def say(self, type_: str, **fields: object) -> None:
        self.send(1, json.dumps({"type": type_, "v": 1} | fields).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        """One frame, under a mask of zeros."""
        size = len(payload)
        head = bytes((0x80 | opcode,))
        head += bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self.socket.sendall(head + bytes(4) + payload)

    def read_to_the_end(self) -> bytes:
        """All that the server sent before it closed the connection, or dropped it."""
        got = bytearray()
        with suppress(ConnectionError):
            while data := self.socket.recv(65_536):
                got += data
        return bytes(got)
