"""Spending moves to wallets, where all kinds of it are one pot; supporters get days of their own."""

from django.conf import settings
from django.db import migrations, models


def move_spending(apps, schema_editor):
    """What came back of a dispute did not come back to the wallet, but was taken off here."""
    schema_editor.execute(
        """INSERT INTO wallets_spendingday (user_id, day, coins)
           SELECT a.owner_id, (t.created AT TIME ZONE %s)::date,
                  sum(t.amount - coalesce(b.coins, 0))
           FROM wallets_transfer t
           JOIN wallets_account a ON a.id = t.debit_account_id AND a.kind = 'wallet'
           LEFT JOIN LATERAL (SELECT sum(r.amount) AS coins FROM wallets_transfer r
                              WHERE r.reverses = t.id
                                AND r.credit_account_id = t.debit_account_id) b ON true
           WHERE t.code = 'gift' GROUP BY 1, 2""",
        [settings.TIME_ZONE],
    )
    schema_editor.execute(
        """INSERT INTO gifts_supporterday (sender_id, creator_id, day, coins)
           SELECT g.sender_id, g.creator_id, (g.created AT TIME ZONE %s)::date,
                  sum(g.coins - coalesce(b.coins, 0))
           FROM gifts_sentgift g
           JOIN wallets_transfer t ON t.id = g.coin_transfer
           LEFT JOIN LATERAL (SELECT sum(r.amount) AS coins FROM wallets_transfer r
                              WHERE r.reverses = t.id
                                AND r.credit_account_id = t.debit_account_id) b ON true
           GROUP BY 1, 2, 3""",
        [settings.TIME_ZONE],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("gifts", "0004_staff_permissions"),
        ("wallets", "0006_spending"),
        ("creators", "0004_boundaries"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupporterDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sender_id", models.BigIntegerField()),
                ("creator_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("coins", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "supporter's day",
                "verbose_name_plural": "supporters' days",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sender_id", "creator_id", "day"), name="supporter_day_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("coins__gte", 0)), name="supporter_day_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunPython(move_spending, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE gifts_supporterday SET (fillfactor = 70);"
            "ALTER TABLE wallets_spendingday SET (fillfactor = 70);",
            "ALTER TABLE gifts_supporterday RESET (fillfactor);"
            "ALTER TABLE wallets_spendingday RESET (fillfactor);",
        ),
        migrations.RemoveConstraint(model_name="senderday", name="sender_day_once"),
        migrations.RemoveConstraint(model_name="senderday", name="sender_day_not_negative"),
        migrations.RemoveField(model_name="senderday", name="coins"),
        migrations.RenameModel("SenderDay", "UndoDay"),
        migrations.AlterModelOptions(
            name="undoday",
            options={"verbose_name": "day of undos", "verbose_name_plural": "days of undos"},
        ),
        migrations.AddConstraint(
            model_name="undoday",
            constraint=models.UniqueConstraint(fields=("user_id", "day"), name="undo_day_once"),
        ),
    ]
