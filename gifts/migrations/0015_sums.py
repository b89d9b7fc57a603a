"""What was given in a place, summed up to a number; nothing is summed yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0012_boundaries"),
        ("gifts", "0014_supporters_by_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="GiverSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_id", models.BigIntegerField()),
                ("sender_id", models.BigIntegerField()),
                ("coins", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "sum of a giver",
                "verbose_name_plural": "sums of givers",
            },
        ),
        migrations.CreateModel(
            name="SeriesSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_id", models.BigIntegerField()),
                ("series", models.PositiveIntegerField()),
                ("diamonds", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "sum of a series",
                "verbose_name_plural": "sums of series",
            },
        ),
        migrations.CreateModel(
            name="SummedPlace",
            fields=[
                ("place_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "summed room",
                "verbose_name_plural": "summed rooms",
            },
        ),
        migrations.RemoveConstraint(
            model_name="goal",
            name="goal_positive",
        ),
        migrations.AddField(
            model_name="goal",
            name="summed",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(("summed__gte", 0), ("target__gt", 0)), name="goal_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="giversum",
            constraint=models.UniqueConstraint(
                fields=("place_id", "sender_id"), name="giver_sum_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="giversum",
            constraint=models.CheckConstraint(
                condition=models.Q(("coins__gte", 0)), name="giver_sum_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="seriessum",
            constraint=models.UniqueConstraint(
                fields=("place_id", "series"), name="series_sum_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="seriessum",
            constraint=models.CheckConstraint(
                condition=models.Q(("diamonds__gte", 0)), name="series_sum_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="summedplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("upto__gte", 0)), name="summed_upto"
            ),
        ),
        # Written again and again, and no index holds what changes.
        migrations.RunSQL(
            "ALTER TABLE gifts_giversum SET (fillfactor = 70);"
            "ALTER TABLE gifts_summedplace SET (fillfactor = 50);",
            "ALTER TABLE gifts_giversum RESET (fillfactor);"
            "ALTER TABLE gifts_summedplace RESET (fillfactor);",
        ),
    ]
