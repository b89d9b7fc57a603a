"""The only row locks and advisory locks of this app.

Order, everywhere: the open day (shared) → accounts by id, all at once → rows of the kind
(recharges, streams, campaigns) by id. A transaction locks accounts once. A staff action that
locked its own row before must not post about it.
"""

from collections.abc import Iterable

from django.db import connection

from wallets.errors import LedgerBroken
from wallets.models import CoinPack, Recharge, Switch
from wallets.statements import Answer, array, run

OPEN_DAY = 7_301_001  # advisory: shared by writers, taken exclusively by the close
BATCH_BUILDER = 7_301_002
RATE_CARDS = 7_301_003  # advisory: cards are announced one after the other
BUYER = 7_301  # advisory, with a user's id: one person's orders are judged one after the other

ACCOUNT_COLUMNS = """id, owner_id, kind, asset, floor, can_debit, can_credit, debits_posted,
    credits_posted, debits_pending, credits_pending, cleared_until"""


def begin(*, lock_timeout_ms: int = 5_000, statement_timeout_ms: int = 20_000) -> Answer:
    """Set a money transaction's guards and share the open day. Call first, once: `check_began`.

    A batch looks up some hundred rows by their keys. On a young database, or with statistics that
    are behind, the planner would rather read a whole table for that; so it is not asked.
    """
    return run(
        """SELECT current_setting('gifteconomy.began', true),
                      set_config('gifteconomy.began', '1', true),
                      set_config('lock_timeout', %s, true),
                      set_config('statement_timeout', %s, true),
                      set_config('synchronous_commit', 'on', true),
                      set_config('jit', 'off', true),
                      set_config('plan_cache_mode', 'force_generic_plan', true),
                      set_config('enable_seqscan', 'off', true),
                      set_config('enable_bitmapscan', 'off', true),
                      set_config('enable_hashjoin', 'off', true),
                      set_config('enable_mergejoin', 'off', true),
                      pg_advisory_xact_lock_shared(%s)""",
        str(lock_timeout_ms),
        str(statement_timeout_ms),
        OPEN_DAY,
    )


def check_began(answer: Answer) -> None:
    """Raise LedgerBroken when this transaction had begun before."""
    if answer.row()[0] == "1":
        raise LedgerBroken("a transaction locks its accounts once")


def lock_accounts(ids: Iterable[int]) -> Answer:
    """Lock those of these accounts that keep a balance, in the order of their ids; their
    ACCOUNT_COLUMNS as they are now."""
    return run(
        f"""SELECT {ACCOUNT_COLUMNS} FROM wallets_account
            WHERE id = ANY(%s::bigint[]) AND kind NOT IN ('spent', 'earned')
            ORDER BY id FOR NO KEY UPDATE""",  # noqa: S608
        array(sorted(set(ids))),
    )


def lock_open_day() -> None:
    """Wait for all writers to end and keep new ones out until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPEN_DAY])


def try_lock(key: int) -> bool:
    """Take a named advisory lock until commit, or say that another holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return cursor.fetchone()[0]


def lock_buyer(user_id: int) -> None:
    """Let one order of this person be judged at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BUYER, user_id])


def lock_rate_cards() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RATE_CARDS])


def lock_recharges(ids: Iterable[int]) -> None:
    """Lock these orders in the order of their ids."""
    run(
        """SELECT FROM wallets_recharge WHERE id = ANY(%s::bigint[])
           ORDER BY id FOR NO KEY UPDATE""",
        array(sorted(set(ids))),
        prepare=False,
    )


def lock_recharge(id: int) -> Recharge:
    return Recharge.objects.select_for_update(no_key=True).get(pk=id)


def lock_pack(pack_id: int) -> CoinPack:
    return CoinPack.objects.select_for_update(no_key=True).get(pk=pack_id)


def lock_switch(name: str) -> Switch:
    return Switch.objects.select_for_update(no_key=True).get(pk=name)
