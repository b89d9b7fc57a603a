"""The door of the media server: it asks whether an encoder may broadcast and says when it went.

Whoever can speak here says who is live, so the address holds a secret, and LIVE_HOOK_ADDRESSES may
name where it is asked from. Answers are 2xx or 4xx and never a redirect: nginx-rtmp takes one for a
yes.
"""

import ipaddress
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from creators.actions.broadcasting import begin_broadcast, keep_broadcast, pause_broadcast
from creators.errors import WrongStreamKey
from users import limits
from users.errors import Refusal

LARGEST_BYTES = 8_192
# In a minute, from one address.
WRONG_SECRETS = 10
WRONG_KEYS = 20
# What the media server says itself. Each must be there once: the parameters of the encoder's own
# address are appended to the same form, and must not speak in the media server's name.
OWN_FIELDS = ("call", "name", "clientid", "addr", "app")

Door = Callable[[HttpRequest], None]


def media_server_only(door: Door) -> Callable[..., HttpResponse]:
    """The door is opened to who knows the secret, from where the media server is."""

    @csrf_exempt
    @require_POST
    @wraps(door)
    def guarded(request: HttpRequest, secret: str) -> HttpResponse:
        address = _asked_from(request)
        try:
            limits.require_left("live-hook", address, rate=WRONG_SECRETS, per_seconds=60)
            if not _knows(secret) or not _is_from_media_server(address):
                limits.hit("live-hook", address, rate=WRONG_SECRETS, per_seconds=60)
                raise PermissionDenied
            if len(request.body) > LARGEST_BYTES:
                return _refused(413, "too_large")
            door(request)
        except Refusal as refused:
            return _refused(refused.status, refused.code)
        return HttpResponse(status=204)

    return guarded


def _refused(status: int, code: str) -> HttpResponse:
    return HttpResponse(code, status=status, content_type="text/plain")


def _asked_from(request: HttpRequest) -> str:
    """Beside the site the media server asks without the proxy, and then says no other address."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def _knows(secret: str) -> bool:
    """Without a secret of its own the site knows no media server."""
    expected = settings.LIVE_HOOK_SECRET
    return bool(expected) and constant_time_compare(secret, expected)


def _is_from_media_server(address: str) -> bool:
    allowed = settings.LIVE_HOOK_ADDRESSES
    if not allowed:
        return True
    try:
        asked = ipaddress.ip_address(address)
        return any(asked in ipaddress.ip_network(one, strict=False) for one in allowed)
    except (ValueError, TypeError):
        return False


@media_server_only
def nginx_rtmp(request: HttpRequest) -> None:
    """`on_publish`, `on_update` and `on_publish_done`, as forms."""
    said = {}
    for name in OWN_FIELDS:
        values = request.POST.getlist(name)
        if len(values) > 1:
            raise WrongStreamKey()
        said[name] = values[0] if values else ""
    name, connection = said["name"], f"{said['addr']} {said['clientid']}"[:100]
    if said["call"] == "publish":
        _begin(said["addr"], name, _one(request.POST.getlist("key")), connection)
    elif said["call"] in ("update", "update_publish"):
        keep_broadcast(name=name, connection=connection)
    elif said["call"] == "publish_done":
        pause_broadcast(name=name, connection=connection)
    else:
        raise PermissionDenied


@media_server_only
def mediamtx(request: HttpRequest) -> None:
    """`authHTTPAddress` as JSON; and as forms what its `runOnReady` and `runOnNotReady` send."""
    if request.content_type != "application/json":
        _mediamtx_event(request)
        return
    said = _json(request)
    if said["action"] == "read":
        # Pictures are for everybody.
        return
    if said["action"] != "publish":
        raise PermissionDenied
    keys = [parse_qs(said["query"]).get("key", []), [said["password"]], [said["token"]]]
    secret = next((_one(found) for found in keys if _one(found)), "")
    _begin(said["ip"], _name(said["path"]), secret, said["id"][:100])


def _mediamtx_event(request: HttpRequest) -> None:
    name, connection = _name(request.POST.get("path", "")), request.POST.get("id", "")[:100]
    if request.POST.get("event") == "ready":
        keep_broadcast(name=name, connection=connection)
    elif request.POST.get("event") == "not_ready":
        pause_broadcast(name=name, connection=connection)
    else:
        raise PermissionDenied


def _begin(address: str, name: str, secret: str, connection: str) -> None:
    """Wrong keys are counted by where the encoder is."""
    limits.require_left("stream-key", address, rate=WRONG_KEYS, per_seconds=60)
    try:
        begin_broadcast(name=name, secret=secret, connection=connection)
    except WrongStreamKey:
        limits.hit("stream-key", address, rate=WRONG_KEYS, per_seconds=60)
        raise


def _one(values: list[str]) -> str:
    return values[0] if len(values) == 1 else ""


def _name(path: str) -> str:
    """`live/<name>` or `<name>`."""
    return path.rpartition("/")[2]


def _json(request: HttpRequest) -> dict[str, str]:
    try:
        said: Any = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PermissionDenied from error
    if not isinstance(said, dict):
        raise PermissionDenied
    names = ("action", "path", "query", "id", "ip", "password", "token")
    return {name: str(said.get(name) or "") for name in names}
