"""`ledger_check`: re-derives the books from their rows, with SQL of its own.

Each pass selects what must not be: (what, detail) per difference. Passes of the apps to the right
are registered with `register_pass`. Everything is read in one REPEATABLE READ transaction, so the
check may run while gifts are being sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the rows say in two ways."""

    name: str
    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}: {self.detail}"


_passes: dict[str, str] = {}


def register_pass(name: str, sql: str) -> None:
    """Add a pass: SQL that selects (what, detail) of each difference, for the accounts in
    %(accounts)s or, where that is NULL, for all."""
    _passes[name] = sql


def passes() -> dict[str, str]:
    return dict(_passes)


def ledger_check(*, accounts: Sequence[int] | None = None) -> list[Difference]:
    """All differences, or those of some accounts; empty when the books are right."""
    found: list[Difference] = []
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not inside:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, sql in _passes.items():
            cursor.execute(sql, {"accounts": list(accounts) if accounts is not None else None})
            found += [Difference(name, str(what), str(detail)) for what, detail in cursor]
    return found


# Transfers with one row per lot that they move.
PARTS = """parts AS (
    SELECT t.id, t.code, t.debit_account_id AS debit, t.credit_account_id AS credit,
           u.lot, u.coins
    FROM wallets_transfer t, unnest(t.lots, t.lot_coins) AS u (lot, coins)
    WHERE t.lots IS NOT NULL)"""
OURS = "(%(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s))"

