"""What `ledger_check` asks of withdrawals, payout batches and earnings."""

from wallets.check import register_pass

register_pass(
    "withdrawals",
    """SELECT 'withdrawal ' || w.id, format('is %%s, but its hold %%s of %%s is %%s of %%s',
              w.state, p.hold_id, p.diamonds, h.state, h.amount)
       FROM creators_withdrawal w
       JOIN creators_withdrawalpart p ON p.withdrawal_id = w.id
       LEFT JOIN wallets_hold h ON h.id = p.hold_id AND h.operation_id = w.operation_id
       LEFT JOIN wallets_account a ON a.id = h.debit_account_id AND a.owner_id = w.creator_id
        AND a.kind = 'available' AND a.asset = 'DIAMOND.' || p.series
       WHERE (%(accounts)s::bigint[] IS NULL OR h.debit_account_id = ANY(%(accounts)s))
         AND (a.id IS NULL OR h.amount <> p.diamonds OR NOT CASE
             WHEN w.state IN ('requested', 'approved', 'in_batch', 'sent') THEN h.state = 'pending'
             WHEN w.state = 'paid' THEN h.state = 'posted'
             WHEN w.state = 'returned' THEN h.state IN ('posted', 'voided')
             ELSE h.state = 'voided' END)
       UNION ALL
       SELECT 'withdrawal ' || w.id, format('%%s diamonds, its parts are %%s; %%s paid and %%s fee '
              'of %%s', w.diamonds, p.n, w.paid_minor, w.fee_minor, w.base_minor)
       FROM creators_withdrawal w
       LEFT JOIN LATERAL (SELECT sum(diamonds) AS n FROM creators_withdrawalpart
                          WHERE withdrawal_id = w.id) p ON true
       WHERE w.diamonds IS DISTINCT FROM p.n OR w.base_minor <> w.paid_minor + w.fee_minor
       UNION ALL
       SELECT 'withdrawal ' || w.id, format('is %%s, its last event says %%s', w.state, e.state)
       FROM creators_withdrawal w
       LEFT JOIN LATERAL (SELECT state FROM creators_withdrawalevent
                          WHERE withdrawal_id = w.id ORDER BY id DESC LIMIT 1) e ON true
       WHERE w.state IS DISTINCT FROM e.state""",
)
register_pass(
    "payouts",
    """SELECT 'payouts by ' || b.rail, format('items paid %%s %%s, the ledger %%s',
              b.paid, b.currency, coalesce(l.n, 0))
       FROM (SELECT b.rail, b.currency, coalesce(sum(i.amount_minor), 0) AS paid
             FROM creators_payoutbatch b
             LEFT JOIN creators_payoutitem i ON i.batch_id = b.id AND i.state = 'paid'
             GROUP BY 1, 2) b
       LEFT JOIN LATERAL (
           SELECT sum(CASE WHEN t.credit_account_id = a.id THEN t.amount ELSE -t.amount END) AS n
           FROM wallets_account a
           JOIN wallets_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
           WHERE a.kind = 'payout' AND a.ref = b.rail AND a.asset = b.currency
             AND t.code IN ('withdrawal', 'withdrawal_returned')) l ON true
       WHERE %(accounts)s::bigint[] IS NULL AND b.paid <> coalesce(l.n, 0)
       UNION ALL
       SELECT 'payout item ' || i.id, format('is %%s, its withdrawal is %%s', i.state, w.state)
       FROM creators_payoutitem i JOIN creators_withdrawal w ON w.id = i.withdrawal_id
       WHERE %(accounts)s::bigint[] IS NULL AND i.state <> 'discarded'
         AND w.state <> CASE i.state WHEN 'frozen' THEN 'in_batch' ELSE i.state END
       UNION ALL
       SELECT 'payout batch ' || b.id, format('%%s items of %%s, its rows are %%s of %%s',
              b.item_count, b.total_minor, count(i.id), sum(i.amount_minor))
       FROM creators_payoutbatch b LEFT JOIN creators_payoutitem i ON i.batch_id = b.id
       WHERE %(accounts)s::bigint[] IS NULL
       GROUP BY b.id
       HAVING b.item_count <> count(i.id) OR b.total_minor IS DISTINCT FROM sum(i.amount_minor)""",
)
register_pass(
    "earnings",
    """SELECT 'earning ' || e.operation_id, format('%%s coins, %%s diamonds, %%s back; the ledger '
              'says %%s, %%s, %%s', e.coins, e.diamonds, e.taken_back_coins, c.amount, d.amount,
              coalesce(b.n, 0))
       FROM creators_earning e
       LEFT JOIN wallets_transfer d ON d.operation_id = e.operation_id AND d.code = e.source
        AND d.lots IS NULL
       LEFT JOIN wallets_account a ON a.id = d.credit_account_id AND a.owner_id = e.creator_id
        AND a.asset = 'DIAMOND.' || e.series
       LEFT JOIN wallets_transfer c ON c.operation_id = e.operation_id AND c.code = e.source
        AND c.lots IS NOT NULL
       LEFT JOIN LATERAL (SELECT sum(upper(span) - lower(span)) AS n FROM wallets_takenback
                          WHERE transfer_id = c.id AND state <> 'released') b ON true
       WHERE (%(accounts)s::bigint[] IS NULL OR d.credit_account_id = ANY(%(accounts)s))
         AND (a.id IS NULL OR d.amount <> e.diamonds OR d.clears_at <> e.clears_at
              OR c.amount IS DISTINCT FROM e.coins
              OR coalesce(b.n, 0) <> e.taken_back_coins)""",
)
