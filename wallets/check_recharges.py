"""What `ledger_check` asks of orders, receipts and money that waits to be placed."""

from wallets.check import register_pass

register_pass(
    "recharges",
    """SELECT 'recharge ' || r.id, 'delivered, but its lot is missing or somebody else''s'
       FROM wallets_recharge r
       LEFT JOIN wallets_lot l ON l.recharge_id = r.id
       LEFT JOIN wallets_account a ON a.id = l.wallet_id AND a.owner_id = r.buyer_id
       WHERE r.state = 'credited' AND a.id IS NULL
       UNION ALL
       SELECT 'recharge ' || r.id, format('%%s, but it has lot %%s', r.state, l.id)
       FROM wallets_recharge r JOIN wallets_lot l ON l.recharge_id = r.id
       WHERE r.state <> 'credited'
       UNION ALL
       SELECT 'recharge ' || r.id, 'delivered by no operation'
       FROM wallets_recharge r
       WHERE r.state = 'credited' AND NOT EXISTS (
           SELECT FROM wallets_operation o
           WHERE o.actor = 0 AND o.key = 'recharge:' || r.id AND o.outcome = 'done')
       UNION ALL
       SELECT 'recharge ' || r.id, format('is %%s, its last event says %%s', r.state, e.after)
       FROM wallets_recharge r
       LEFT JOIN LATERAL (SELECT after FROM wallets_rechargeevent
                          WHERE recharge_id = r.id ORDER BY id DESC LIMIT 1) e ON true
       WHERE r.state IS DISTINCT FROM e.after""",
)
register_pass(
    "receipts",
    """SELECT 'receipts of ' || y.year,
              format('%%s receipts, the last is %%s, the counter says %%s',
                     count(r.id), max(r.receipt_number), y.last)
       FROM wallets_receiptyear y LEFT JOIN wallets_recharge r ON r.receipt_year = y.year
       GROUP BY y.year, y.last
       HAVING count(r.id) <> y.last OR max(r.receipt_number) IS DISTINCT FROM y.last
       UNION ALL
       SELECT 'receipts of ' || r.receipt_year, 'no counter' FROM wallets_recharge r
       WHERE r.receipt_year IS NOT NULL
         AND r.receipt_year NOT IN (SELECT year FROM wallets_receiptyear)""",
)
register_pass(
    "unapplied",
    """SELECT 'unapplied ' || w.currency, format('%%s waits, the account holds %%s', w.n,
               coalesce(a.credits_posted - a.debits_posted, 0))
       FROM (SELECT currency, sum(amount) AS n FROM wallets_unappliedpayment
             WHERE state = 'waiting' GROUP BY currency) w
       LEFT JOIN wallets_account a
         ON a.kind = 'unapplied' AND a.asset = w.currency AND a.owner_id IS NULL
       WHERE w.n > coalesce(a.credits_posted - a.debits_posted, 0)""",
)
