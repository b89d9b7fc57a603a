"""Unspent coins of a lot go back for the price that was paid."""

from dataclasses import dataclass

from wallets.books import Draft
from wallets.errors import NotRefundable


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSum:
    """What a refund of `coins` of a lot is worth: minor units of the lot's currency."""

    lot: int
    coins: int
    money: int
    tax: int
    reserve: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAccounts:
    wallet: int
    escrow: int
    sold: int
    provider: int
    sales: int
    tax: int
    reserve: int


def refund_asked(draft: Draft, *, lot: int, coins: int, wallet: int, escrow: int) -> RefundSum:
    """Hold `coins` of a lot in the refund's escrow; says the money, on running totals.

    Refuses with NotRefundable; `most` says how many coins of the lot could be refunded.
    """
    state = draft.lot(lot)
    most = min(state.remaining, state.coins - state.refunded_coins - state.disputed_coins)
    if state.price == 0 or coins <= 0 or coins > most:
        raise NotRefundable(most=0 if state.price == 0 else max(most, 0))
    state = draft.change_lot(lot)
    back = state.refunded_coins + coins
    money = min(
        state.price * back // state.coins - state.refunded_money,
        state.price - state.refunded_money - state.disputed_money,
    )
    taxed = state.refunded_tax + state.disputed_tax
    asked = RefundSum(
        lot=lot,
        coins=coins,
        money=money,
        tax=min(state.tax * back // state.coins - state.refunded_tax, state.tax - taxed, money),
        reserve=state.reserved * back // state.coins - state.refunded_reserve,
    )
    state.remaining -= coins
    _count(state, asked, 1)
    draft.move(wallet, escrow, coins, "refund", parts=[(lot, coins)])
    return asked


def refund_done(draft: Draft, accounts: RefundAccounts, refund: RefundSum) -> None:
    """The provider sent the money: coins and cash leave the books."""
    parts = [(refund.lot, refund.coins)]
    draft.move(accounts.escrow, accounts.sold, refund.coins, "refund", parts=parts)
    net = refund.money - refund.tax
    if net > 0:
        draft.move(accounts.sales, accounts.provider, net, "refund")
    if refund.tax:
        draft.move(accounts.tax, accounts.provider, refund.tax, "refund")
    if refund.reserve:
        kept = min(refund.reserve, draft.account(accounts.reserve).spendable)
        if kept > 0:
            draft.move(accounts.reserve, accounts.sales, kept, "reserve")


def refund_failed(draft: Draft, *, wallet: int, escrow: int, refund: RefundSum) -> None:
    """The provider did not take it: the coins come back and the counts go back."""
    state = draft.change_lot(refund.lot)
    state.remaining += refund.coins
    _count(state, refund, -1)
    parts = [(refund.lot, refund.coins)]
    draft.move(escrow, wallet, refund.coins, "refund_failed", parts=parts)


def _count(state, refund: RefundSum, sign: int) -> None:
    state.refunded_coins += sign * refund.coins
    state.refunded_money += sign * refund.money
    state.refunded_tax += sign * refund.tax
    state.refunded_reserve += sign * refund.reserve
