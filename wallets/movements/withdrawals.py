"""Diamonds are held for a withdrawal, become cash, or come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from wallets.books import Draft
from wallets.states import DraftHold


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccounts:
    """`rewards` and `exchange_base` are in the base currency, the others in the payout's."""

    rewards: int
    exchange_base: int
    exchange: int
    payout: int
    payout_income: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSum:
    """Minor units: `base` of the base currency, `paid` and `fee` of the payout currency."""

    base: int
    paid: int
    fee: int


def withdrawal_asked(draft: Draft, series: Sequence[tuple[int, int, int]]) -> list[DraftHold]:
    """Hold (available, redeemed, diamonds) of each series, oldest first."""
    return [draft.hold(available, redeemed, n, "withdrawal") for available, redeemed, n in series]


def withdrawal_paid(
    draft: Draft, accounts: PayoutAccounts, holds: Sequence[DraftHold], payout: PayoutSum
) -> None:
    """The rail has the money: the holds are posted and the cash leaves."""
    for hold in holds:
        draft.resolve(hold, post=True)
    _exchange(draft, accounts, payout, code="withdrawal", back=False)


def withdrawal_returned(
    draft: Draft,
    accounts: PayoutAccounts,
    series: Sequence[tuple[int, int, int]],
    payout: PayoutSum,
) -> None:
    """Paid money came back: the reverse at the stored sums; (redeemed, available, diamonds)."""
    for redeemed, available, diamonds in series:
        draft.move(redeemed, available, diamonds, "withdrawal_returned")
    _exchange(draft, accounts, payout, code="withdrawal_returned", back=True)


def _exchange(
    draft: Draft, accounts: PayoutAccounts, payout: PayoutSum, *, code: str, back: bool
) -> None:
    legs = [
        (accounts.rewards, accounts.exchange_base, payout.base),
        (accounts.exchange, accounts.payout, payout.paid),
        (accounts.exchange, accounts.payout_income, payout.fee),
    ]
    for debit, credit, amount in legs:
        if amount and back:
            draft.move(credit, debit, amount, code)
        elif amount:
            draft.move(debit, credit, amount, code)
