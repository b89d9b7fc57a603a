"""The pass of `ledger_check` over days of spending, from transfers alone."""

from django.conf import settings

from wallets.check import register_pass

ZONE = "'" + settings.TIME_ZONE.replace("'", "''") + "'"

register_pass(
    "days of spending",
    f"""WITH spent AS (
            SELECT a.owner_id AS user_id, (t.created AT TIME ZONE {ZONE})::date AS day,
                   t.amount AS n
            FROM wallets_transfer t
            JOIN wallets_account a ON a.id = t.debit_account_id AND a.kind = 'wallet'
            WHERE t.code IN ('gift', 'campaign')),
        back AS (
            SELECT a.owner_id, (t.created AT TIME ZONE {ZONE})::date, -r.amount
            FROM wallets_transfer r
            JOIN wallets_account a ON a.id = r.credit_account_id AND a.kind = 'wallet'
            JOIN wallets_transfer t ON t.id = r.reverses AND t.code = 'gift'
                                   AND t.debit_account_id = r.credit_account_id),
        rests AS (
            SELECT debit_account_id AS escrow, sum(amount) AS n FROM wallets_transfer
            WHERE code = 'campaign_rest' GROUP BY 1),
        started AS (
            SELECT t.credit_account_id AS escrow, a.owner_id, t.created, t.amount,
                   coalesce(sum(t.amount) OVER (
                       PARTITION BY t.credit_account_id ORDER BY t.created DESC, t.id DESC
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
            FROM wallets_transfer t JOIN wallets_account a ON a.id = t.debit_account_id
            WHERE t.code = 'campaign'),
        unused AS (
            SELECT s.owner_id, (s.created AT TIME ZONE {ZONE})::date,
                   -least(s.amount, greatest(0, r.n - s.later))
            FROM started s JOIN rests r USING (escrow)),
        days AS (
            SELECT user_id, day, sum(n) AS n
            FROM (SELECT * FROM spent UNION ALL SELECT * FROM back
                  UNION ALL SELECT * FROM unused) f GROUP BY 1, 2)
        SELECT format('user %%s on %%s', coalesce(s.user_id, d.user_id),
                      coalesce(s.day, d.day)),
               format('says %%s coins, the transfers say %%s', coalesce(s.coins, 0),
                      coalesce(d.n, 0))
        FROM wallets_spendingday s FULL JOIN days d USING (user_id, day)
        WHERE %(accounts)s::bigint[] IS NULL AND coalesce(s.coins, 0) <> coalesce(d.n, 0)""",  # noqa: S608
)
