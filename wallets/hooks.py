"""What must also happen when coins move: apps to the right register it, the writer calls it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from wallets.books import Books
from wallets.states import AccountState

TakenBackHook = Callable[[Sequence[Any]], None]
_taken_back_hooks: dict[str, TakenBackHook] = {}


def when_taken_back(code: str, hook: TakenBackHook) -> None:
    """Register what an app to the right does, in the same transaction, when coins of its
    transfers of this code come back (a gift is marked). The hook gets the DraftTakenBack rows."""
    _taken_back_hooks[code] = hook


def tell_of_taken_back(taken: Sequence[Any]) -> None:
    by_code: dict[str, list[Any]] = {}
    for back in taken:
        by_code.setdefault(back.code, []).append(back)
    for code, backs in by_code.items():
        if hook := _taken_back_hooks.get(code):
            hook(backs)


ReleasedHook = Callable[[dict[UUID, int]], None]
_released_hooks: dict[str, ReleasedHook] = {}


def when_released(code: str, hook: ReleasedHook) -> None:
    """Register the reverse of `when_taken_back`: a dispute was won, what it held is spent again.
    The hook gets the coins by transfer."""
    _released_hooks[code] = hook


def tell_of_released(released: Sequence[tuple[str, UUID, int]]) -> None:
    by_code: dict[str, dict[UUID, int]] = {}
    for code, transfer, coins in released:
        of_code = by_code.setdefault(code, {})
        of_code[transfer] = of_code.get(transfer, 0) + coins
    for code, coins_by_transfer in by_code.items():
        if hook := _released_hooks.get(code):
            hook(coins_by_transfer)


# User → (a number that rises with every movement of the wallet, its balance in coins).
WalletBalances = dict[int, tuple[int, int]]
WalletsHook = Callable[[WalletBalances], None]
_wallets_hooks: list[WalletsHook] = []


def when_wallets_change(hook: WalletsHook) -> None:
    """Register what happens after a commit that moved coins of these people's wallets."""
    _wallets_hooks.append(hook)


def tell_of_wallets(books: Books, before: dict[int, AccountState]) -> None:
    changed = {
        state.owner: (state.debits_posted + state.credits_posted, state.spendable)
        for id, state in books.accounts.items()
        if state.kind == "wallet" and state.owner and state.numbers != before[id].numbers
    }
    for hook in _wallets_hooks if changed else ():
        transaction.on_commit(partial(hook, changed), robust=True)
