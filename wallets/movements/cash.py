"""Cash that moves without coins: fees, settlements, the operator's money, unapplied money."""

from collections.abc import Sequence

from wallets.books import Draft


def cash(draft: Draft, legs: Sequence[tuple[int, int, int]], code: str) -> None:
    """Move each (debit, credit, minor units)."""
    for debit, credit, amount in legs:
        draft.move(debit, credit, amount, code)
