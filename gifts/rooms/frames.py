"""A message as it goes to viewers: encoded once, shared by all of them."""

from typing import Any

from gifts.rooms import bus

BINARY = 0x82  # a whole binary message in one frame, as servers send it: unmasked


class Frame(dict[str, Any]):
    """An ASGI message, and the same as bytes on the wire. Shared: nobody changes it."""

    __slots__ = ("wire",)

    def __init__(self, payload: bytes) -> None:
        super().__init__(type="websocket.send", bytes=payload)
        self.wire = wire_of(payload)


def frame_of(message: dict[str, Any]) -> Frame:
    return Frame(bus.encode(message))


def wire_of(payload: bytes) -> bytes:
    """A binary WebSocket frame (RFC 6455, section 5.2) of a server, without an extension."""
    size = len(payload)
    if size < 126:
        return bytes((BINARY, size)) + payload
    if size < 65_536:
        return bytes((BINARY, 126)) + size.to_bytes(2, "big") + payload
    return bytes((BINARY, 127)) + size.to_bytes(8, "big") + payload
