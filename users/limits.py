"""How often something may be done: a token bucket in Valkey, shared by all processes.

    limits.hit("comment", user.pk, rate=10, per_seconds=60)          # a view
    await limits.ahit("comment", user.pk, rate=10, per_seconds=60)   # a consumer

A bucket holds `rate` tokens and fills up evenly within `per_seconds`; a hit takes one, or raises
`TooFast` with the seconds until the next.

When Valkey is away, hits pass: money is guarded in PostgreSQL, and a limit that fails must not stop
the site. Where the limit itself is the guard (sign-in, guessing), `closed=True` refuses instead.
"""

import logging
from typing import Any

from redis.exceptions import ConnectionError as ValkeyAway
from redis.exceptions import TimeoutError as ValkeySlow

from users import valkey
from users.errors import TooFast, Unavailable

log = logging.getLogger(__name__)

# One script, so that asking and taking are one step whatever other processes do. The time is
# Valkey's own: the clocks of web servers differ. Tokens are counted in microseconds of filling.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each, room, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0)
if full_at < now then full_at = now end
local wait = full_at + each * cost - (now + each * room)
if wait > 0 then return math.ceil(wait) end
if ARGV[4] == '1' then
  redis.call('SET', KEYS[1], string.format('%.0f', full_at + each * cost), 'PX',
             math.ceil(each * room / 1000) + 1)
end
return 0
"""


def hit(
    bucket: str, key: Any, *, rate: int, per_seconds: int, cost: int = 1, closed: bool = False
) -> None:
    """Take `cost` tokens; raises `TooFast`, or `Unavailable` if `closed` and Valkey is away."""
    _judge(_ask(bucket, key, rate, per_seconds, cost, take=True, closed=closed), bucket)


def require_left(
    bucket: str, key: Any, *, rate: int, per_seconds: int, closed: bool = False
) -> None:
    """Like `hit`, but takes nothing: for what is counted only when it goes wrong."""
    _judge(_ask(bucket, key, rate, per_seconds, 1, take=False, closed=closed), bucket)


async def ahit(
    bucket: str, key: Any, *, rate: int, per_seconds: int, cost: int = 1, closed: bool = False
) -> None:
    """`hit` for async code."""
    arguments = _arguments(bucket, key, rate, per_seconds, cost, take=True)
    try:
        wait = await valkey.async_client().eval(*arguments)
    except (ValkeyAway, ValkeySlow) as error:
        wait = _away(error, bucket, closed=closed)
    _judge(wait, bucket)


def forget(bucket: str, key: Any) -> None:
    """Fill a bucket again, for example after a success."""
    valkey.client().delete(_name(bucket, key))


def _ask(
    bucket: str, key: Any, rate: int, per_seconds: int, cost: int, *, take: bool, closed: bool
) -> int:
    arguments = _arguments(bucket, key, rate, per_seconds, cost, take=take)
    try:
        return int(valkey.client().eval(*arguments))
    except (ValkeyAway, ValkeySlow) as error:
        return _away(error, bucket, closed=closed)


def _arguments(
    bucket: str, key: Any, rate: int, per_seconds: int, cost: int, *, take: bool
) -> tuple[Any, ...]:
    each_microseconds = per_seconds * 1_000_000 // rate
    return TAKE, 1, _name(bucket, key), each_microseconds, rate, cost, int(take)


def _name(bucket: str, key: Any) -> str:
    return f"limit:{bucket}:{key}"


def _judge(wait_microseconds: int, bucket: str) -> None:
    if wait_microseconds > 0:
        raise TooFast(bucket=bucket, wait_seconds=-(-int(wait_microseconds) // 1_000_000))


def _away(error: Exception, bucket: str, *, closed: bool) -> int:
    log.warning("Valkey is away, limit %s %s: %s", bucket, "closed" if closed else "open", error)
    if closed:
        raise Unavailable() from error
    return 0
