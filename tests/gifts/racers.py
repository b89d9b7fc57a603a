"""What a process does in a race of processes: imported there, after Django is set up."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.utils import timezone

from gifts.actions.sending import send_gifts
from gifts.orders import GiftOrder
from tests.gifts.processes import all_begin
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
