"""Earning rows, written inside the transaction of the writer that moved the diamonds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

from creators.models import Earning
from wallets.statements import array, insert_rows, run


class NewEarning(Struct, kw_only=True):
    """One operation's earning; `diamonds` of `series`, a whole number per coin."""

    operation_id: UUID
    creator_id: int
    place_id: int
    supporter_id: int
    source_id: int
    source_name: str
    quantity: int
    coins: int
    diamonds: int
    series: int
    clears_at: datetime
    created: datetime
    source: str = "gift"
    taken_back_coins: int = 0
    anonymous: bool = False


def record_earnings(rows: Sequence[NewEarning]) -> None:
    """Insert the earnings of a batch in one statement; for the writer's transaction."""
    if not rows:
        return
    insert_rows(Earning, NewEarning.__struct_fields__, [astuple(row) for row in rows])


def mark_earnings_taken_back(coins: Mapping[UUID, int]) -> None:
    """Add to what was taken back of each operation's coins; for the writer's transaction.

    A negative number gives coins of a dispute that was won back to the creator. Raises
    LedgerBroken where an operation has no earning, and a database error beyond its coins.
    """
    if not coins:
        return
    run(
        """UPDATE creators_earning e SET taken_back_coins = e.taken_back_coins + b.coins
           FROM unnest(%s::uuid[], %s::bigint[]) AS b (operation_id, coins)
           WHERE e.operation_id = b.operation_id""",
        array(coins),
        array(coins.values()),
        rows_written=len(coins),
    )
