"""What a hub asks the database: once a second, and when somebody says that there is something new.

Valkey is the fast way; the numbers of the database show what did not come by it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from kombu.exceptions import OperationalError

from gifts import boards, selectors, tasks
from gifts.actions.audience import keep_tallies
from gifts.actions.counting import count_gifts
from gifts.actions.goals import decide_goal
from gifts.events import Event
from gifts.rooms.room import Room
from gifts.selectors import PlaceHead

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
KEEP_SECONDS = 5.0  # what is kept of a room's audience may be so old

Ask = Callable[[Callable[[], Any]], Awaitable[Any]]


class Lookout:
    """`ask` runs a query in the hub's database thread; `start_again` is for a new epoch."""

    def __init__(
        self, rooms: dict[int, Room], ask: Ask, start_again: Callable[[Room], Awaitable[None]]
    ) -> None:
        # What was found, for the next tick: all telling is done there, in one order.
        self.found: list[tuple[Room, PlaceHead, list[Event]]] = []
        self._rooms = rooms
        self._ask = ask
        self._start_again = start_again
        self._looked = self._kept = 0.0
        self._looking = False

    def is_due(self, now: float) -> bool:
        if self._looking or not self._rooms:
            return False
        called = any(room.wants_look for room in self._rooms.values())
        return called or now - self._looked >= LOOK_SECONDS

    def begin(self, now: float) -> None:
        self._looked, self._looking = now, True
        for room in self._rooms.values():
            room.wants_look = False

    async def look(self, *, stale: bool) -> None:
        """After `begin`. `stale`: Valkey is away, so nothing else tells rooms."""
        try:
            heads = await self._ask(lambda: selectors.place_heads(list(self._rooms)))
            for place_id, head in heads.items():
                room = self._rooms.get(place_id)
                if room is None:
                    continue
                if head.epoch != room.state.epoch:
                    await self._start_again(room)
                    continue
                self.found.append((room, head, await self._missed(room, head, stale=stale)))
            await self._decide_goals()
            await self._ask_who_is_shown()
            await self._keep_tallies()
            due = [id for id, head in heads.items() if head.counted < head.seq]
            await self._ask(lambda: count_gifts(due))
        finally:
            self._looking = False

    async def _missed(self, room: Room, head: PlaceHead, *, stale: bool) -> list[Event]:
        """Behind at two looks in a row: what was under way has had its time."""
        after = room.state.seq
        if after >= head.seq or not (stale or after < room.behind_at):
            return []
        log.info("room %d is told from the database what came after %d", room.place_id, after)
        return await self._ask(lambda: selectors.events_after(room.place_id, after))

    async def _decide_goals(self) -> None:
        """What this process sees reached is decided in the database, by the first who asks."""
        for room in list(self._rooms.values()):
            if room.state.aim and room.state.aim.is_due:
                met = await self._ask(partial(decide_goal, room.place_id))
                if met is not None:
                    await asyncio.to_thread(_tell_givers_soon, met.pk)

    async def _ask_who_is_shown(self) -> None:
        """One query for the boards of all rooms: wishes change, and newcomers' are not known."""
        asked = {
            room.place_id: room.state.board.candidates()
            for room in self._rooms.values()
            if room.state.board.givers and (room.viewers or room.state.board.strangers())
        }
        if not asked:
            return
        found = await self._ask(lambda: boards.board_wishes(asked))
        for place_id, wishes in found.items():
            if place_id in self._rooms:
                self._rooms[place_id].state.board.learn(wishes)

    async def _keep_tallies(self) -> None:
        changed = {
            room.place_id: room
            for room in self._rooms.values()
            if room.tally() != room.kept
            and (not room.state.open or self._looked - self._kept >= KEEP_SECONDS)
        }
        if not changed:
            return
        self._kept = self._looked
        tallies = {id: room.tally() for id, room in changed.items()}
        await self._ask(lambda: keep_tallies(tallies))
        for id, room in changed.items():
            room.kept = tallies[id]


def _tell_givers_soon(goal_id: int) -> None:
    """The task's row is the goal; where the broker is away, the sweep finds it."""
    try:
        tasks.tell_givers.delay(goal_id)
    except OperationalError as error:
        log.warning("who gave towards goal %d is told later: %s", goal_id, error)
