"""The gifts that the project brings, from gifts/catalogue.json; room for HOT updates."""

import json
from pathlib import Path

from django.db import migrations

CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue.json"


def load(apps, schema_editor):
    gifts = apps.get_model("gifts", "Gift").objects.using(schema_editor.connection.alias)
    rows = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    gifts.bulk_create([gifts.model(**row) for row in rows])


class Migration(migrations.Migration):
    dependencies = [("gifts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE gifts_senderday SET (fillfactor = 70);"
            "ALTER TABLE gifts_placetotals SET (fillfactor = 50);",
            "ALTER TABLE gifts_senderday RESET (fillfactor);"
            "ALTER TABLE gifts_placetotals RESET (fillfactor);",
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
