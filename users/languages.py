"""The language of who reads: as the site chooses it for the pages of the same browser."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils.translation import get_language_from_request


def language_of(scope: Mapping[str, Any]) -> str:
    """By the cookie and the headers that a browser opened a socket with."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    request = HttpRequest()
    request.COOKIES = parse_cookie(headers.get(b"cookie", ""))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", "")
    return get_language_from_request(request)
