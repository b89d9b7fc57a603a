"""The only row locks and advisory locks of this app.

Order, everywhere: the ledger's accounts first (`wallets.locks`), then places by id.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from wallets.rows import array


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A locked place as it is now."""

    id: int
    creator_id: int
    open: bool
    seq: int
    counted: int

    @property
    def user_id(self) -> int:
        """The creator's key is the user's."""
        return self.creator_id


def lock_places(ids: Iterable[int]) -> dict[int, PlaceState]:
    """Lock these places in the order of their ids and return them as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, creator_id, open, seq, counted FROM creators_place
               WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE""",
            [array(sorted(set(ids)))],
        )
        return {row[0]: PlaceState(*row) for row in cursor.fetchall()}
