"""Passes of `ledger_check` over what gifts write: rows without foreign keys are proved here."""

from wallets.check import register_pass
from wallets.check_spending import ZONE

OURS = """(%(accounts)s::bigint[] IS NULL OR c.debit_account_id = ANY(%(accounts)s)
          OR d.credit_account_id = ANY(%(accounts)s))"""

register_pass(
    "gifts: transfers",
    f"""SELECT 'gift ' || g.id, 'its operation or transfers are not what it says'
        FROM gifts_sentgift g
        LEFT JOIN wallets_operation o ON o.id = g.id AND o.kind = 'gift' AND o.outcome = 'done'
             AND o.actor = g.sender_id
        LEFT JOIN wallets_transfer c ON c.id = g.coin_transfer AND c.operation_id = g.id
             AND c.code = 'gift' AND c.amount = g.coins
        LEFT JOIN wallets_transfer d ON d.id = g.diamond_transfer AND d.operation_id = g.id
             AND d.code = 'gift' AND d.amount = g.diamonds
        WHERE {OURS} AND (o.id IS NULL OR c.id IS NULL OR d.id IS NULL)""",  # noqa: S608
)
register_pass(
    "gifts: references",
    """SELECT 'gift ' || g.id, 'its place, people, gift or rate card is not there'
       FROM gifts_sentgift g
       LEFT JOIN creators_place p ON p.id = g.place_id AND p.creator_id = g.creator_id
       LEFT JOIN users_user u ON u.id = g.sender_id
       LEFT JOIN gifts_gift i ON i.id = g.gift_id
       LEFT JOIN wallets_ratecard r ON r.id = g.rate_card_id
       WHERE %(accounts)s::bigint[] IS NULL
         AND (p.id IS NULL OR u.id IS NULL OR i.id IS NULL OR r.id IS NULL)""",
)
register_pass(
    "gifts: taken back",
    """SELECT 'gift ' || g.id, 'its coins are back and it is not marked, or the reverse'
       FROM gifts_sentgift g
       LEFT JOIN (SELECT transfer_id, sum(upper(span) - lower(span)) AS coins
                  FROM wallets_takenback WHERE state <> 'released' GROUP BY transfer_id) b
              ON b.transfer_id = g.coin_transfer
       WHERE %(accounts)s::bigint[] IS NULL
         AND (g.state = 'taken_back') <> (coalesce(b.coins, 0) = g.coins)""",
)
register_pass(
    "gifts: numbers",
    """SELECT 'place ' || p.id, 'numbered to ' || p.seq || ', has ' || count(n.seq)
       FROM creators_place p
       LEFT JOIN (SELECT place_id, seq FROM gifts_sentgift
                  UNION ALL SELECT place_id, seq FROM gifts_placeevent) n ON n.place_id = p.id
       WHERE %(accounts)s::bigint[] IS NULL
       GROUP BY p.id HAVING p.seq <> count(DISTINCT n.seq) OR p.seq <> coalesce(max(n.seq), 0)""",
)
register_pass(
    "gifts: counted",
    """SELECT 'place ' || p.id,
              format('counted to %%s, past gift %%s that can be undone', p.counted, g.seq)
       FROM creators_place p
       JOIN gifts_sentgift g ON g.place_id = p.id AND g.seq <= p.counted
       WHERE %(accounts)s::bigint[] IS NULL AND g.undo_until >= clock_timestamp()
       UNION ALL
       SELECT 'gift ' || g.id, 'undone after its time, when it may have been counted'
       FROM gifts_sentgift g
       JOIN wallets_transfer r ON r.reverses = g.coin_transfer AND r.created > g.undo_until
       JOIN wallets_operation o ON o.id = r.operation_id AND o.kind = 'undo'
       WHERE %(accounts)s::bigint[] IS NULL""",
)
register_pass(
    "gifts: days of supporters",
    f"""SELECT format('user %%s to %%s on %%s', coalesce(s.sender_id, d.sender_id),
                      coalesce(s.creator_id, d.creator_id), coalesce(s.day, d.day)),
               format('says %%s coins, the gifts say %%s', coalesce(s.coins, 0), coalesce(d.n, 0))
        FROM gifts_supporterday s
        FULL JOIN (
            SELECT g.sender_id, g.creator_id, (g.created AT TIME ZONE {ZONE})::date AS day,
                   sum(g.coins - coalesce(b.coins, 0)) AS n
            FROM gifts_sentgift g
            LEFT JOIN (SELECT r.reverses, sum(r.amount) AS coins
                       FROM wallets_transfer r
                       JOIN wallets_account a ON a.id = r.credit_account_id AND a.kind = 'wallet'
                       WHERE r.reverses IS NOT NULL GROUP BY 1) b ON b.reverses = g.coin_transfer
            GROUP BY 1, 2, 3) d USING (sender_id, creator_id, day)
        WHERE %(accounts)s::bigint[] IS NULL AND coalesce(s.coins, 0) <> coalesce(d.n, 0)""",  # noqa: S608
)
register_pass(
    "gifts: totals",
    """SELECT 'place ' || coalesce(t.place_id, s.place_id),
              'says ' || coalesce(t.coins, 0) || ', has ' || coalesce(s.coins, 0)
       FROM gifts_placetotals t
       FULL JOIN (
           SELECT g.place_id, sum(g.coins - coalesce(b.coins, 0)) AS coins,
                  sum(g.quantity) FILTER (WHERE g.state = 'sent') AS gifts
           FROM gifts_sentgift g
           LEFT JOIN (SELECT transfer_id, sum(upper(span) - lower(span)) AS coins
                      FROM wallets_takenback WHERE state <> 'released' GROUP BY transfer_id) b
                  ON b.transfer_id = g.coin_transfer
           GROUP BY g.place_id) s ON s.place_id = t.place_id
       WHERE %(accounts)s::bigint[] IS NULL
         AND (coalesce(t.coins, 0) <> coalesce(s.coins, 0)
              OR coalesce(t.gifts, 0) <> coalesce(s.gifts, 0))""",
)
register_pass(
    "gifts: sums",
    """WITH summed AS (
           SELECT g.*, r.series, g.coins - coalesce(b.coins, 0) AS kept
           FROM gifts_summedplace u
           JOIN gifts_sentgift g ON g.place_id = u.place_id AND g.seq <= u.upto
           JOIN wallets_ratecard r ON r.id = g.rate_card_id
           LEFT JOIN (SELECT transfer_id, sum(upper(span) - lower(span)) AS coins
                      FROM wallets_takenback WHERE state <> 'released' GROUP BY transfer_id) b
                  ON b.transfer_id = g.coin_transfer
           WHERE %(accounts)s::bigint[] IS NULL),
       said AS (
           SELECT place_id, format('giver %%s', sender_id) AS what, coins AS n FROM gifts_giversum
           UNION ALL
           SELECT place_id, format('series %%s', series), diamonds FROM gifts_seriessum
           UNION ALL SELECT place_id, format('goal %%s', id), summed FROM gifts_goal),
       derived AS (
           SELECT place_id, format('giver %%s', sender_id) AS what, sum(kept) AS n FROM summed
           WHERE NOT anonymous GROUP BY 1, 2
           UNION ALL
           SELECT place_id, format('series %%s', series), sum(diamonds / coins * kept) FROM summed
           GROUP BY 1, 2
           UNION ALL
           SELECT o.place_id, format('goal %%s', o.id),
                  sum(CASE WHEN o.counts = 'coins' THEN s.kept
                           WHEN s.state = 'sent' THEN s.quantity ELSE 0 END)
           FROM gifts_goal o JOIN summed s ON s.place_id = o.place_id AND s.seq > o.since
                AND s.seq < coalesce(o.removed_seq, s.seq + 1)
                AND s.gift_id = coalesce(o.gift_id, s.gift_id)
           GROUP BY 1, 2)
       SELECT format('place %%s, %%s', place_id, what),
              format('summed as %%s, the gifts say %%s', coalesce(a.n, 0), coalesce(d.n, 0))
       FROM said a FULL JOIN derived d USING (place_id, what)
       WHERE %(accounts)s::bigint[] IS NULL AND coalesce(a.n, 0) <> coalesce(d.n, 0)
       UNION ALL
       SELECT 'place ' || u.place_id, format('summed to %%s, counted to %%s', u.upto, p.counted)
       FROM gifts_summedplace u LEFT JOIN creators_place p ON p.id = u.place_id
       WHERE %(accounts)s::bigint[] IS NULL AND u.upto > coalesce(p.counted, -1)""",
)
