"""A place that this process has viewers of."""

from typing import Any

from gifts.events import Event
from gifts.rooms.frames import Frame, frame_of
from gifts.rooms.sending import Viewer
from gifts.rooms.shedding import shed
from gifts.rooms.state import RoomState
from gifts.selectors import ChatRules


class Room:
    """Its state, its viewers, and how far it was read."""

    __slots__ = ("behind_at", "cursor", "emptied", "held", "parts", "place_id", "state", "viewers")

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

    def take(self, event: Event, now: float) -> list[Event]:
        """Apply an event in its order; returns what is to be told now."""
        seq = event.get("seq")
        if seq is None:
            if event["type"] == "video":
                self.show(event["video"])
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
        told = []
        while (following := self.held.pop(self.state.seq + 1, None)) is not None:
            self.state.apply(following, now)
            told.append(following)
            self.parts.add("totals")
        return told

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
            self.parts.add("rules")

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
        return frame_of(self.state.snapshot(viewer.me))

    def add(self, viewer: Viewer) -> None:
        viewer.index = len(self.viewers)
        self.viewers.append(viewer)

    def remove(self, viewer: Viewer) -> None:
        """The last one takes its place, so that leaving costs the same in any room."""
        if viewer.index < 0:
            return
        last = self.viewers.pop()
        if last is not viewer:
            last.index = viewer.index
            self.viewers[viewer.index] = last
        viewer.index = -1
