"""Coins wait in a campaign's escrow, are charged piece by piece, and the rest comes back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from wallets.books import Draft
from wallets.errors import InsufficientCoins
from wallets.rows import Written
from wallets.states import Parts


def campaign_start(draft: Draft, *, wallet: int, escrow: int, coins: int) -> None:
    """Put `coins` of the wallet's oldest lots into the campaign's escrow."""
    parts = draft.spend(wallet, coins)
    draft.move(wallet, escrow, coins, "campaign", parts=parts)


def campaign_charge(
    draft: Draft, *, escrow: int, spent: int, coins: int, history: Sequence[Written]
) -> None:
    """The first `coins` that are still in escrow are spent."""
    parts, left = [], coins
    for lot, inside in parts_inside(escrow, history):
        taken = min(inside, left)
        if taken:
            parts.append((lot, taken))
            left -= taken
    if left:
        raise InsufficientCoins(missing=left, balance=coins - left)
    draft.move(escrow, spent, coins, "campaign_charge", parts=parts)


def campaign_rest(draft: Draft, *, escrow: int, wallet: int, history: Sequence[Written]) -> int:
    """What is left in escrow goes back to its lots; says how many coins."""
    parts = parts_inside(escrow, history)
    coins = sum(n for _, n in parts)
    if coins:
        for at, back in _started(escrow, history, coins):
            draft.count_spent(wallet, at, -back)
        draft.put_back(parts)
        draft.move(escrow, wallet, coins, "campaign_rest", parts=parts)
    return coins


def _started(escrow: int, history: Sequence[Written], coins: int) -> Iterable[tuple[datetime, int]]:
    """When the last `coins` that came into an escrow account came in, latest first."""
    for transfer in reversed(history):
        if transfer.credit == escrow and coins:
            back = min(coins, transfer.amount)
            coins -= back
            yield transfer.created, back


def parts_inside(account: int, history: Iterable[Written]) -> Parts:
    """Which coins an escrow account holds, in the order they came in."""
    inside: list[list[int]] = []
    for transfer in history:
        if transfer.credit == account:
            inside.extend([lot, n] for lot, n in transfer.parts)
        else:
            for lot, n in transfer.parts:
                _take_first(inside, lot, n)
    return [(lot, n) for lot, n in inside if n]


def _take_first(inside: list[list[int]], lot: int, coins: int) -> None:
    for part in inside:
        if part[0] == lot and coins:
            taken = min(part[1], coins)
            part[1] -= taken
            coins -= taken
