"""Sockets are opened by our own pages only: scheme, host and port are compared."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Application = Callable[..., Awaitable[None]]


class OwnOrigin:
    """ASGI middleware: a socket without an origin, or with a foreign one, is not accepted.

    As Django's CSRF check: the origin is the request's own scheme and (allowed) host, or one of
    CSRF_TRUSTED_ORIGINS. A page elsewhere could otherwise use the visitor's socket.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_own(scope):
            await self.application(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


def is_own(scope: dict[str, Any]) -> bool:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    if not origin or origin == "null":
        return False
    if _normal(origin) in {_normal(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS}:
        return True
    host = headers.get(b"host", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    return _normal(origin) == _normal(f"{_scheme(scope, headers)}://{host}")


def _scheme(scope: dict[str, Any], headers: dict[bytes, str]) -> str:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        said = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower().encode(), "")
        return "https" if said.split(",")[0].strip() == value else "http"
    return "https" if scope.get("scheme") in ("wss", "https") else "http"


def _normal(origin: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(origin)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ("", "", 0)
    return (parts.scheme, parts.hostname or "", port)
