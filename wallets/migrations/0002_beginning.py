"""What an empty ledger begins with: storage of the hot tables, the open day, the switches."""

import datetime

from django.db import migrations

SWITCHES = ["gifts", "recharges", "refunds", "withdrawals", "sending", "posting"]


def begin(apps, schema_editor):
    alias = schema_editor.connection.alias
    today = datetime.datetime.now(datetime.UTC).date()
    apps.get_model("wallets", "LedgerDay").objects.using(alias).create(id=1, day=today)
    switches = apps.get_model("wallets", "Switch").objects.using(alias)
    switches.bulk_create([switches.model(name=name) for name in SWITCHES])


class Migration(migrations.Migration):
    dependencies = [("wallets", "0001_initial")]

    operations = [
        # Room on each page, so that updates of balances stay HOT.
        migrations.RunSQL(
            "ALTER TABLE wallets_account SET (fillfactor = 70);"
            "ALTER TABLE wallets_lot SET (fillfactor = 80);",
            "ALTER TABLE wallets_account RESET (fillfactor);"
            "ALTER TABLE wallets_lot RESET (fillfactor);",
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
