"""Coins are spent on a gift, and come back by undo, return or staff's reversal."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from wallets.books import Draft
from wallets.errors import NothingToTakeBack, TooLate
from wallets.rows import Written
from wallets.spans import free_spans, parts_of_spans, span_coins
from wallets.states import Parts


class Gift(Struct):
    """The two transfers of a gift, and when its diamonds are clear."""

    coin_transfer: UUID
    diamond_transfer: UUID
    parts: Parts
    clears_at: datetime


def gift(
    draft: Draft,
    *,
    wallet: int,
    spent: int,
    earned: int,
    clearing: int,
    coins: int,
    diamonds: int,
    undo_seconds: int | None = None,
) -> Gift:
    """`coins` of the wallet's oldest lots are spent, `diamonds` are earned and start clearing.

    Refuses with OverLimit, InsufficientCoins or Frozen. `undo_seconds` is the sender's own,
    longer window.
    """
    parts = draft.spend(wallet, coins)
    clears_at = draft.clears_at(parts, undo_seconds)
    paid = draft.move(wallet, spent, coins, "gift", parts=parts)
    got = draft.move(earned, clearing, diamonds, "gift", clears_at=clears_at)
    return Gift(paid.id, got.id, parts, clears_at)


def take_back(
    draft: Draft,
    *,
    coin: Written,
    diamond: Written,
    why: str,
    available: int | None = None,
) -> int:
    """All coins of a gift that did not come back before go back to the lots they came from.

    Says how many. Uncleared diamonds return from `clearing`; cleared ones only where `available`
    is given (the creator's own return), and only while they are there. Refuses with
    NothingToTakeBack, TooLate or InsufficientDiamonds.
    """
    spans = free_spans(coin.amount, coin.taken)
    if not spans:
        raise NothingToTakeBack()
    coins = span_coins(spans)
    diamonds = coins * (diamond.amount // coin.amount)
    parts = parts_of_spans(coin.parts, spans)
    cleared = draft.is_cleared(diamond.credit, diamond.clears_at)
    if cleared and available is None:
        raise TooLate()

    draft.put_back(parts)
    draft.count_spent(coin.debit, coin.created, -coins)
    draft.move(coin.credit, coin.debit, coins, why, parts=parts, reverses=coin.id)
    if cleared:
        assert available is not None
        draft.move(available, diamond.debit, diamonds, why, reverses=diamond.id)
    else:
        draft.move(
            diamond.credit,
            diamond.debit,
            diamonds,
            why,
            clears_at=diamond.clears_at,
            reverses=diamond.id,
        )
    draft.take_back(coin.id, spans, why=why, state="final", code=coin.code)
    return coins
