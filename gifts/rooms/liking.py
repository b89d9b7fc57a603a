"""Likes: free, counted in Valkey for all processes, and told as one number."""

import time
from collections import defaultdict
from collections.abc import Callable

from redis.exceptions import RedisError

from gifts.messages import MOST_LIKES
from gifts.rooms import bus
from users import valkey

FLUSH_SECONDS = 0.4
PER_SECOND = 8  # of one person, in all of their pages and processes
BURST = 16
# A crowd that taps: more people than these in one room wait for the next flush.
PEOPLE_AT_ONCE = 5_000

# One step for all who tapped in a place: what each may is added to the count, the rest is dropped.
# The count begins where the database knows that it was. Times are milliseconds of Valkey's clock.
COUNT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local each, burst = tonumber(ARGV[2]), tonumber(ARGV[3])
local taken = 0
for i = 5, #ARGV, 2 do
  local full_at = tonumber(redis.call('HGET', KEYS[2], ARGV[i]) or 0)
  if full_at < now then full_at = now end
  local may = math.min(tonumber(ARGV[i + 1]), math.floor((now + burst - full_at) / each))
  if may > 0 then
    redis.call('HSET', KEYS[2], ARGV[i], string.format('%.0f', full_at + may * each))
    taken = taken + may
  end
end
local count = tonumber(redis.call('GET', KEYS[1]) or 0)
if count < tonumber(ARGV[1]) then count = tonumber(ARGV[1]) end
count = count + taken
redis.call('SET', KEYS[1], string.format('%.0f', count), 'EX', ARGV[4])
redis.call('EXPIRE', KEYS[2], 60)
if taken > 0 then
  local said = '[{"type":"likes","count":' .. string.format('%.0f', count) .. '}]'
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', '4096', '*', 'e', said)
  redis.call('EXPIRE', KEYS[3], ARGV[4])
end
return count
"""


class Likes:
    """The taps of this process that were not counted yet. `known` gives a room's count so far."""

    def __init__(self, known: Callable[[int], int]) -> None:
        self._known = known
        self._waiting: defaultdict[int, dict[int, int]] = defaultdict(dict)
        self._flushed = 0.0

    def add(self, place_id: int, user_id: int, count: int) -> None:
        taps = self._waiting[place_id]
        if user_id in taps or len(taps) < PEOPLE_AT_ONCE:
            taps[user_id] = min(MOST_LIKES, taps.get(user_id, 0) + count)

    def is_due(self, now: float) -> bool:
        return bool(self._waiting) and now - self._flushed >= FLUSH_SECONDS

    async def flush(self) -> None:
        """Count what waits; while Valkey is away it is dropped. Rooms hear by their streams."""
        self._flushed = time.monotonic()
        waiting, self._waiting = self._waiting, defaultdict(dict)
        try:
            async with valkey.async_client().pipeline(transaction=False) as pipeline:
                for place_id, taps in waiting.items():
                    keys = bus.likes_key(place_id), f"room:{{{place_id}}}:likers"
                    said = [part for tap in taps.items() for part in tap]
                    pipeline.eval(
                        COUNT,
                        3,
                        *keys,
                        bus.events_key(place_id),
                        self._known(place_id),
                        1_000 // PER_SECOND,
                        1_000 * BURST // PER_SECOND,
                        bus.KEPT_SECONDS,
                        *said,
                    )
                await pipeline.execute()
        except RedisError:
            return
