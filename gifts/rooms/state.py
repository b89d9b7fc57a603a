"""A room as its viewers see it: a snapshot, and how each event changes it. Plain memory."""

from collections import deque
from collections.abc import Container
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from creators.selectors.boundaries import boundaries_part
from gifts import pins
from gifts.events import Event, streak_ended
from gifts.pins import Pin, pin_of
from gifts.rooms import aim
from gifts.rooms.aim import Aim
from gifts.rooms.board import Board
from gifts.rooms.bus import VERSION
from gifts.selectors import RECENT_GIFTS, RECENT_LINES, ChatRules, RoomRows

# For who comes back after a short while; who missed more gets a snapshot, which is smaller.
REMEMBERED_EVENTS = 300
# Lines that were hidden: one that comes late is not told.
HIDDEN_LINES = 1_000
USUAL_RULES = ChatRules(version=0, slow_seconds=0, followers_only=False)


def no_video() -> dict[str, Any]:
    """The part of a room in which no picture has been heard of."""
    return {"version": 0, "state": "none", "playlist": None}


def no_boundaries() -> dict[str, Any]:
    """The part of a room whose creator takes any gift."""
    return boundaries_part(0, "on", None, None, None, True)


@dataclass(slots=True)
class Streak:
    """A run that has not ended: as of its last gift, and when that was seen."""

    count: int
    coins: int
    last: float


