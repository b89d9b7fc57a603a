"""Coins come in: recharges, and grants by staff."""

from dataclasses import dataclass

from wallets.books import Draft
from wallets.errors import InsufficientCoins
from wallets.states import LotState

WHOLE_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeAccounts:
    wallet: int
    sold: int
    provider: int
    sales: int
    tax: int
    reserve: int


def reserve_share(net: int, basis_points: int) -> int:
    """The part of a net sale that goes to the reserve, rounded half up."""
    return (net * basis_points + WHOLE_BASIS_POINTS // 2) // WHOLE_BASIS_POINTS


def recharge(
    draft: Draft,
    accounts: RechargeAccounts,
    *,
    recharge: int,
    coins: int,
    price: int,
    tax: int,
    tax_country: str,
    currency: str,
    reserve_basis_points: int,
    method: str,
    risk: str,
) -> LotState:
    """Coins bought for `price` (tax included): the cash side, the coins, the lot."""
    net = price - tax
    reserved = reserve_share(net, reserve_basis_points)
    lot = draft.new_lot(
        accounts.wallet,
        coins,
        recharge=recharge,
        price=price,
        tax=tax,
        tax_country=tax_country,
        reserved=reserved,
        currency=currency,
        method=method,
        risk=risk,
    )
    draft.move(accounts.provider, accounts.sales, net, "recharge")
    if tax:
        draft.move(accounts.provider, accounts.tax, tax, "recharge")
    draft.move(accounts.sold, accounts.wallet, coins, "recharge", parts=[(lot.id, coins)])
    if reserved:
        draft.move(accounts.sales, accounts.reserve, reserved, "reserve")
    return lot


def grant(draft: Draft, *, granted: int, wallet: int, coins: int, currency: str) -> LotState:
    """Coins given by staff: a lot of price 0, never refunded in money."""
    lot = draft.new_lot(
        wallet,
        coins,
        recharge=None,
        price=0,
        tax=0,
        tax_country="",
        reserved=0,
        currency=currency,
        method="grant",
        risk="grant",
    )
    draft.move(granted, wallet, coins, "grant", parts=[(lot.id, coins)])
    return lot


def grant_taken_back(draft: Draft, *, lot: int, granted: int, wallet: int) -> int:
    """What is unspent of a granted lot goes back; says how many coins."""
    coins = draft.lot(lot).remaining
    if not coins:
        raise InsufficientCoins(missing=1, balance=0)
    draft.change_lot(lot).remaining = 0
    draft.move(wallet, granted, coins, "grant_back", parts=[(lot, coins)])
    return coins
