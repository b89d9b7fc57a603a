"""One connection pool to Valkey per process, and one per event loop for async code."""

import asyncio
from functools import lru_cache
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

# A limit that cannot be asked quickly is no use to anybody who waits for a page.
PATIENCE_SECONDS = 1

_by_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis]" = WeakKeyDictionary()


def client() -> redis.Redis:
    return _client_of(settings.REDIS_URL)


@lru_cache
def _client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    )


def async_client() -> redis.asyncio.Redis:
    """The running loop's own client: its connections belong to that loop."""
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        _by_loop[loop] = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
        )
    return _by_loop[loop]
