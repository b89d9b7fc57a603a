"""The judging of operations in plain memory: no database, no clock, no settings.

`Books` holds the accounts and lots as they were read under their locks. Each operation is drafted
on a copy (`Draft`); a refusal throws the copy away, an accepted draft is carried forward to the
next operation of the batch. The writer then writes what all accepted drafts hold.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from users.errors import Frozen, Pause
from wallets.errors import InsufficientCoins, InsufficientDiamonds, LedgerBroken, OverLimit
from wallets.models import COIN
from wallets.states import (
    AccountState,
    DraftHold,
    DraftTakenBack,
    DraftTransfer,
    LotState,
    Parts,
    SpendingLimit,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OWN = frozenset({"own_day", "own_week", "own_month"})
DERIVED = frozenset({"spent", "earned"})


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that judging needs."""

    clearing_days: dict[str, int]
    clearing_step_seconds: int
    undo_seconds: int
    time_zone: ZoneInfo

    def clears_at(self, *, now: datetime, risks: Iterable[str], undo_seconds: int) -> datetime:
        """When diamonds bought with coins of these risks are clear.

        The latest of the lots' dates, never before the undo window ends, rounded up to a step.
        """
        days = max((self.clearing_days[risk] for risk in risks), default=0)
        wait = max(timedelta(days=days), timedelta(seconds=undo_seconds + 1))
        step = timedelta(seconds=self.clearing_step_seconds)
        return EPOCH + -((EPOCH - (now + wait)) // step) * step


@dataclass(slots=True)
class Books:
    """What a batch has read, carried forward from operation to operation."""

    now: datetime
    day: date
    policy: Policy
    accounts: dict[int, AccountState] = field(default_factory=dict)
    lots: dict[int, LotState] = field(default_factory=dict)
    wallet_lots: dict[int, list[int]] = field(default_factory=dict)
    new_lot_ids: list[int] = field(default_factory=list)
    # By wallet; and what the batch adds to the days of people (negative: it came back).
    limits: dict[int, list[SpendingLimit]] = field(default_factory=dict)
    spent: dict[tuple[int, date], int] = field(default_factory=dict)
    # By wallet: its owner's break or quiet hours.
    pauses: dict[int, Pause] = field(default_factory=dict)
    locked: frozenset[int] = frozenset()
    # Worked out once for all operations of the batch that are alike.
    clearing_dates: dict[tuple[frozenset[str], int], datetime] = field(default_factory=dict)
    local_days: dict[datetime, date] = field(default_factory=dict)
    # What kinds read for their judging, by the name of the kind.
    facts: dict[str, Any] = field(default_factory=dict)

    def add_lots(self, lots: Iterable[LotState]) -> None:
        for lot in lots:
            if lot.id not in self.lots:
                self.lots[lot.id] = lot
                insort(self.wallet_lots.setdefault(lot.wallet, []), lot.id)

    def local_day(self, at: datetime) -> date:
        """The day of the site's time zone, by which spending is counted."""
        if at not in self.local_days:
            self.local_days[at] = at.astimezone(self.policy.time_zone).date()
        return self.local_days[at]

    def clears_at(self, risks: frozenset[str], undo_seconds: int) -> datetime:
        alike = risks, undo_seconds
        if alike not in self.clearing_dates:
            self.clearing_dates[alike] = self.policy.clears_at(
                now=self.now, risks=risks, undo_seconds=undo_seconds
            )
        return self.clearing_dates[alike]

    def accept(self, draft: "Draft") -> None:
        self.accounts.update(draft.accounts)
        self.lots.update(draft.lots)
        for (wallet, day), coins in draft.spent.items():
            owner = self.accounts[wallet].owner
            assert owner is not None
            self.spent[owner, day] = self.spent.get((owner, day), 0) + coins
            for limit in self.limits.get(wallet, ()):
                if day >= limit.since:
                    limit.spent += coins
        for lot in draft.lots.values():
            if lot.new and lot.id not in (ids := self.wallet_lots.setdefault(lot.wallet, [])):
                insort(ids, lot.id)


class Draft:
    """One operation under judgement. Every method refuses, or changes this draft only."""

    __slots__ = (
        "accounts", "books", "by_person", "holds", "lots", "notes", "now", "operation",
        "resolved", "settled", "spent", "taken_back", "transfers",
    )  # fmt: skip

    def __init__(self, books: Books, *, operation: UUID, by_person: bool) -> None:
        self.books = books
        self.now = books.now
        self.operation = operation
        self.by_person = by_person
        self.accounts: dict[int, AccountState] = {}
        self.lots: dict[int, LotState] = {}
        self.transfers: list[DraftTransfer] = []
        self.holds: list[DraftHold] = []
        self.resolved: list[tuple[UUID, UUID | None]] = []
        self.taken_back: list[DraftTakenBack] = []
        self.settled: list[tuple[str, str, str]] = []
        self.spent: dict[tuple[int, date], int] = {}
        self.notes: Any = None  # what the kind will write when this is accepted

    # --- reading ------------------------------------------------------------------------------
    def account(self, id: int) -> AccountState:
        return self.accounts.get(id) or self.books.accounts[id]

    def lot(self, id: int) -> LotState:
        return self.lots.get(id) or self.books.lots[id]

    def change_lot(self, id: int) -> LotState:
        """The draft's own copy of a lot, to be changed."""
        if id not in self.lots:
            self.lots[id] = self.books.lots[id].copy()
        return self.lots[id]

    def change_account(self, id: int) -> AccountState:
        """The draft's own copy of a locked account, to be changed."""
        if id not in self.accounts:
            if id not in self.books.locked:
                raise LedgerBroken(f"account {id} is written but was not locked")
            self.accounts[id] = self.books.accounts[id].copy()
        return self.accounts[id]

    # --- coins and their lots -----------------------------------------------------------------
    def spend(self, wallet: int, coins: int) -> list[tuple[int, int]]:
        """Take coins out of a wallet's lots, oldest first; says which. Moves no balance.

        Refuses with OnBreak, QuietHours, OverLimit or InsufficientCoins.
        """
        self._check_limits(wallet, coins)
        balance = self.account(wallet).spendable
        if coins > balance:
            raise InsufficientCoins(missing=coins - balance, balance=balance)
        parts, wanted = [], coins
        for id in self.books.wallet_lots.get(wallet, ()):
            if taken := min(self.lot(id).remaining, wanted):
                self.change_lot(id).remaining -= taken
                parts.append((id, taken))
                wanted -= taken
                if not wanted:
                    break
        if wanted:
            raise LedgerBroken(f"the lots of wallet {wallet} hold {wanted} coins too few")
        self.count_spent(wallet, self.now, coins)
        return parts

    def _check_limits(self, wallet: int, coins: int) -> None:
        if pause := self.books.pauses.get(wallet):
            raise type(pause)(**pause.details)
        for limit in self.books.limits.get(wallet, ()):
            spent = limit.spent + sum(
                n for (id, day), n in self.spent.items() if id == wallet and day >= limit.since
            )
            if coins > limit.most - spent:
                raise OverLimit(limit=limit.name, left=max(0, limit.most - spent))

    def reminder(self, wallet: int, coins: int) -> dict[str, Any] | None:
        """The own limit of which these coins, just spent, reach the half or the whole, if any."""
        found = None
        for limit in self.books.limits.get(wallet, ()):
            now = limit.spent + coins
            reached = reached_by(limit.spent, now, limit.most)
            if limit.name in OWN and reached and (found is None or reached == "whole"):
                found = {"limit": limit.name, "reached": reached, "of": limit.most, "spent": now}
        return found

    def count_spent(self, wallet: int, at: datetime, coins: int) -> None:
        """Count coins on the day on which they are spent; negative ones came back of that day."""
        day = wallet, self.books.local_day(at)
        self.spent[day] = self.spent.get(day, 0) + coins

    def put_back(self, parts: Parts) -> None:
        """Put coins back into the lots they came from. Moves no balance, counts no day."""
        for id, coins in parts:
            lot = self.change_lot(id)
            lot.remaining += coins
            if lot.remaining > lot.coins:
                raise LedgerBroken(f"lot {id} would hold more coins than it had")

    def new_lot(self, wallet: int, coins: int, **facts) -> LotState:
        """A new lot, all of it unspent; its id was reserved by the kind's `read`."""
        lot = LotState(
            id=self.books.new_lot_ids.pop(0),
            wallet=wallet,
            coins=coins,
            remaining=coins,
            new=True,
            **facts,
        )
        self.lots[lot.id] = lot
        return lot

    def clears_at(self, parts: Parts, undo_seconds: int | None = None) -> datetime:
        undo = self.books.policy.undo_seconds if undo_seconds is None else undo_seconds
        return self.books.clears_at(frozenset([self.lot(id).risk for id, _ in parts]), undo)

    def is_cleared(self, clearing: int, clears_at: datetime | None) -> bool:
        """Whether diamonds of this date have left a clearing account."""
        until = self.account(clearing).cleared_until
        return until is not None and clears_at is not None and clears_at <= until

    # --- moving -------------------------------------------------------------------------------
    def move(
        self,
        debit: int,
        credit: int,
        amount: int,
        code: str,
        *,
        parts: Parts = (),
        clears_at: datetime | None = None,
        reverses: UUID | None = None,
    ) -> DraftTransfer:
        """Transfer `amount` whole units of one asset; a floor or a freeze refuses."""
        source, target = self.account(debit), self.account(credit)
        _check_pair(source, target, amount)
        if source.asset == COIN and sum([n for _, n in parts]) != amount:
            raise LedgerBroken(f"{code}: the parts are not the amount")
        if self.by_person and not (source.can_debit and target.can_credit):
            raise Frozen()
        if source.kind not in DERIVED:
            self._check_floor(source, amount)
            self.change_account(debit).debits_posted += amount
        if target.kind not in DERIVED:
            self.change_account(credit).credits_posted += amount
        if "clearing" in (source.kind, target.kind):
            self._check_clearing(source, target, clears_at)
        transfer = DraftTransfer(
            uuid7(), debit, credit, amount, code, tuple(parts), clears_at, reverses
        )
        self.transfers.append(transfer)
        return transfer

    def hold(self, debit: int, credit: int, amount: int, code: str) -> DraftHold:
        """Keep `amount` of diamonds or money for a transfer to come."""
        source, target = self.account(debit), self.account(credit)
        _check_pair(source, target, amount)
        if self.by_person and not (source.can_debit and target.can_credit):
            raise Frozen()
        self._check_floor(source, amount)
        self.change_account(debit).debits_pending += amount
        self.change_account(credit).credits_pending += amount
        hold = DraftHold(uuid7(), debit, credit, amount, code)
        self.holds.append(hold)
        return hold

    def resolve(self, hold: DraftHold, *, post: bool) -> DraftTransfer | None:
        """End a hold: post it as a transfer, or void it."""
        self.change_account(hold.debit).debits_pending -= hold.amount
        self.change_account(hold.credit).credits_pending -= hold.amount
        transfer = self.move(hold.debit, hold.credit, hold.amount, hold.code) if post else None
        self.resolved.append((hold.id, transfer.id if transfer else None))
        return transfer

    def take_back(
        self,
        transfer: UUID,
        spans: Iterable[tuple[int, int]],
        *,
        why: str,
        state: str,
        code: str,
        ref: str = "",
    ) -> None:
        """Note that coins [first, end) of a transfer come back."""
        for first, end in spans:
            self.taken_back.append(DraftTakenBack(transfer, first, end, why, ref, state, code))

    def settle_taken_back(self, *, why: str, ref: str, state: str) -> None:
        """Make the held spans of a dispute final, or release them."""
        self.settled.append((why, ref, state))

    def _check_clearing(
        self, source: AccountState, target: AccountState, clears_at: datetime | None
    ) -> None:
        for account in (source, target):
            if account.kind == "clearing" and self.is_cleared(account.id, clears_at):
                raise LedgerBroken(f"{clears_at} is cleared already on account {account.id}")

    def _check_floor(self, source: AccountState, amount: int) -> None:
        if source.floor is None:
            return
        missing = amount - (source.spendable - source.floor)
        if missing <= 0:
            return
        if source.asset == COIN:
            raise InsufficientCoins(missing=missing, balance=source.spendable)
        raise InsufficientDiamonds(missing=missing, balance=source.spendable)


def reached_by(before: int, now: int, most: int) -> str:
    """Whether going from one sum to another reaches the half or the whole of a limit, or ""."""
    if before < most <= now:
        return "whole"
    return "half" if 2 * before < most <= 2 * now else ""


def _check_pair(source: AccountState, target: AccountState, amount: int) -> None:
    if type(amount) is not int or amount <= 0:
        raise LedgerBroken(f"an amount of {amount!r}")
    if source.id == target.id:
        raise LedgerBroken("a transfer from an account to itself")
    if source.asset != target.asset:
        raise LedgerBroken(f"a transfer from {source.asset} to {target.asset}")
