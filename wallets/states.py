"""What judging works on: accounts, lots and limits as they stand, and what an operation drafts."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

# Parts of a transfer: (lot id, coins), oldest lot first.
Parts = Sequence[tuple[int, int]]


@dataclass(slots=True)
class AccountState:
    """One account as it stands within the batch."""

    id: int
    owner: int | None
    kind: str
    asset: str
    floor: int | None
    can_debit: bool
    can_credit: bool
    debits_posted: int
    credits_posted: int
    debits_pending: int
    credits_pending: int
    cleared_until: datetime | None

    def copy(self) -> "AccountState":
        return AccountState(*_account_values(self))

    @property
    def spendable(self) -> int:
        return self.credits_posted - self.debits_posted - self.debits_pending

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return (self.debits_posted, self.credits_posted, self.debits_pending, self.credits_pending)


@dataclass(slots=True)
class LotState:
    """One lot as it stands within the batch; money in minor units of `currency`."""

    id: int
    wallet: int
    recharge: int | None
    coins: int
    remaining: int
    price: int
    tax: int
    tax_country: str
    reserved: int
    currency: str
    method: str
    risk: str
    refunded_coins: int = 0
    refunded_money: int = 0
    refunded_tax: int = 0
    refunded_reserve: int = 0
    disputed_coins: int = 0
    disputed_money: int = 0
    disputed_tax: int = 0
    new: bool = False

    def copy(self) -> "LotState":
        return LotState(*_lot_values(self))


# A batch copies each account and lot that it changes; this takes an eighth of `replace`.
_account_values = attrgetter(*(one.name for one in fields(AccountState)))
_lot_values = attrgetter(*(one.name for one in fields(LotState)))


@dataclass(slots=True)
class DraftTransfer:
    id: UUID
    debit: int
    credit: int
    amount: int
    code: str
    parts: Parts = ()
    clears_at: datetime | None = None
    reverses: UUID | None = None


@dataclass(frozen=True, slots=True)
class DraftHold:
    id: UUID
    debit: int
    credit: int
    amount: int
    code: str


@dataclass(frozen=True, slots=True)
class DraftTakenBack:
    transfer: UUID
    first: int
    end: int  # exclusive
    why: str
    ref: str
    state: str
    code: str  # of the transfer, so that apps to the right know their own


@dataclass(slots=True)
class SpendingLimit:
    """At most `most` coins of a wallet from the day `since` on, of which `spent` are gone."""

    name: str
    most: int
    since: date
    spent: int
