"""Who gave towards a goal is told by a task, and what waits to be told is a row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0012_boundaries"),
        ("gifts", "0012_supporters"),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="givers_told",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="reached_seq",
            field=models.BigIntegerField(null=True),
        ),
        # Those who gave towards these were told when they were reached.
        migrations.RunSQL(
            "UPDATE gifts_goal SET givers_told = reached_at WHERE reached_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="goal",
            index=models.Index(
                condition=models.Q(("givers_told", None), ("reached_at__isnull", False)),
                fields=["reached_at"],
                name="goal_to_tell",
            ),
        ),
    ]
