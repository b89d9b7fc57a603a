"""The dashboard's numbers once more, from the ledger's transfers and holds alone."""

from datetime import datetime
from typing import Any

from django.db import connection


def recount_earned(creator_id: int, since: datetime, until: datetime) -> dict[int, int]:
    """Diamonds of gifts of this time by series, less those whose coins came back."""
    return dict(
        _rows(
            """SELECT substr(a.asset, 9)::int,
                      sum(d.amount - d.amount / c.amount * coalesce(b.coins, 0))::bigint
               FROM wallets_account a
               JOIN wallets_transfer d ON d.credit_account_id = a.id AND d.code = 'gift'
               JOIN wallets_transfer c ON c.operation_id = d.operation_id AND c.code = 'gift'
                AND c.lots IS NOT NULL
               LEFT JOIN LATERAL (
                   SELECT sum(upper(span) - lower(span)) AS coins FROM wallets_takenback
                   WHERE transfer_id = c.id AND state <> 'released') b ON true
               WHERE a.owner_id = %s AND a.kind = 'clearing'
                 AND d.created >= %s AND d.created < %s
               GROUP BY 1""",
            [creator_id, since, until],
        )
    )


def recount_supporters(creator_id: int, since: datetime, until: datetime) -> dict[int, int]:
    """The same diamonds by the owner of the wallet that paid."""
    return dict(
        _rows(
            """SELECT w.owner_id,
                      sum(d.amount - d.amount / c.amount * coalesce(b.coins, 0))::bigint
               FROM wallets_account a
               JOIN wallets_transfer d ON d.credit_account_id = a.id AND d.code = 'gift'
               JOIN wallets_transfer c ON c.operation_id = d.operation_id AND c.code = 'gift'
                AND c.lots IS NOT NULL
               JOIN wallets_account w ON w.id = c.debit_account_id
               LEFT JOIN LATERAL (
                   SELECT sum(upper(span) - lower(span)) AS coins FROM wallets_takenback
                   WHERE transfer_id = c.id AND state <> 'released') b ON true
               WHERE a.owner_id = %s AND a.kind = 'clearing'
                 AND d.created >= %s AND d.created < %s
               GROUP BY 1""",
            [creator_id, since, until],
        )
    )


def recount_balances(creator_id: int) -> dict[str, int]:
    """Diamonds by `clearing`, `available`, `on_hold` and `held`, over all series."""
    found = {"clearing": 0, "available": 0, "on_hold": 0, "held": 0}
    for kind, diamonds, pending in _rows(
        """SELECT a.kind,
                  coalesce(sum((SELECT coalesce(sum(amount), 0) FROM wallets_transfer
                                WHERE credit_account_id = a.id)
                             - (SELECT coalesce(sum(amount), 0) FROM wallets_transfer
                                WHERE debit_account_id = a.id)), 0)::bigint,
                  coalesce(sum((SELECT coalesce(sum(amount), 0) FROM wallets_hold
                                WHERE debit_account_id = a.id AND state = 'pending')), 0)::bigint
           FROM wallets_account a
           WHERE a.owner_id = %s AND a.asset LIKE 'DIAMOND.%%' GROUP BY 1""",
        [creator_id],
    ):
        found[kind] = diamonds - pending
        if kind == "available":
            found["on_hold"] = pending
    return found


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
