"""What judging works on: accounts, lots and limits as they stand, and what an operation drafts.

msgspec's structs, because a batch makes and copies thousands: a fifth of a dataclass's time.
"""

from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

# Parts of a transfer: (lot id, coins), oldest lot first.
Parts = Sequence[tuple[int, int]]


class AccountState(Struct):
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
        return copy(self)

    @property
    def spendable(self) -> int:
        return self.credits_posted - self.debits_posted - self.debits_pending

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return (self.debits_posted, self.credits_posted, self.debits_pending, self.credits_pending)


class LotState(Struct):
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
        return copy(self)


class DraftTransfer(Struct):
    id: UUID
    debit: int
    credit: int
    amount: int
    code: str
    parts: Parts = ()
    clears_at: datetime | None = None
    reverses: UUID | None = None


class DraftHold(Struct, frozen=True):
    id: UUID
    debit: int
    credit: int
    amount: int
    code: str


class DraftTakenBack(Struct, frozen=True):
    transfer: UUID
    first: int
    end: int  # exclusive
    why: str
    ref: str
    state: str
    code: str  # of the transfer, so that apps to the right know their own


class SpendingLimit(Struct):
    """At most `most` coins of a wallet from the day `since` on, of which `spent` are gone."""

    name: str
    most: int
    since: date
    spent: int
