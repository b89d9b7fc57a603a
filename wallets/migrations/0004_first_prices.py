"""What a new instance sells and pays: coin packs, the first rate card, the tax inside prices."""

import datetime

from django.conf import settings
from django.db import migrations

PACKS = [70, 350, 700, 1_400, 3_500, 7_000]

# In force from before the first day on, so that every day has a card.
BEGINNING = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

# Standard rates on digital services, in hundredths of a percent. Operators set what applies to
# them; where they sell no taxed service, or are below a threshold, that is 0.
TAX_BASIS_POINTS = {
    "AT": 2_000,
    "AU": 1_000,
    "BE": 2_100,
    "CA": 500,
    "CH": 810,
    "CZ": 2_100,
    "DE": 1_900,
    "DK": 2_500,
    "ES": 2_100,
    "FI": 2_550,
    "FR": 2_000,
    "GB": 2_000,
    "HU": 2_700,
    "IE": 2_300,
    "IT": 2_200,
    "JP": 1_000,
    "NL": 2_100,
    "NO": 2_500,
    "PL": 2_300,
    "PT": 2_300,
    "SE": 2_500,
    "US": 0,
}


def begin(apps, schema_editor):
    def rows(model):
        return apps.get_model("wallets", model).objects.using(schema_editor.connection.alias)

    packs, rates = rows("CoinPack"), rows("TaxRate")
    packs.bulk_create([packs.model(coins=coins) for coins in PACKS])
    rates.bulk_create(
        [
            rates.model(country=country, basis_points=rate, starts=BEGINNING.date())
            for country, rate in TAX_BASIS_POINTS.items()
        ]
    )
    rows("RateCard").create(
        starts=BEGINNING,
        diamonds_per_coin=1,
        diamond_value_millionths=settings.DIAMOND_VALUE_MILLIONTHS,
        series=1,
        note="The first rate card.",
    )


class Migration(migrations.Migration):
    dependencies = [("wallets", "0003_recharges")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
