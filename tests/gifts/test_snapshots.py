"""A page that stays has at any time what a page that comes now is given, whatever happens."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from creators.actions.boundaries import save_boundaries, say_enough
from creators.actions.moderating import save_room_rules, show_in_rooms
from creators.actions.streams import end_stream
from creators.models import Stream
from gifts.actions import hiding, pinning
from gifts.actions.audience import wish_for_board
from gifts.actions.goals import change_goal, remove_goal, set_goal
from gifts.actions.returning import return_gift
from gifts.actions.sending import send_gifts
from gifts.models import ChatLine, Gift
from gifts.rooms.state import RoomState
from gifts.selectors import RECENT_GIFTS, RECENT_LINES, room_rows
from tests.gifts.make import make_gift, make_room, make_viewer, new_key, order, send, undo
from tests.gifts.sockets import PATIENCE_SECONDS, Page, join
from tests.live import Site
from users.models import User
from wallets.actions.disputes import withdraw_dispute
from wallets.actions.take_back import reverse_gift
from wallets.models import Lot

pytestmark = pytest.mark.usefixtures("economy")
NOT_OF_THE_ROOM = {"viewers"}  # who is there, of all processes; the database does not know


EVENTS = {
    "goal",
    "gift",
    "gift_taken_back",
    "chat",
    "hidden",
    "shown",
    "unpinned",
    "stream_ended",
    "streak_ended",
}


class Room:
    """A room with a sender, and what actions need to know of one another."""

    def __init__(self) -> None:
        self.room: Stream = make_room()
        self.sender: User = make_viewer(10_000, undo_seconds=60)
        self.other: User = make_viewer(1_000)
        self.owner: User = self.room.place.creator.user
        self.gifts: list[UUID] = []
        self.act_id = 0

    def sends(self, gift: Gift | str = "acorn", **fields: Any) -> None:
        outcome = send(self.sender, self.room, gift, **fields)
        assert outcome.done
        assert outcome.operation is not None
        self.gifts.append(outcome.operation)

    def sends_many(self) -> None:
        orders = [order(self.sender, self.room, "clover", quantity=n) for n in (1, 3, 2, 1)]
        assert all(outcome.done for outcome in send_gifts(orders))

    def undoes(self) -> None:
        assert undo(self.sender, self.gifts[-1]).done

    def is_given_back(self) -> None:
        self.sends()
        reverse_gift(
            operation_id=self.gifts[-1],
            staff_id=self.owner.pk,
            reason="x",
            key=new_key(),
        )

    def is_disputed(self) -> None:
        lot = Lot.objects.get(wallet__owner=self.sender)
        assert withdraw_dispute(ref=f"dispute-{self.room.pk}", lot_id=lot.pk, money=10_000).done

    def hides(self) -> None:
        [line] = ChatLine.objects.filter(place_id=self.room.pk, text="one")
        self.act_id = hiding.hide_line(actor=self.owner, line_id=line.pk).pk

    def shows(self) -> None:
        hiding.take_back(actor=self.owner, act_id=self.act_id)

    def hides_a_message(self) -> None:
        self.act_id = hiding.hide_message(actor=self.owner, gift_id=self.gifts[-1]).pk

    def sends_what_is_pinned(self) -> None:
        self.sends(make_gift(500), message="For the old song", confirmed=True)

    def unpins(self) -> None:
        pinning.unpin(actor=self.owner, gift_id=self.gifts[-1])

    def sends_without_a_name(self) -> None:
        self.sends(anonymous=True)

    def is_returned(self) -> None:
        return_gift(actor=self.owner, gift_id=self.gifts[-1], key=new_key())

    def has_boundaries(self) -> None:
        save_boundaries(
            creator_id=self.owner.pk,
            gifts=True,
            least_coins=2,
            most_coins=None,
            viewer_coins_per_day=None,
            anonymous=False,
        )

    def has_enough(self) -> None:
        say_enough(creator_id=self.owner.pk)

    def has_rules(self) -> None:
        rules = {"slow_seconds": 0, "followers_only": True, "gift_messages": "all", "languages": []}
        save_room_rules(creator_id=self.room.place.creator_id, **rules)

    def sets_a_goal(self) -> None:
        set_goal(actor=self.owner, place_id=self.room.pk, title="A new lamp", target=6)

    def changes_the_goal(self) -> None:
        change_goal(actor=self.owner, place_id=self.room.pk, title="Two lamps", target=20)

    def counts_acorns(self) -> None:
        what = {"title": "Acorns", "target": 2, "gift": "acorn"}
        set_goal(actor=self.owner, place_id=self.room.pk, **what)

    def removes_the_goal(self) -> None:
        remove_goal(actor=self.owner, place_id=self.room.pk)

    def leaves_the_board(self) -> None:
        wish_for_board(person=self.other, place_id=self.room.pk, hidden=True)

    def another_sends(self) -> None:
        assert send(self.other, self.room, "acorn").done

    def hides_the_amounts(self) -> None:
        show_in_rooms(creator_id=self.room.place.creator_id, what="amounts", on=False)

    def hides_the_board(self) -> None:
        show_in_rooms(creator_id=self.room.place.creator_id, what="board", on=False)

    def ends(self) -> None:
        end_stream(place_id=self.room.pk)


ACTIONS: list[Callable[[Room], None]] = [
    Room.sends,
    Room.sends_many,
    lambda room: room.sends(message="For the old song"),
    Room.hides,
    Room.shows,
    Room.hides_a_message,
    Room.shows,
    Room.undoes,
    Room.is_given_back,
    Room.sends_what_is_pinned,
    Room.hides_a_message,
    Room.shows,
    Room.unpins,
    Room.sends_what_is_pinned,
    Room.is_returned,
    Room.sends_without_a_name,
    Room.has_rules,
    Room.sets_a_goal,
    Room.sends,
    Room.undoes,
    Room.changes_the_goal,
    Room.sends_many,
    Room.counts_acorns,
    Room.sends,
    # The second acorn reaches it.
    Room.sends,
    Room.is_given_back,
    Room.is_disputed,
    Room.removes_the_goal,
    Room.another_sends,
    Room.hides_the_amounts,
    Room.leaves_the_board,
    Room.hides_the_board,
    Room.has_boundaries,
    Room.has_enough,
    Room.ends,
]


class Watcher:
    """Folds what a page hears into what it shows, as docs/live-rooms.md says, and no more."""

    def __init__(self, page: Page) -> None:
        self.page = page
        first = page.heard[0]
        self.gifts, self.chat = list(first["gifts"]), list(first["chat"])
        self.used = 0

    def shown(self) -> dict[str, Any]:
        for event in self.page.events[self.used :]:
            self.take(event)
        self.used = len(self.page.events)
        return {
            "seq": self.page.seq,
            "epoch": self.page.epoch,
            "gifts": self.gifts[-RECENT_GIFTS:],
            "chat": self.chat[-RECENT_LINES:],
            "state": parts(self.page.state),
        }

    def take(self, event: dict[str, Any]) -> None:
        if event["type"] == "gift":
            self.gifts.append(event)
        elif event["type"] == "gift_taken_back":
            self.gifts = [g for g in self.gifts if g["event_id"] not in event["gift_ids"]]
        elif event["type"] == "chat":
            self.chat.append(event)
        elif event["type"] == "hidden":
            self.chat = [line for line in self.chat if line["id"] not in event["lines"]]
            self.write(dict.fromkeys(event["gifts"], ""))
        elif event["type"] == "shown":
            self.chat = sorted(self.chat + event["chat"], key=lambda line: line["created_at"])
            self.write({said["event_id"]: said["message"] for said in event["messages"]})

    def write(self, messages: dict[str, str]) -> None:
        for gift in self.gifts:
            gift["message"] = messages.get(gift["event_id"], gift["message"])


def parts(state: dict[str, Any]) -> dict[str, Any]:
    kept = {name: part for name, part in state.items() if name not in NOT_OF_THE_ROOM}
    # Told when it changes; a fresh one is as new as the room. A pin also ends by the clock.
    kept["pins"] = {"pins": kept["pins"]["pins"]}
    return kept | {"board": {name: kept["board"][name] for name in ("on", "people")}}


def fresh(place_id: int) -> dict[str, Any]:
    """What a process that opens the room now would give, of the database alone."""
    snapshot = RoomState.of(room_rows(place_id)).snapshot(None)
    chosen = {name: snapshot[name] for name in ("seq", "epoch", "gifts", "chat")}
    return chosen | {"state": parts(snapshot["state"])}


def test_snapshot_and_events_are_a_fresh_snapshot_after_every_action(site: Site) -> None:
    room = Room()

    async def agree(watcher: Watcher) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while watcher.shown() != await asyncio.to_thread(fresh, room.room.pk):
                    await watcher.page.hear()
        except TimeoutError:
            assert watcher.shown() == await asyncio.to_thread(fresh, room.room.pk)

    async def play() -> set[str]:
        speaker = await join(site, room.room, room.sender)
        for text in ("one", "two"):
            await speaker.say("chat", key=new_key(), text=text)
        watchers = [Watcher(await join(site, room.room))]
        while len(watchers[0].shown()["chat"]) < 2:
            await watchers[0].page.hear()
        seen = watchers[0].shown()
        for action in ACTIONS:
            await asyncio.to_thread(action, room)
            # One that was there from the beginning, one that came after each action.
            watchers.append(Watcher(await join(site, room.room)))
            for watcher in watchers:
                await agree(watcher)
            assert watchers[0].shown() != seen, "the action was to change what is shown"
            seen = watchers[0].shown()
        return {event["type"] for event in watchers[0].page.events}

    told = asyncio.run(play())
    # `streak_ended` comes by the clock and changes nothing that a snapshot holds.
    assert told - {"streak_ended"} == EVENTS - {"streak_ended"}
