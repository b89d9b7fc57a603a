"""The nightly close: derived accounts get their sums of the day, once, for ever."""

from datetime import date

from django.db import connection, transaction

from wallets.errors import LedgerBroken
from wallets.locks import lock_open_day
from wallets.models import ClosedDay, LedgerDay, Transfer


def set_first_day(day: date) -> None:
    """Let a ledger in which nothing was ever posted begin on another day, for a history.

    Waits for all writers. Raises LedgerBroken when there is a transfer or a closed day.
    """
    with transaction.atomic(durable=True):
        lock_open_day()
        if Transfer.objects.exists() or ClosedDay.objects.exists():
            raise LedgerBroken("the ledger has begun")
        LedgerDay.objects.update(day=day)


def close_day(*, today: date | None = None) -> date | None:
    """Close the open day if it is over and open `today` (by default the database's, in UTC).

    Waits for all writers, moves the day on, then sums: ids and clocks are not commit order.
    Says which day was closed; None when the open day is not over.
    """
    with transaction.atomic(durable=True):
        lock_open_day()
        opened = LedgerDay.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date")
            next_day = today or cursor.fetchone()[0]
            closed = opened.day
            if next_day <= closed:
                return None
            opened.day = next_day
            opened.save()
            cursor.execute(
                """INSERT INTO wallets_closedday (day, account_id, debits_posted, credits_posted)
                   SELECT %(day)s, a.id,
                       coalesce(before.debits_posted, 0) + (
                           SELECT coalesce(sum(amount), 0) FROM wallets_transfer
                           WHERE day = %(day)s AND debit_account_id = a.id),
                       coalesce(before.credits_posted, 0) + (
                           SELECT coalesce(sum(amount), 0) FROM wallets_transfer
                           WHERE day = %(day)s AND credit_account_id = a.id)
                   FROM wallets_account a
                   LEFT JOIN LATERAL (
                       SELECT debits_posted, credits_posted FROM wallets_closedday
                       WHERE account_id = a.id ORDER BY day DESC LIMIT 1) before ON true
                   WHERE a.kind IN ('spent', 'earned')""",
                {"day": closed},
            )
    return closed
