"""A place that this process has viewers of."""

from datetime import datetime
from typing import Any

from gifts.events import Event
from gifts.rooms.frames import Frame, frame_of
from gifts.rooms.sending import Viewer
from gifts.rooms.shedding import shed
from gifts.rooms.state import RoomState
from gifts.selectors import ChatRules

# Events that no viewer is told.
QUIET = frozenset({"video", "likes", "look"})
BOARD_SECONDS = 0.3


class Room:
    """Its state, its viewers, and how far it was read."""

    __slots__ = (
        "behind_at",
        "board_at",
        "board_told",
        "cursor",
        "emptied",
        "held",
        "kept",
        "newcomers",
        "parts",
        "peak",
        "people",
        "place_id",
        "state",
        "viewers",
        "wants_look",
    )

    def __init__(self, place_id: int, state: RoomState, cursor: Any) -> None:
        self.place_id = place_id
        self.state = state
        # The last entry that was read of the stream; None while Valkey is away.
        self.cursor = cursor
        self.viewers: list[Viewer] = []
        self.emptied = 0.0
        # Events that came before one with a lower number.
        self.held: dict[int, Event] = {}
        # The number that the database had when it was last asked and we were behind.
        self.behind_at = 0
        # Parts of the state that viewers have not been told.
        self.parts: set[str] = set()
        # Somebody said that the database knows something new.
        self.wants_look = False
        # Who is on the board as viewers were last told, and when it was last looked at.
        self.board_told: Any = None
        self.board_at = 0.0
        # People who were signed in and came since they were last counted; how many came at all, and
        # the most viewers at once; and what of all this the database has.
        self.newcomers: set[int] = set()
        self.people = self.peak = 0
        self.kept: tuple[int, int, int] = (state.likes, 0, 0)

    def take(self, event: Event, now: float) -> list[Event]:
        """Apply an event in its order; returns what is to be told now."""
        seq = event.get("seq")
        if seq is None:
            if event["type"] in QUIET:
                self._hear(event)
                return []
            if event["type"] == "stream_ended" and not self.state.open:
                return []
            if event["type"] == "chat" and self.state.knows_line(event["id"]):
                return []
            self.state.apply(event, now)
            if event["type"] == "stream_ended":
                self.parts.add("stream")
            return [event]
        if seq <= self.state.seq:
            return []
        self.held[seq] = event
        told, pins = [], self.state.pins
        while (following := self.held.pop(self.state.seq + 1, None)) is not None:
            self.state.apply(following, now)
            told.append(following)
            self.parts.add("totals")
            if self.state.aim or following["type"] == "goal":
                self.parts.add("goal")
        if told and self.state.aim and self.state.aim.is_due:
            self.wants_look = True
        if self.state.pins is not pins:
            self.parts.add("pins")
        return told

    def _hear(self, event: Event) -> None:
        """What is told to hubs alone: viewers get the part of the state that it changes."""
        if event["type"] == "video":
            self.show(event["video"])
        elif event["type"] == "likes":
            self.like(event["count"])
        else:
            self.wants_look = True

    def like(self, count: int) -> None:
        """So many likes by now, of all processes."""
        if count > self.state.likes:
            self.state.likes = count
            self.parts.add("likes")

    def show_board(self, now: float) -> None:
        """Tell who is on the board, when that has changed; looked at a few times a second."""
        if now - self.board_at < BOARD_SECONDS:
            return
        self.board_at = now
        if self.state.board.strangers():
            self.wants_look = True
        shown = self._board()
        if shown != self.board_told:
            self.board_told = shown
            self.parts.add("board")

    def _board(self) -> tuple[bool, Any]:
        part = self.state.board_part()
        return part["on"], part["people"]

    def tally(self) -> tuple[int, int, int]:
        """Likes, the most viewers at once, and how many people came."""
        return self.state.likes, self.peak, self.people

    def show(self, video: dict[str, Any]) -> None:
        """The picture as of a version; an older one than ours changes nothing."""
        if video["version"] > self.state.video["version"]:
            self.state.video = video
            self.parts.add("video")

    def count_to(self, seq: int) -> None:
        """Gifts up to this number are final, as far as we have them."""
        counted = min(seq, self.state.seq)
        if counted > self.state.counted:
            self.state.counted = counted
            self.parts.add("counted")

    def take_chat_rules(self, rules: ChatRules) -> None:
        """The creator's rules as the database has them."""
        if rules.version > self.state.chat_rules.version:
            self.state.chat_rules = rules
            self.parts |= {"rules", "board"}

    def end_pins(self, now: datetime) -> None:
        """Pins whose time is over leave every page."""
        before = self.state.pins
        self.state.end_pins(now)
        if self.state.pins is not before:
            self.parts.add("pins")

    def take_boundaries(self, boundaries: dict[str, Any]) -> None:
        """What the creator asks of gifts, as the database has it."""
        if boundaries["version"] > self.state.boundaries["version"]:
            self.state.boundaries = boundaries
            self.parts.add("boundaries")

    def frame(self, events: list[Event], most: int) -> Frame:
        """A tick with these events, or `most` of them, and the parts that changed."""
        parts = self.state.parts()
        told, left_out = shed(events, most)
        tick = self.state.tick(told, {name: parts[name] for name in sorted(self.parts)})
        if left_out.gifts:
            tick["left_out"] = {"gifts": left_out.gifts, "coins": left_out.coins}
        self.parts.clear()
        return frame_of(tick)

    def snapshot_for(self, viewer: Viewer) -> Frame:
        self._gives_its_board()
        return frame_of(self.state.snapshot(viewer.me))

    def _gives_its_board(self) -> None:
        """One viewer is given the board as it is: should it go back, that is news to this one."""
        if self.board_told is not None and self._board() != self.board_told:
            self.board_told = None

    def add(self, viewer: Viewer) -> None:
        self._gives_its_board()
        viewer.index = len(self.viewers)
        self.viewers.append(viewer)
        if viewer.user_id is not None:
            self.newcomers.add(viewer.user_id)

    def remove(self, viewer: Viewer) -> None:
        """The last one takes its place, so that leaving costs the same in any room."""
        if viewer.index < 0:
            return
        last = self.viewers.pop()
        if last is not viewer:
            last.index = viewer.index
            self.viewers[viewer.index] = last
        viewer.index = -1
