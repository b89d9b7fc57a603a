"""What a process does in a race of processes: imported there, after Django is set up."""

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.utils import timezone

from gifts.actions import goals, summing
from gifts.actions.goals import decide_goal
from gifts.actions.sending import send_gifts
from gifts.goals import open_goal_of
from gifts.messages import MOST_LIKES
from gifts.models import SummedPlace
from gifts.orders import GiftOrder
from gifts.rooms import bus
from gifts.rooms.liking import Likes
from gifts.sums import progress_of
from tests.gifts.processes import all_begin
from users import valkey
from wallets import limits, locks
from wallets.statements import Answer, run


def send_each(orders: Sequence[GiftOrder]) -> list[str]:
    """Send one after the other, each at the same moment as the other processes theirs."""
    codes = []
    for order in orders:
        all_begin()
        codes += [outcome.code for outcome in send_gifts([order])]
    return codes


def send_unlocked(order: GiftOrder) -> list[str]:
    """With limits that are read before the wallet's lock instead of under it."""
    lock, ask = locks.lock_accounts, limits.ask_limits
    read: list[Answer] = []

    def lock_after_reading(ids: Iterable[int]) -> Answer:
        all_begin()
        sender: Any = SimpleNamespace(owner=order.sender_id)
        read.append(ask([sender], today=limits.local_day(timezone.now())))
        run("SELECT pg_sleep(0.5)")  # until the other has read, too
        return lock(ids)

    def as_read(wallets: Any, *, today: date) -> Answer:
        return read[0]

    with (
        mock.patch.object(locks, "lock_accounts", lock_after_reading),
        mock.patch.object(limits, "ask_limits", as_read),
    ):
        return [outcome.code for outcome in send_gifts([order])]


def send_at(moments: Sequence[tuple[GiftOrder, datetime]]) -> list[tuple[str, int]]:
    """As `send_each`, each at this moment of the database's clock; the streak and its count."""
    streaks = []
    for order, now in moments:
        all_begin()
        [outcome] = send_gifts([order], now=now)
        streaks.append((outcome.details["streak_id"], outcome.details["count"]))
    return streaks


def decide(place_id: int) -> bool:
    """Decide a goal at the same moment as the other processes."""
    all_begin()
    return decide_goal(place_id) is not None


def decide_unlocked(place_id: int) -> bool:
    """As a process would that looks first and then writes, without the place's lock and without
    asking again."""
    goal = open_goal_of(place_id)
    assert goal is not None
    reached = goal.reached_at is None and progress_of(goal) >= goal.target
    all_begin()
    return reached


def tell_and_die(goal_id: int) -> None:
    """Tell those who gave, two at once, and be killed after the first two."""
    notify = goals.notify

    def die_after(**told: Any) -> int:
        notify(**told)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed before")

    with mock.patch.object(goals, "AT_ONCE", 2), mock.patch.object(goals, "notify", die_after):
        goals.tell_givers(goal_id)


def sum_at_once(place_id: int) -> None:
    """Sum the gifts of a place at the same moment as the other processes."""
    all_begin()
    summing.sum_gifts(place_id)


def sum_unlocked(place_id: int) -> None:
    """As two processes would that read how far the sums go, and lock nothing."""

    def read_unlocked(place_ids: Iterable[int]) -> dict[int, int]:
        upto = dict(SummedPlace.objects.filter(pk__in=place_ids).values_list("pk", "upto"))
        all_begin()
        return upto

    with mock.patch.object(summing.locks, "lock_sums", read_unlocked):
        summing._sum_some(place_id)


def tap(place_id: int, user_id: int, times: int) -> int:
    """Tap as fast as the page lets, at the same moment as another process; the count after it."""

    async def flush() -> None:
        likes = Likes(lambda place: 0)
        for _ in range(times):
            likes.add(place_id, user_id, MOST_LIKES)
            await likes.flush()

    all_begin()
    asyncio.run(flush())
    return int(valkey.client().get(bus.likes_key(place_id)) or 0)
