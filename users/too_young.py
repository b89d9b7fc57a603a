"""Remembers for a day that somebody at this browser was too young, so that nobody tries dates.

The browser holds a signed cookie with a random id; that it was refused stands in the cookie and,
under the id, in the cache, so an older copy of the cookie does not help. Who clears all cookies
gets past this; a limit per address makes guessing slow all the same.
"""

import secrets

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from users import limits
from users.errors import TooFast

COOKIE = "entrance"
SALT = "users.too_young"
REFUSED = ".refused"
DAY_SECONDS = 24 * 3600
PER_ADDRESS = 10


def is_remembered(request: HttpRequest) -> bool:
    value = _cookie(request)
    if value is None:
        return False
    return value.endswith(REFUSED) or cache.get(_name(value)) is not None


def require_address_not_guessing(request: HttpRequest) -> None:
    """Raises `TooFast` when too many answers from this address were too young."""
    address = get_adapter().get_client_ip(request)
    limits.require_left(
        "too_young", address, rate=PER_ADDRESS, per_seconds=DAY_SECONDS, closed=True
    )


def mark_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser that opens the sign-up page an id, before it answers."""
    if _cookie(request) is None:
        _set_cookie(response, secrets.token_urlsafe(16))


def remember(request: HttpRequest, response: HttpResponse) -> None:
    browser = (_cookie(request) or secrets.token_urlsafe(16)).removesuffix(REFUSED)
    cache.set(_name(browser), 1, timeout=DAY_SECONDS)
    _set_cookie(response, browser + REFUSED)
    try:
        address = get_adapter().get_client_ip(request)
        limits.hit("too_young", address, rate=PER_ADDRESS, per_seconds=DAY_SECONDS, closed=True)
    except TooFast:
        # The next answer from this address is refused unread.
        return


def _cookie(request: HttpRequest) -> str | None:
    try:
        return request.get_signed_cookie(COOKIE, salt=SALT, max_age=DAY_SECONDS)
    except (KeyError, BadSignature):
        return None


def _set_cookie(response: HttpResponse, value: str) -> None:
    response.set_signed_cookie(
        COOKIE,
        value,
        salt=SALT,
        max_age=DAY_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _name(browser: str) -> str:
    return f"too-young:{browser}"
