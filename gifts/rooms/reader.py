"""Reads the streams of a process's rooms out of Valkey, all of them in one command."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gifts.events import Event
from gifts.rooms import bus
from gifts.rooms.room import Room
from users import valkey

READ_MOST = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What was read: events by room, in order, and messages for people."""

    events: list[tuple[Room, list[Event]]]
    people: list[tuple[int, dict[str, Any]]]


class Reader:
    """Every method may raise RedisError."""

    def __init__(self) -> None:
        self._people: Any = None

    def forget_people(self) -> None:
        """Nobody is here: what is told to people meanwhile need not be read."""
        self._people = None

    async def read(self, rooms: Iterable[Room], *, wait_ms: int) -> Told:
        """What came since the last time; waits up to `wait_ms` for the first of it."""
        by_key = {bus.events_key(room.place_id).encode(): room for room in rooms}
        await self._find_ends(by_key.values())
        cursors: dict[Any, Any] = {key: room.cursor for key, room in by_key.items()}
        cursors[bus.PEOPLE] = self._people
        found = await valkey.async_client().xread(cursors, count=READ_MOST, block=wait_ms)
        told = Told([], [])
        for key, entries in _streams(found):
            for entry_id, fields in entries:
                said = json.loads(fields[b"e"])
                if key == bus.PEOPLE.encode():
                    self._people = entry_id
                    told.people.extend(said)
                else:
                    by_key[key].cursor = entry_id
                    told.events.append((by_key[key], said))
        return told

    async def _find_ends(self, rooms: Iterable[Room]) -> None:
        """Where streams end now, for those that could not be asked before."""
        if self._people is None:
            last = await valkey.async_client().xrevrange(bus.PEOPLE, count=1)
            self._people = last[0][0] if last else b"0-0"
        for room in rooms:
            if room.cursor is None:
                room.cursor = await self.end_of(room.place_id)

    async def end_of(self, place_id: int) -> bytes:
        """Where the stream of a place ends now."""
        entries: Any = await valkey.async_client().xrevrange(bus.events_key(place_id), count=1)
        return entries[0][0] if entries else b"0-0"

    async def count(self, name: str, rooms: Sequence[Room]) -> list[tuple[int, int, int]]:
        """Say who watches in this process; learn of each room how many watch everywhere, how many
        people came at all, and the likes so far."""
        client = valkey.async_client()
        seconds = int((await client.time())[0])
        async with client.pipeline(transaction=False) as pipeline:
            for room in rooms:
                key, people = bus.viewers_key(room.place_id), bus.people_key(room.place_id)
                pipeline.hset(key, name, f"{len(room.viewers)}:{seconds}")
                pipeline.expire(key, 4 * bus.VIEWERS_FRESH_SECONDS)
                pipeline.hgetall(key)
                pipeline.pfadd(people, *room.newcomers)
                pipeline.expire(people, bus.KEPT_SECONDS)
                pipeline.pfcount(people)
                pipeline.get(bus.likes_key(room.place_id))
            said = await pipeline.execute()
        for room in rooms:
            room.newcomers.clear()
        found = zip(said[2::7], said[5::7], said[6::7], strict=True)
        return [
            (bus.fresh_count(fields, seconds), people, int(likes or 0))
            for fields, people, likes in found
        ]

    async def add_chat(self, place_id: int, line: Event) -> None:
        """Append a line to the room's stream."""
        async with valkey.async_client().pipeline(transaction=False) as pipeline:
            events = bus.events_key(place_id)
            pipeline.xadd(events, {"e": bus.encode([line])}, maxlen=bus.STREAM_LENGTH)
            pipeline.expire(events, bus.KEPT_SECONDS)
            await pipeline.execute()


def _streams(found: Any) -> Sequence[tuple[bytes, Any]]:
    """What XREAD gives, by either protocol version."""
    if isinstance(found, dict):
        return [(key, [entry for part in parts for entry in part]) for key, parts in found.items()]
    return found or []
