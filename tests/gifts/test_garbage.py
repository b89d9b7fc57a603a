"""Full collections of garbage happen in quiet moments, and happen."""

import asyncio
import gc
import time
import weakref
from collections.abc import Iterator

import pytest

from gifts.rooms import garbage
from gifts.rooms.garbage import (
    BUSY_EVERY_SECONDS,
    EVERY_SECONDS,
    MOST_LEFT,
    QUIET_SECONDS,
    OldGarbage,
)


class Ring:
    """Refers to itself: nothing but a collection lets it go."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def old() -> Iterator[OldGarbage]:
    before = gc.get_threshold()
    old = OldGarbage()
    yield old
    old.stop()
    assert gc.get_threshold() == before


def age(ring: Ring) -> weakref.ref[Ring]:
    """Make it so old that only a full collection looks at it."""
    gc.collect(1)
    gc.collect(1)
    return weakref.ref(ring)


def test_python_does_no_full_collection_by_itself(old: OldGarbage) -> None:
    seen: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        seen.append(info["generation"])

    gc.callbacks.append(look)
    try:
        kept = [Ring() for _ in range(200_000)]
    finally:
        gc.callbacks.remove(look)
    assert len(kept) == 200_000
    assert 0 in seen
    assert 2 not in seen


def test_quiet_room_collects_sooner_than_a_busy_one(old: OldGarbage) -> None:
    now = time.monotonic()
    old.told(now - 2 * QUIET_SECONDS)
    assert not old.is_due(now)
    quiet = now + EVERY_SECONDS + 1
    assert old.is_due(quiet)
    old.told(quiet)
    assert not old.is_due(quiet)
    busy = now + BUSY_EVERY_SECONDS + 1
    old.told(busy)
    assert old.is_due(busy)


def test_many_who_leave_are_collected_at_once(
    old: OldGarbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "QUIET_SECONDS", 0.01)
    gone = age(Ring())
    assert gone() is not None

    async def play() -> None:
        task = asyncio.ensure_future(old.collect())
        try:
            await asyncio.sleep(0.05)
            assert gone() is not None
            for _ in range(MOST_LEFT):
                old.viewer_left()
            while gone() is not None:
                await asyncio.sleep(0.01)
        finally:
            task.cancel()

    asyncio.run(asyncio.wait_for(play(), 10))
    assert not old.is_due(time.monotonic())
