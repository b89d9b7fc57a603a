"""The room hub: one per process. Reads all its rooms once per tick and tells every viewer.

It never waits for a viewer. Valkey is the fast way; the numbers of the database show what did not
come by it, and then the database tells it.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from redis.exceptions import RedisError

from gifts import selectors
from gifts.events import Event, stream_ended
from gifts.rooms import bus
from gifts.rooms.admission import Admission
from gifts.rooms.asking import OwnFacts
from gifts.rooms.frames import Frame, frame_of
from gifts.rooms.garbage import OldGarbage
from gifts.rooms.liking import Likes
from gifts.rooms.lookout import Lookout
from gifts.rooms.reader import Reader, Told
from gifts.rooms.room import Room
from gifts.rooms.sending import Viewer
from gifts.rooms.shedding import Budget
from gifts.rooms.state import RoomState
from gifts.viewers import viewers_own
from users.bells import in_words
from users.errors import Unavailable

log = logging.getLogger(__name__)
Found = TypeVar("Found")

TICK_SECONDS = 0.1
# From start to start: a hub that is busy telling still leaves time for all else.
FAN_OUT_FACTOR = 1.1
SLICE_SECONDS = 0.002
COUNT_SECONDS = 3.0
ON_ITS_WAY_SECONDS = 1.0  # a gift that the database still counted to a streak has come by then
EMPTY_SECONDS = 30.0  # a room without viewers is kept so long, for who comes back
SLOW_SECONDS = 30.0
HELP_SECONDS = 0.5  # how often slow viewers are looked at
FAR_TOO_MUCH_BYTES = 1024 * 1024  # that wait for one viewer: no more is given it
AGAIN_PER_SECOND = 500  # how many may come back in a second after a restart

RESTARTING, TRY_LATER, NOT_VALID, NOT_ALLOWED = 1012, 1013, 4401, 4403
STALE = frame_of({"type": "stale", "v": bus.VERSION})


class Hub:
    """Belongs to one event loop; its methods are called from there only."""

    def __init__(self) -> None:
        self.name = f"{random.getrandbits(48):012x}"  # noqa: S311 - a name, no secret
        self.rooms: dict[int, Room] = {}
        self.people: defaultdict[int, set[Viewer]] = defaultdict(set)
        self.count = 0
        self.stale = False
        self.draining = False
        self.admission = Admission()
        self._reader = Reader()
        self._budget = Budget()
        self._opening: dict[int, asyncio.Task[Room]] = {}
        self.own = OwnFacts(self.ask)
        self._database = ThreadPoolExecutor(1, "rooms-database")
        self._wake = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()
        self._lookout = Lookout(self.rooms, self.ask, self._start_again)
        self.likes = Likes(self._likes_of)
        self._counted = self._helped = 0.0
        self._garbage = OldGarbage()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._run()), loop.create_task(self._garbage.collect())]

    # --- joining and leaving ------------------------------------------------------------------
    async def join(self, viewer: Viewer, resume: dict[str, Any] | None) -> None:
        """Give the viewer what it missed, or a snapshot, and all that follows.

        Raises Place.DoesNotExist, or a database error.
        """
        room = self.rooms.get(viewer.place_id) or await self._open(viewer.place_id)
        # From here to the end nothing is awaited, so that nothing is told in between.
        missed = room.state.missed(**resume) if resume else None
        first = frame_of(missed) if missed else room.snapshot_for(viewer)
        room.add(viewer)
        self.count += 1
        if viewer.user_id is not None:
            self.people[viewer.user_id].add(viewer)
        now = time.monotonic()
        self._guarded(viewer, partial(viewer.offer, first, now))
        if self.stale:
            self._guarded(viewer, partial(viewer.offer, STALE, now))
        # A newcomer is counted soon, many newcomers together.
        self._counted = min(self._counted, now - COUNT_SECONDS + 0.2)
        self._wake.set()

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer, at once and however often it is asked."""
        if viewer.index < 0:
            return
        room = self.rooms[viewer.place_id]
        room.remove(viewer)
        room.emptied = time.monotonic()
        self.count -= 1
        self._garbage.viewer_left()
        if viewer.user_id is not None:
            self.people[viewer.user_id].discard(viewer)
            if not self.people[viewer.user_id]:
                del self.people[viewer.user_id]

    async def _open(self, place_id: int) -> Room:
        """A room that nobody here watched yet; those who come together wait for one reading."""
        if place_id not in self._opening:
            task = asyncio.ensure_future(self._load(place_id))
            task.add_done_callback(lambda _: self._opening.pop(place_id, None))
            self._opening[place_id] = task
        room = await asyncio.shield(self._opening[place_id])
        self.rooms[place_id] = self.rooms.get(place_id, room)
        return self.rooms[place_id]

    async def _load(self, place_id: int) -> Room:
        # First where the stream is, then the rows: what is told in between comes twice, not never.
        cursor: bytes | None = None
        try:
            cursor = await self._reader.end_of(place_id)
        except RedisError as error:
            log.warning("room %d is opened without Valkey: %s", place_id, error)
        state = RoomState.of(await self.ask(lambda: selectors.room_rows(place_id)))
        room = Room(place_id, state, cursor)
        room.emptied = time.monotonic()
        return room

    async def ask(self, query: Callable[[], Found]) -> Found:
        """Run a query in the hub's own database thread; for doors of this process, too."""

        def run() -> Found:
            close_old_connections()
            return query()

        return await asyncio.get_running_loop().run_in_executor(self._database, run)

    async def say(self, place_id: int, line: Event) -> None:
        """Tell a room a chat line. Raises Unavailable while Valkey is away."""
        try:
            await self._reader.add_chat(place_id, line)
        except RedisError as error:
            raise Unavailable() from error

    def _likes_of(self, place_id: int) -> int:
        return self.rooms[place_id].state.likes if place_id in self.rooms else 0

    # --- ticking ------------------------------------------------------------------------------
    async def _run(self) -> None:
        while True:
            if not self.rooms:
                self._reader.forget_people()
                await self._wake.wait()
            self._wake.clear()
            began = time.monotonic()
            try:
                told = await self._listen()
                began = time.monotonic()
                await self._tell(told, began)
            except Exception:
                log.exception("a tick of the rooms failed")
            spent = time.monotonic() - began
            await asyncio.sleep(max(0.0, max(TICK_SECONDS, FAN_OUT_FACTOR * spent) - spent))

    async def _listen(self) -> Told:
        try:
            told = await self._reader.read(
                list(self.rooms.values()), wait_ms=int(TICK_SECONDS * 1_000)
            )
        except RedisError as error:
            if not self.stale:
                log.warning("Valkey is away, rooms are told from the database: %s", error)
                self.stale = True
                for room in list(self.rooms.values()):
                    await self._fan_out(room, STALE, time.monotonic())
            return Told([], [])
        if self.stale:
            self.stale = False
            self._in_background(self._refresh_people())
        return told

    async def _tell(self, told: Told, now: float) -> None:
        """One tick: apply what came, in order, and tell each room once."""
        news: defaultdict[Room, list[Event]] = defaultdict(list)
        for room, events in told.events:
            for event in events:
                news[room] += room.take(event, now)
        found, self._lookout.found = self._lookout.found, []
        for room, head, events in found:
            for event in events:
                news[room] += room.take(event, now)
            room.behind_at = head.seq if room.state.seq < head.seq else 0
            room.count_to(head.counted)
            room.show(head.video)
            room.take_chat_rules(head.chat_rules)
            room.take_boundaries(head.boundaries)
            if not head.open:
                news[room] += room.take(stream_ended(created=timezone.now(), why=head.why), now)
        for room in list(self.rooms.values()):
            if room.state.streaks:
                idle_since = now - settings.STREAK_IDLE_SECONDS - ON_ITS_WAY_SECONDS
                news[room] += room.state.end_streaks(idle_since=idle_since)
            room.show_board(now)
            if room.state.pins:
                room.end_pins(timezone.now())
            if news.get(room) or room.parts:
                viewers = len(room.viewers)
                frame = room.frame(news[room], self._budget.most_events(viewers, now))
                self._budget.spend(viewers, len(frame.wire))
                await self._fan_out(room, frame, now)
                self._garbage.told(now)
            if not room.viewers and now - room.emptied > EMPTY_SECONDS:
                self.rooms.pop(room.place_id, None)
        for user_id, message in told.people:
            try:
                self.tell_person(user_id, message)
            except Exception:
                # It was read and is not read again; those after it close pages and tell balances.
                log.exception("person %d could not be told: %s", user_id, message.get("type"))
        if now - self._helped >= HELP_SECONDS:
            self._helped = now
            self._help_the_slow(now)
        self._look_around(now)

    async def _fan_out(self, room: Room, frame: Frame, now: float) -> None:
        """The same bytes to every viewer, in slices, so that others have their turn."""
        slice_ends = time.monotonic() + SLICE_SECONDS
        for number, viewer in enumerate(list(room.viewers)):
            try:
                viewer.offer(frame, now)
            except Exception as error:
                self._lost(viewer, error)
            if number % 16 == 15 and time.monotonic() > slice_ends:
                await asyncio.sleep(0)
                slice_ends = time.monotonic() + SLICE_SECONDS

    def _guarded(self, viewer: Viewer, write: Callable[[], Any]) -> None:
        """Whatever a connection raises is its own end, never the room's."""
        try:
            write()
        except Exception as error:
            self._lost(viewer, error)

    def _lost(self, viewer: Viewer, error: Exception) -> None:
        log.debug("a viewer is gone: %r", error)
        self._close(viewer, TRY_LATER)

    def _close(self, viewer: Viewer, code: int) -> None:
        self.leave(viewer)
        viewer.close(code)

    def _help_the_slow(self, now: float) -> None:
        """Tell who keeps up again what it missed; close who does not for long.

        Quiet rooms are looked at too: what fills a connection may be the answers to a peer that
        talks and never reads.
        """
        for room in list(self.rooms.values()):
            for viewer in list(room.viewers):
                self._guarded(viewer, partial(self._help, room, viewer, now))

    def _help(self, room: Room, viewer: Viewer, now: float) -> None:
        if viewer.connection.waiting() > FAR_TOO_MUCH_BYTES:
            self._close(viewer, TRY_LATER)
            viewer.connection.abort()
        elif viewer.is_slow():
            viewer.fall_behind(now)
            if now - viewer.slow_since > SLOW_SECONDS:
                self._close(viewer, TRY_LATER)
        elif viewer.behind or viewer.personal:
            viewer.catch_up(room.snapshot_for)

    # --- people ---------------------------------------------------------------------------------
    def tell_person(self, user_id: int, message: dict[str, Any]) -> None:
        """Tell every page of a person in this process; `kick` and `ban` close them."""
        viewers = list(self.people.get(user_id, ()))
        if message["type"] == "kick":
            for viewer in viewers:
                self._close(viewer, NOT_VALID)
            return
        if message["type"] == "ban":
            for viewer in viewers:
                if viewer.place_id in message["places"]:
                    self._close(viewer, NOT_ALLOWED)
            return
        if not viewers:
            return
        frames: dict[str, Frame] = {}
        for viewer in viewers:
            viewer.learn(message)
            # What is the same for all is encoded once; a sentence, once for each language.
            language = viewer.language if message["type"] == "bell" else ""
            if language not in frames:
                frames[language] = frame_of(in_words(message, language) if language else message)
            self.tell(viewer, frames[language])

    def tell(self, viewer: Viewer, frame: Frame) -> None:
        """A personal message: never dropped; a page that cannot take them is closed."""

        def write() -> None:
            if not viewer.tell(frame):
                raise ConnectionResetError("too many personal messages wait")

        self._guarded(viewer, write)

    async def _refresh_people(self) -> None:
        """Tell people their balances, which they may not have been told while Valkey was away."""
        ids = list(self.people)
        for user_id, me in (await self.ask(lambda: viewers_own(ids))).items():
            balance = {"pseq": me.message["pseq"], "balance": me.message["coins"]}
            self.tell_person(user_id, {"type": "wallet", "v": bus.VERSION} | balance)

    # --- what the database tells ------------------------------------------------------------------
    def _look_around(self, now: float) -> None:
        if now - self._counted >= COUNT_SECONDS and not self.stale:
            self._counted = now
            self._in_background(self._count_viewers())
        if self.likes.is_due(now):
            self._in_background(self.likes.flush())
        if self._lookout.is_due(now):
            self._lookout.begin(now)
            self._in_background(self._lookout.look(stale=self.stale))

    async def _start_again(self, room: Room) -> None:
        """Numbering began anew (a restored database): everybody comes back for a snapshot."""
        fresh = await self._load(room.place_id)
        for viewer in list(room.viewers):
            self._close(viewer, RESTARTING)
        self.rooms[room.place_id] = fresh

    async def _count_viewers(self) -> None:
        rooms = list(self.rooms.values())
        if not rooms:
            return
        try:
            counts = await self._reader.count(self.name, rooms)
        except RedisError:
            return
        for room, (viewers, people, likes) in zip(rooms, counts, strict=True):
            room.peak, room.people = max(room.peak, viewers), people
            room.like(likes)
            if viewers != room.state.viewers:
                room.state.viewers = viewers
                room.state.viewers_version = time.time_ns() // 1_000_000
                room.parts.add("viewers")

    # --- ending -------------------------------------------------------------------------------
    async def drain(self) -> None:
        """Tell everybody when to come back, spread, and close with 1012."""
        self.draining = True
        viewers = [viewer for room in self.rooms.values() for viewer in room.viewers]
        spread_ms = max(1_000, 1_000 * len(viewers) // AGAIN_PER_SECOND)
        bye = frame_of({"type": "bye", "v": bus.VERSION, "retry_ms": spread_ms})
        for number, viewer in enumerate(viewers):
            self.tell(viewer, bye)
            self._close(viewer, RESTARTING)
            if number % 64 == 63:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)

    async def close(self) -> None:
        """End this hub; for when its loop goes on without it."""
        for task in [*self._tasks, *self._background]:
            task.cancel()
        self._garbage.stop()
        self._database.shutdown(wait=False)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_logged(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("the rooms' hub failed at something and tries again")