register_pass(
    "balances",
    f"""WITH debits AS (
            SELECT debit_account_id AS id, sum(amount) AS n FROM wallets_transfer GROUP BY 1),
        credits AS (
            SELECT credit_account_id AS id, sum(amount) AS n FROM wallets_transfer GROUP BY 1),
        held AS (
            SELECT debit_account_id AS id, sum(amount) AS n FROM wallets_hold
            WHERE state = 'pending' GROUP BY 1),
        expected AS (
            SELECT credit_account_id AS id, sum(amount) AS n FROM wallets_hold
            WHERE state = 'pending' GROUP BY 1),
        derived AS (
            SELECT a.*, coalesce(d.n, 0) AS d, coalesce(c.n, 0) AS c, coalesce(h.n, 0) AS h,
                   coalesce(e.n, 0) AS e
            FROM wallets_account a
            LEFT JOIN debits d USING (id) LEFT JOIN credits c USING (id)
            LEFT JOIN held h USING (id) LEFT JOIN expected e USING (id)
            WHERE a.kind NOT IN ('spent', 'earned') AND {OURS})
        SELECT 'account ' || id, format('posted %%s/%%s, rows say %%s/%%s; pending %%s/%%s, '
               'holds say %%s/%%s', debits_posted, credits_posted, d, c, debits_pending,
               credits_pending, h, e)
        FROM derived
        WHERE (debits_posted, credits_posted, debits_pending, credits_pending)
              IS DISTINCT FROM (d, c, h, e)""",  # noqa: S608
)
register_pass(
    "floors",
    f"""SELECT 'account ' || a.id, format('%%s below its floor of %%s',
               credits_posted - debits_posted - debits_pending, floor)
        FROM wallets_account a
        WHERE {OURS} AND (credits_posted - debits_posted - debits_pending < floor
              OR (owner_id IS NOT NULL AND floor IS DISTINCT FROM 0)
              OR (asset = 'COIN' AND debits_pending + credits_pending <> 0))""",  # noqa: S608
)
register_pass(
    "closed days",
    """SELECT format('account %%s on %%s', c.account_id, c.day),
              format('closed with %%s/%%s, rows say %%s/%%s', c.debits_posted, c.credits_posted,
                     s.d, s.c)
       FROM wallets_closedday c, LATERAL (
           SELECT coalesce(sum(amount) FILTER (WHERE debit_account_id = c.account_id), 0) AS d,
                  coalesce(sum(amount) FILTER (WHERE credit_account_id = c.account_id), 0) AS c
           FROM wallets_transfer t WHERE t.day <= c.day
             AND c.account_id IN (t.debit_account_id, t.credit_account_id)) s
       WHERE (c.debits_posted, c.credits_posted) IS DISTINCT FROM (s.d, s.c)
       UNION ALL
       SELECT 'transfer ' || t.id, format('is of %%s, the open day is %%s', t.day, d.day)
       FROM wallets_transfer t, wallets_ledgerday d WHERE t.day > d.day
       UNION ALL
       SELECT 'derived account ' || a.id, 'keeps a balance of its own' FROM wallets_account a
       WHERE a.kind IN ('spent', 'earned')
         AND a.debits_posted + a.credits_posted + a.debits_pending + a.credits_pending <> 0""",
)
register_pass(
    "references",
    """SELECT 'transfer ' || t.id, format('%%s from account %%s to %%s', t.code,
              coalesce(d.asset, 'none'), coalesce(c.asset, 'none'))
       FROM wallets_transfer t
       LEFT JOIN wallets_account d ON d.id = t.debit_account_id
       LEFT JOIN wallets_account c ON c.id = t.credit_account_id
       WHERE d.asset IS DISTINCT FROM c.asset OR d.id IS NULL
       UNION ALL
       SELECT 'transfer ' || t.id, 'belongs to no done operation'
       FROM wallets_transfer t
       LEFT JOIN wallets_operation o ON o.id = t.operation_id AND o.outcome = 'done'
       WHERE o.id IS NULL
       UNION ALL
       SELECT 'hold ' || h.id, 'belongs to no done operation' FROM wallets_hold h
       LEFT JOIN wallets_operation o ON o.id = h.operation_id AND o.outcome = 'done'
       WHERE o.id IS NULL
       UNION ALL
       SELECT 'span ' || b.id, 'belongs to no transfer, or no done operation'
       FROM wallets_takenback b
       LEFT JOIN wallets_transfer t ON t.id = b.transfer_id
       LEFT JOIN wallets_operation o ON o.id = b.operation_id AND o.outcome = 'done'
       WHERE t.id IS NULL OR o.id IS NULL""",
)
register_pass(
    "operations",
    """SELECT 'operation ' || o.id, format('%%s %%s without its transfers or holds', o.kind,
              o.outcome)
       FROM wallets_operation o
       WHERE o.outcome = 'done' AND o.kind <> 'freeze_user'
         AND NOT EXISTS (SELECT FROM wallets_transfer t WHERE t.operation_id = o.id)
         AND NOT EXISTS (SELECT FROM wallets_hold h WHERE o.id IN (h.operation_id, h.resolved_by))
       UNION ALL
       SELECT 'operation ' || o.id, 'has no reason for its refusal, or no request'
       FROM wallets_operation o
       WHERE (o.outcome = 'refused' AND o.reason = '') OR length(o.request_hash) <> 32""",
)
register_pass(
    "lots",
    f"""WITH {PARTS}, moved AS (
            SELECT l.id, coalesce(sum(CASE WHEN p.credit = l.wallet_id THEN p.coins
                                           WHEN p.debit = l.wallet_id THEN -p.coins END), 0) AS n
            FROM wallets_lot l LEFT JOIN parts p ON p.lot = l.id GROUP BY l.id)
        SELECT 'lot ' || l.id, format('holds %%s coins, its transfers say %%s', l.remaining, m.n)
        FROM wallets_lot l JOIN moved m USING (id) JOIN wallets_account a ON a.id = l.wallet_id
        WHERE l.remaining IS DISTINCT FROM m.n AND {OURS}
        UNION ALL
        SELECT 'wallet ' || a.id, format('holds %%s coins, its lots %%s',
               a.credits_posted - a.debits_posted, coalesce(s.n, 0))
        FROM wallets_account a LEFT JOIN (
            SELECT wallet_id, sum(remaining) AS n FROM wallets_lot GROUP BY 1) s
            ON s.wallet_id = a.id
        WHERE a.kind = 'wallet' AND {OURS}
          AND a.credits_posted - a.debits_posted <> coalesce(s.n, 0)""",  # noqa: S608
)
register_pass(
    "coins of transfers",
    f"""WITH {PARTS}
        SELECT 'transfer ' || t.id, format('moves %%s coins, its lots %%s', t.amount,
               coalesce((SELECT sum(n) FROM unnest(t.lot_coins) n), 0))
        FROM wallets_transfer t
        WHERE coalesce((SELECT sum(n) FROM unnest(t.lot_coins) n), 0) <> CASE WHEN EXISTS (
                  SELECT FROM wallets_account a WHERE a.asset = 'COIN' AND a.owner_id IS NOT NULL
                    AND a.id IN (t.debit_account_id, t.credit_account_id))
              OR t.lots IS NOT NULL THEN t.amount ELSE 0 END
           OR EXISTS (SELECT FROM unnest(t.lot_coins) n WHERE n <= 0)
        UNION ALL
        SELECT 'transfer ' || p.id, 'moves coins of lot ' || p.lot || ', which is not of its user'
        FROM parts p LEFT JOIN wallets_lot l ON l.id = p.lot
        LEFT JOIN wallets_account w ON w.id = l.wallet_id
        JOIN wallets_account a ON a.id IN (p.debit, p.credit) AND a.owner_id IS NOT NULL
        WHERE l.id IS NULL OR w.owner_id <> a.owner_id""",  # noqa: S608
)
register_pass(
    "money of lots",
    f"""WITH {PARTS}, refunded AS (
            SELECT p.lot, sum(CASE p.code WHEN 'refund_failed' THEN -p.coins ELSE p.coins END) AS n
            FROM parts p JOIN wallets_lot l ON l.id = p.lot
            WHERE (p.code = 'refund' AND p.debit = l.wallet_id) OR p.code = 'refund_failed'
            GROUP BY 1)
        SELECT 'lot ' || l.id, format('says %%s coins refunded, its transfers say %%s',
               l.refunded_coins, coalesce(r.n, 0))
        FROM wallets_lot l LEFT JOIN refunded r ON r.lot = l.id
        WHERE l.refunded_coins <> coalesce(r.n, 0)
        UNION ALL
        SELECT 'lot ' || l.id, 'gave back more than it had'
        FROM wallets_lot l
        WHERE l.refunded_money + l.disputed_money > l.price
           OR l.refunded_tax + l.disputed_tax > l.tax OR l.refunded_reserve > l.reserved
           OR l.remaining + l.refunded_coins > l.coins OR l.open <> (l.remaining > 0)""",  # noqa: S608
)
register_pass(
    "taken back",
    """WITH spans AS (
           SELECT b.transfer_id AS id, max(upper(b.span)) AS past, min(lower(b.span)) AS first,
                  coalesce(sum(upper(b.span) - lower(b.span))
                           FILTER (WHERE b.state = 'final' AND b.why <> 'freeze'), 0) AS final
           FROM wallets_takenback b WHERE b.state <> 'released' GROUP BY 1),
       back AS (
           SELECT reverses AS id, sum(amount) AS n FROM wallets_transfer
           WHERE reverses IS NOT NULL AND lots IS NOT NULL GROUP BY 1)
       SELECT 'transfer ' || t.id, format('moved %%s coins; %%s came back, its spans say %%s',
              t.amount, coalesce(back.n, 0), coalesce(spans.final, 0))
       FROM wallets_transfer t LEFT JOIN spans USING (id) LEFT JOIN back USING (id)
       WHERE (spans.id IS NOT NULL OR back.id IS NOT NULL)
         AND (coalesce(back.n, 0) <> coalesce(spans.final, 0) OR spans.past > t.amount
              OR spans.first < 0)
       UNION ALL
       SELECT 'transfer ' || r.id, 'reverses no transfer' FROM wallets_transfer r
       LEFT JOIN wallets_transfer t ON t.id = r.reverses
       WHERE r.reverses IS NOT NULL AND t.id IS NULL""",
)
register_pass(
    "holds",
    """SELECT 'hold ' || h.id, 'is posted, but not as its transfer says'
       FROM wallets_hold h LEFT JOIN wallets_transfer t ON t.id = h.transfer_id
       WHERE h.state = 'posted' AND (t.id IS NULL OR (t.debit_account_id, t.credit_account_id,
             t.amount) IS DISTINCT FROM (h.debit_account_id, h.credit_account_id, h.amount))""",
)
register_pass(
    "clearing",
    f"""WITH flows AS (
            SELECT credit_account_id AS id, amount AS n, clears_at, code FROM wallets_transfer
            UNION ALL
            SELECT debit_account_id, -amount, clears_at, code FROM wallets_transfer),
        sums AS (
            SELECT a.id, coalesce(sum(n) FILTER (WHERE clears_at > coalesce(a.cleared_until,
                             '-infinity')), 0) AS open,
                   coalesce(sum(n) FILTER (WHERE clears_at <= a.cleared_until
                             OR code = 'cleared'), 0) AS cleared,
                   count(*) FILTER (WHERE clears_at IS NULL AND code <> 'cleared') AS undated
            FROM wallets_account a JOIN flows f ON f.id = a.id
            WHERE a.kind = 'clearing' AND {OURS} GROUP BY a.id)
        SELECT 'account ' || a.id, format('%%s clearing, its dates say %%s; %%s left of what '
               'cleared, %%s without a date', a.credits_posted - a.debits_posted, s.open,
               s.cleared, s.undated)
        FROM sums s JOIN wallets_account a USING (id)
        WHERE a.credits_posted - a.debits_posted <> s.open OR s.cleared <> 0 OR s.undated <> 0""",  # noqa: S608
)
