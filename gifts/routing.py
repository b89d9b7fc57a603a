"""The sockets of this app."""

from typing import Any

from django.urls import path, re_path

from gifts.consumers import NO_SUCH_ROOM, RoomConsumer


async def no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.close", "code": NO_SUCH_ROOM})


# Sockets are routed as pages are, but what they lead to is an ASGI application.
websocket_urlpatterns = [
    path("live/<uuid:public_id>/socket/", RoomConsumer.as_asgi()),
    re_path("", no_such_socket),  # type: ignore[arg-type]
]