@dataclass(slots=True)
class RoomState:
    """Built from the database's rows and the latest chat; changed by events only."""

    epoch: str
    seq: int
    open: bool
    coins: int
    gifts: int
    place: dict[str, Any]
    recent: list[Event]
    chat: deque[Event]
    chat_rules: ChatRules = USUAL_RULES
    # Why the stream ended; "" while it is open.
    why: str = ""
    hidden: deque[str] = field(default_factory=lambda: deque(maxlen=HIDDEN_LINES))
    # The number up to which gifts are final: nobody can undo them.
    counted: int = 0
    viewers: int = 0
    viewers_version: int = 0
    aim: Aim | None = None
    # The number with which the last goal was taken away.
    aim_removed: int = 0
    board: Board = field(default_factory=Board)
    likes: int = 0
    video: dict[str, Any] = field(default_factory=no_video)
    boundaries: dict[str, Any] = field(default_factory=no_boundaries)
    # Replaced, never changed: so it is seen that it is another one.
    pins: list[Pin] = field(default_factory=list)
    streaks: dict[str, Streak] = field(default_factory=dict)
    remembered: deque[Event] = field(default_factory=lambda: deque(maxlen=REMEMBERED_EVENTS))
    # The number up to which nothing is remembered.
    forgotten: int = 0

    @classmethod
    def of(cls, rows: RoomRows) -> "RoomState":
        return cls(
            epoch=rows.epoch,
            seq=rows.seq,
            open=rows.open,
            why=rows.why,
            coins=rows.coins,
            gifts=rows.gifts,
            place=rows.place,
            recent=list(rows.recent),
            chat=deque(rows.chat, maxlen=RECENT_LINES),
            chat_rules=rows.chat_rules,
            counted=rows.counted,
            video=rows.video,
            aim=Aim(*rows.goal) if rows.goal else None,
            aim_removed=rows.goal_removed,
            board=rows.board,
            likes=rows.likes,
            boundaries=rows.boundaries,
            pins=rows.pins,
            forgotten=rows.seq,
        )

    # --- changing -----------------------------------------------------------------------------
    def apply(self, event: Event, now: float = 0.0) -> None:
        """Take an event over; numbered ones come in order, each once."""
        kind = event["type"]
        if kind == "gift":
            self._gift(event, now)
        elif kind == "gift_taken_back":
            self._taken_back(event)
        elif kind == "chat":
            self.chat.append(event)
        elif kind == "hidden":
            self._hide(event)
        elif kind == "shown":
            self._show(event)
        elif kind == "goal":
            self._goal(event)
        elif kind == "unpinned":
            self._unpin(event["gifts"])
        elif kind == "stream_ended":
            self.open, self.why = False, event["why"]
        if "seq" in event:
            self.seq = event["seq"]
            if len(self.remembered) == self.remembered.maxlen:
                self.forgotten = self.remembered[0]["seq"]
            self.remembered.append(event)

    def _gift(self, event: Event, now: float) -> None:
        self.coins += event["coins_delta"]
        self.gifts += event["delta"]
        self.board.add(event["sender"], event["coins_delta"])
        if self.aim:
            self.aim.sent(event)
        self.recent.append(event)
        del self.recent[:-RECENT_GIFTS]
        if pin := pin_of(event):
            self.pins = [*self.pins, pin]
        if not event["final"]:
            self.streaks[event["streak_id"]] = Streak(event["count"], event["coins_total"], now)

    def _taken_back(self, event: Event) -> None:
        self.coins -= event["coins_delta"]
        self.gifts -= event["delta"]
        self.board.add(event["sender"], -event["coins_delta"])
        if self.aim:
            self.aim.taken_back(event)
        gone = set(event["gift_ids"])
        self.recent = [gift for gift in self.recent if gift["event_id"] not in gone]
        self._unpin(gone)
        if event["streak_id"] in self.streaks:
            streak = self.streaks[event["streak_id"]]
            streak.count, streak.coins = event["count"], event["coins_total"]

    def _goal(self, event: Event) -> None:
        self.aim = aim.after(self.aim, event)
        if self.aim is None:
            self.aim_removed = event["seq"]

    def _unpin(self, gift_ids: Container[str]) -> None:
        left = [pin for pin in self.pins if pin["gift_id"] not in gift_ids]
        if len(left) < len(self.pins):
            self.pins = left

    def end_pins(self, now: datetime) -> None:
        """Those whose time is over are gone."""
        left = pins.still(self.pins, now)
        if len(left) < len(self.pins):
            self.pins = left

    def knows_line(self, line_id: str) -> bool:
        """Whether a line was told already, or must not be."""
        return line_id in self.hidden or any(line["id"] == line_id for line in self.chat)

    def _hide(self, event: Event) -> None:
        """What is hidden leaves everything that is told again to anybody."""
        lines, gifts = set(event["lines"]), set(event["gifts"])
        self.hidden.extend(event["lines"])
        self._keep_lines([line for line in self.chat if line["id"] not in lines])
        self._write_messages(dict.fromkeys(gifts, ""))
        self._unpin(gifts)
        for told in self.remembered:
            if told["type"] == "shown":
                told["chat"] = [line for line in told["chat"] if line["id"] not in lines]
                told["messages"] = [m for m in told["messages"] if m["event_id"] not in gifts]

    def _show(self, event: Event) -> None:
        again = {line["id"] for line in event["chat"]}
        self.hidden = deque((id for id in self.hidden if id not in again), maxlen=HIDDEN_LINES)
        lines = [line for line in self.chat if line["id"] not in again] + event["chat"]
        self._keep_lines(sorted(lines, key=lambda line: (line["created_at"], line["id"])))
        self._write_messages({said["event_id"]: said["message"] for said in event["messages"]})
        if again_pinned := [said["pin"] for said in event["messages"] if said["pin"]]:
            self._unpin({pin["gift_id"] for pin in again_pinned})
            self.pins = [*self.pins, *again_pinned]

    def _keep_lines(self, lines: list[Event]) -> None:
        self.chat = deque(lines, maxlen=RECENT_LINES)

    def _write_messages(self, messages: dict[str, str]) -> None:
        """In the events themselves, so that a frame that is still to be made has it right too."""
        for event in (*self.recent, *self.remembered):
            if event["type"] == "gift" and event["event_id"] in messages:
                event["message"] = messages[event["event_id"]]

    def end_streaks(self, *, idle_since: float) -> list[Event]:
        """The events of runs of which no gift was seen since; they are over."""
        ended = [id for id, streak in self.streaks.items() if streak.last < idle_since]
        return [
            streak_ended(streak_id=id, count=streak.count, coins_total=streak.coins)
            for id in ended
            if (streak := self.streaks.pop(id)).count
        ]

    # --- telling ------------------------------------------------------------------------------
    def parts(self) -> dict[str, Any]:
        """Every part of the state, absolute, with its version."""
        return {
            "totals": {"version": self.seq, "coins": self.coins, "gifts": self.gifts},
            "counted": {"version": self.counted, "seq": self.counted},
            "rules": asdict(self.chat_rules),
            "viewers": {"version": self.viewers_version, "count": self.viewers},
            "stream": {"version": int(not self.open), "open": self.open, "why": self.why},
            "video": self.video,
            "goal": {
                "version": self.seq if self.aim else self.aim_removed,
                "goal": self.aim.told() if self.aim else None,
            },
            "board": self.board_part(),
            "likes": {"version": self.likes, "count": self.likes},
            "boundaries": self.boundaries,
            # As of this number; a pin ends by itself, too.
            "pins": {"version": self.seq, "pins": pins.shown(self.pins)},
        }

    def board_part(self) -> dict[str, Any]:
        rules = self.chat_rules
        people = self.board.people(amounts=rules.amounts) if rules.board else []
        return {"version": self.seq, "on": rules.board, "people": people}

    def snapshot(self, me: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "type": "snapshot",
            "v": VERSION,
            "epoch": self.epoch,
            "seq": self.seq,
            "place": self.place,
            "state": self.parts(),
            "me": me,
            "chat": list(self.chat),
            "gifts": self.recent,
        }

    def tick(self, events: list[Event], parts: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "tick",
            "v": VERSION,
            "epoch": self.epoch,
            "seq": self.seq,
            "events": events,
            "state": parts,
        }

    def missed(self, *, epoch: str, seq: int) -> dict[str, Any] | None:
        """A tick with what happened after `seq`, or None when it is not remembered."""
        if epoch != self.epoch or not self.forgotten <= seq <= self.seq:
            return None
        events = [event for event in self.remembered if event["seq"] > seq]
        return self.tick([*self.chat, *events], self.parts())
