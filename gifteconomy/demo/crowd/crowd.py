"""Keeps a number of people in a room and lets them send gifts and talk at a given rate."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gifteconomy.demo.crowd.member import Member, Tally
from gifteconomy.demo.crowd.words import LINES

OPENING_AT_ONCE = 6
SHOW_SECONDS = 2.0
WAIT_SECONDS = 15.0
# How often gifts of so many coins are chosen, from and to.
TASTES = ((66, 1, 20), (24, 30, 99), (9, 120, 499), (1, 500, 1_200))
QUANTITIES = (1, 1, 1, 1, 3, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Gifts a second while others watch the room too, and while nobody else does."""

    company: float
    alone: float
    lines: float  # chat lines for each gift


class Crowd:
    """`links` sign people in, one for each who sends; more `viewers` than these only watch."""

    def __init__(
        self,
        *,
        site: str,
        room: str,
        links: Sequence[str],
        viewers: int,
        pace: Pace,
        say: Callable[[str], None],
    ) -> None:
        self.tally = Tally()
        self.chance = random.Random()  # noqa: S311 - nobody is harmed who guesses a gift
        self.pace = pace
        self.say = say
        self.members = [
            Member(
                site=site,
                room=room,
                link=links[number] if number < len(links) else "",
                tally=self.tally,
                chance=self.chance,
            )
            for number in range(viewers)
        ]
        self.began = time.monotonic()

    async def run(self, seconds: float | None) -> Tally:
        """Run for so long (for ever without), counted from when the first person is there."""
        slot = asyncio.Semaphore(OPENING_AT_ONCE)
        staying = [asyncio.ensure_future(member.stay(slot)) for member in self.members]
        showing = asyncio.ensure_future(self.show())
        try:
            await self.wait_for_first(staying)
            until = None if seconds is None else time.monotonic() + seconds
            await self.act(until)
            await self.wait_for_answers()
        finally:
            for task in (*staying, showing):
                task.cancel()
            await asyncio.gather(*staying, showing, return_exceptions=True)
        return self.tally

    async def wait_for_first(self, staying: Sequence["asyncio.Future[None]"]) -> None:
        while not any(member.is_here for member in self.members):
            if all(task.done() for task in staying):
                return
            await asyncio.sleep(0.05)

    async def act(self, until: float | None) -> None:
        """Send at the pace; a moment that was missed is made up for, so the rate holds.

        Who comes in does not wait for a gift that was due while nobody watched.
        """
        last: float | None = None
        while not all(member.is_over for member in self.members):
            rate = self.pace.company if self.has_company() else self.pace.alone
            now = time.monotonic()
            due = now if last is None else last + 1 / rate
            if until is not None and due >= until:
                return
            if due > now:
                await asyncio.sleep(min(due - now, 0.5))
                continue
            senders = [member for member in self.members if member.may_send]
            if senders:
                await self.do_something(self.chance.choice(senders))
            last = max(due, time.monotonic() - 5 / rate)

    def has_company(self) -> bool:
        return self.tally.viewers > sum(member.is_here for member in self.members)

    async def do_something(self, member: Member) -> None:
        await member.send_gift(self.choose_gift(member.config["gifts"]), self.quantity())
        if self.chance.random() < self.pace.lines:
            talkers = [other for other in self.members if other.is_here and other.link]
            if talkers:
                await self.chance.choice(talkers).chat(self.chance.choice(LINES))

    def choose_gift(self, gifts: Sequence[dict[str, Any]]) -> dict[str, Any]:
        [(_, low, high)] = self.chance.choices(TASTES, [often for often, _, _ in TASTES])
        return self.chance.choice([g for g in gifts if low <= g["coins"] <= high] or [gifts[0]])

    def quantity(self) -> int:
        return self.chance.choice(QUANTITIES)

    async def wait_for_answers(self) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while any(member.wishes for member in self.members) and time.monotonic() < until:
            await asyncio.sleep(0.05)

    async def show(self) -> None:
        while True:
            await asyncio.sleep(SHOW_SECONDS)
            self.say(self.line())

    def line(self) -> str:
        seconds = time.monotonic() - self.began
        here = sum(member.is_here for member in self.members)
        refused = sum(self.tally.refused.values())
        return (
            f"{seconds:4.0f} s: {here} of {len(self.members)} here, {self.tally.gifts} gifts"
            f" ({self.tally.coins} coins), {refused} refused, {self.tally.lines} lines,"
            f" {self.tally.recharges} recharges, slowest answer {self.tally.slowest:.2f} s"
        )
