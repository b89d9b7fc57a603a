"""The only row locks and advisory locks of this app.

Order, everywhere: the open day (shared) → accounts by id, all at once → rows of the kind
(streams, campaigns) by id. A transaction locks accounts once.
"""

from collections.abc import Iterable

from django.db import connection

from wallets.books import AccountState
from wallets.errors import LedgerBroken

OPEN_DAY = 7_301_001  # advisory: shared by writers, taken exclusively by the close
BATCH_BUILDER = 7_301_002

ACCOUNT_COLUMNS = """id, owner_id, kind, asset, floor, can_debit, can_credit, debits_posted,
    credits_posted, debits_pending, credits_pending, cleared_until"""


def begin(*, lock_timeout_ms: int = 5_000, statement_timeout_ms: int = 20_000) -> None:
    """Set a money transaction's guards and share the open day. Call first, once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT current_setting('gifteconomy.began', true),
                      set_config('gifteconomy.began', '1', true),
                      set_config('lock_timeout', %s, true),
                      set_config('statement_timeout', %s, true),
                      set_config('synchronous_commit', 'on', true),
                      pg_advisory_xact_lock_shared(%s)""",
            [str(lock_timeout_ms), str(statement_timeout_ms), OPEN_DAY],
        )
        if cursor.fetchone()[0] == "1":
            raise LedgerBroken("a transaction locks its accounts once")


def lock_accounts(ids: Iterable[int]) -> dict[int, AccountState]:
    """Lock these accounts in the order of their ids and return them as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {ACCOUNT_COLUMNS} FROM wallets_account
                WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",  # noqa: S608
            [sorted(set(ids))],
        )
        return {row[0]: AccountState(*row) for row in cursor.fetchall()}


def lock_open_day() -> None:
    """Wait for all writers to end and keep new ones out until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPEN_DAY])


def try_lock(key: int) -> bool:
    """Take a named advisory lock until commit, or say that another holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return cursor.fetchone()[0]
