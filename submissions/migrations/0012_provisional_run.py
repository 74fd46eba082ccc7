"""The run whose totals were communicated stays with its submission."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
    UPDATE submissions_submission s SET provisional_run_id = held.run_id
    FROM (
        SELECT n.submission_id, max(n.run_id) AS run_id
        FROM submissions_nodescore n JOIN submissions_scorerun r ON r.id = n.run_id
        WHERE r.why = 'communicate' GROUP BY n.submission_id
    ) held
    WHERE held.submission_id = s.id AND s.communicated_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0011_training")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="provisional_run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="submissions.scorerun",
            ),
        ),
        migrations.RunSQL([KEPT, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
    ]
