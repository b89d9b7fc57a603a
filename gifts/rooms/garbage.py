"""When Python looks through old objects for garbage: in quiet moments, not in a hot room.

A full collection looks at every object of every viewer: 100 ms for a thousand of them, in which
nobody is served, and Python does one after every few hundred gifts. Young objects are collected as
ever; in between, what waits is little, since nearly everything goes without a collection.
"""

import asyncio
import gc
import time

YOUNG, MIDDLE = 5_000, 10  # objects; collections of the young to one of the middle-aged
NEVER = 1_000_000_000
QUIET_SECONDS = 1.0  # so long nobody was told anything
EVERY_SECONDS = 60.0
BUSY_EVERY_SECONDS = 600.0
MOST_LEFT = 5_000  # viewers that left; each leaves some 13 KB that wait for a collection


class OldGarbage:
    """Takes full collections over from Python, for a process; `stop` gives them back."""

    def __init__(self) -> None:
        self._thresholds = gc.get_threshold()
        gc.set_threshold(YOUNG, MIDDLE, NEVER)
        self._collected = self._told = time.monotonic()
        self._left = 0

    def told(self, now: float) -> None:
        """A room was told something: this is no quiet moment."""
        self._told = now

    def viewer_left(self) -> None:
        self._left += 1

    async def collect(self) -> None:
        """Collect when it is due, for as long as the hub lives."""
        while True:
            await asyncio.sleep(QUIET_SECONDS)
            if self.is_due(time.monotonic()):
                gc.collect()
                self._collected, self._left = time.monotonic(), 0

    def is_due(self, now: float) -> bool:
        quiet = now - self._told > QUIET_SECONDS
        wait = EVERY_SECONDS if quiet else BUSY_EVERY_SECONDS
        return now - self._collected > wait or self._left >= MOST_LEFT

    def stop(self) -> None:
        gc.set_threshold(*self._thresholds)
