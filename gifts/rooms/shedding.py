"""What a room is not told when there is more than its viewers can be sent.

What is shown may be left out; what counts may not: totals, numbers and what was taken back come
whole, always. A few of everything come however much there is: the dearest gifts, the newest lines.
"""

import time
from dataclasses import dataclass

from gifts.events import Event

# To all viewers of a process together: so much a second, and so much at once for a burst into a
# quiet room.
BYTES_PER_SECOND = 40_000_000
BURST_BYTES = 64_000_000
EVENT_BYTES = 600  # of a typical event
FEWEST = 5
ALWAYS = frozenset({"gift_taken_back", "goal", "hidden", "shown", "stream_ended"})


@dataclass(slots=True)
class LeftOut:
    gifts: int = 0
    coins: int = 0


class Budget:
    """What may be sent now, filled up by time; one for all rooms of a process."""

    def __init__(self) -> None:
        self._left = float(BURST_BYTES)
        self._at = time.monotonic()

    def most_events(self, viewers: int, now: float) -> int:
        """How many events a frame for so many viewers may carry now."""
        self._left = min(BURST_BYTES, self._left + (now - self._at) * BYTES_PER_SECOND)
        self._at = now
        return max(FEWEST, int(self._left // (EVENT_BYTES * max(1, viewers))))

    def spend(self, viewers: int, size: int) -> None:
        """A frame of this size went to so many; what is always sent may overdraw."""
        self._left = max(-BURST_BYTES, self._left - viewers * size)


def shed(events: list[Event], most: int) -> tuple[list[Event], LeftOut]:
    """At most `most` gifts (the dearest), lines and streak ends (the newest), in their order."""
    left_out = LeftOut()
    if len(events) <= most:
        return events, left_out
    kept: set[int] = set()
    by_type: dict[str, list[int]] = {}
    for number, event in enumerate(events):
        by_type.setdefault(event["type"], []).append(number)
    for kind, numbers in by_type.items():
        if kind in ALWAYS:
            kept.update(numbers)
        elif kind == "gift":
            numbers.sort(key=lambda number: (events[number]["coins_delta"], number))
            kept.update(numbers[-most:])
            for number in numbers[:-most]:
                left_out.gifts += events[number]["delta"]
                left_out.coins += events[number]["coins_delta"]
        else:
            kept.update(numbers[-most:])
    return [events[number] for number in sorted(kept)], left_out
