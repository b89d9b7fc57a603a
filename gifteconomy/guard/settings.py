"""The settings that production refuses. It is read while the settings load and needs none."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

DEVELOPMENT_KEY = "development-only-secret-key"
SHORTEST_KEY = 50
SHORTEST_HOOK_SECRET = 32
NOT_REAL = (".test", ".example", ".invalid", ".localhost", ".local")


def settings_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """The sentences about a production's settings; none means that it may start."""
    key = values["SECRET_KEY"]
    if not key:
        yield "SECRET_KEY is missing: set it to a long random text, and keep it secret."
    elif key == DEVELOPMENT_KEY or len(key) < SHORTEST_KEY:
        yield f"SECRET_KEY is not secret: use at least {SHORTEST_KEY} random characters."
    if values["DEBUG"]:
        yield "DEBUG is on: it shows settings and code to every visitor."
    if values["DEMO"]:
        yield "DEMO is on: its people sign in without a password."
    hosts = values["ALLOWED_HOSTS"]
    if not hosts:
        yield "ALLOWED_HOSTS is empty: name the site's own host names."
    elif any(host.strip(".") in ("", "*") for host in hosts):
        yield "ALLOWED_HOSTS is open to every name: name the site's own host names."
    if not values["SITE_URL"].startswith("https://"):
        yield "SITE_URL is not an https address: name the one that people use."
    if "offline" in values["PAYMENT_METHODS"] and not values["OFFLINE_CONFIRMED_BY_STAFF"]:
        yield (
            "OFFLINE_CONFIRMED_BY_STAFF is off while PAYMENT_METHODS has offline:"
            " buyers could give themselves coins without paying."
        )
    if values["MANUAL_RAIL_PAYS_ITSELF"]:
        yield "MANUAL_RAIL_PAYS_ITSELF is on: it marks payouts as paid that nobody paid."
    if values["LIVE_VIDEO"] != "none" and len(values["LIVE_HOOK_SECRET"]) < SHORTEST_HOOK_SECRET:
        yield (
            f"LIVE_HOOK_SECRET is not secret: use at least {SHORTEST_HOOK_SECRET} random"
            " characters, or anybody could say who is live."
        )
    for name, value in values.items():
        if name.endswith("_API_URL") and value and not real_address(value):
            yield f"{name}={value} is not the real provider's address."


def real_address(url: str) -> bool:
    """Whether a provider's address is one of the internet's, reached in secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith(NOT_REAL):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def check_settings(values: Mapping[str, Any]) -> None:
    """Called at the end of settings: no door of the site opens on a production that is not one."""
    if problems := list(settings_problems(values)):
        raise ImproperlyConfigured(" ".join(problems))
