"""The sockets of this app."""

from channels.auth import AuthMiddlewareStack
from django.urls import path

from users.bells import SOCKET_PATH
from users.consumers import BellConsumer

websocket_urlpatterns = [
    path(SOCKET_PATH.lstrip("/"), AuthMiddlewareStack(BellConsumer.as_asgi())),
]
