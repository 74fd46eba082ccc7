import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ONE_APPROVAL_WAITS_FOR_ANOTHER = """
    SET CONSTRAINTS ALL IMMEDIATE;
    UPDATE festival_report SET first_approved_at = approved_at, first_approved_by_id = approved_by_id,
        approved_at = NULL, approved_by_id = NULL
    WHERE approved_at IS NOT NULL;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0012_rules_of_ranking"),
        ("festival", "0008_comments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("fa", "Persian"), ("en", "English")], max_length=2)),
                (
                    "chapter",
                    models.CharField(
                        choices=[
                            ("lead", "The opening paragraph"),
                            ("attention", "What needs attention"),
                            ("method", "Method and calendar actually kept"),
                            ("coverage", "Coverage"),
                            ("levels", "The three levels of Article 81"),
                            ("groups", "Results by group"),
                            ("axes", "Results by axis of the general indicators"),
                            ("growth", "Growth on last year"),
                            ("appeals", "Appeals"),
                            ("soundness", "Reliability of the scores"),
                            ("behind", "Specific indicators behind target"),
                            ("execution", "Execution of the Act by chapter"),
                            ("provinces", "Provinces"),
                            ("validity", "Validity against satisfaction and outside outcomes"),
                            ("closing", "Closing the year"),
                            ("indices", "Position in international indices"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(blank=True)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="only_a_finished_report_is_approved",
        ),
        migrations.AddField(
            model_name="report",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="report",
            name="first_approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="first_approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="number",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="report",
            name="approved_at",
            field=models.DateTimeField(blank=True, help_text="by the second of the two", null=True),
        ),
        migrations.RunSQL(ONE_APPROVAL_WAITS_FOR_ANOTHER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_approved_at__isnull", True), ("finished_at__isnull", False), _connector="OR"
                ),
                name="only_a_finished_report_is_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_at__isnull", True),
                    models.Q(
                        ("first_approved_at__isnull", False),
                        models.Q(("approved_by", models.F("first_approved_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="two_people_approve_a_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("cancelled_at__isnull", True), ("finished_at__isnull", True), _connector="OR"),
                name="a_finished_report_is_not_cancelled",
            ),
        ),
        migrations.AddField(
            model_name="reporttext",
            name="cycle",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cycles.cycle"),
        ),
        migrations.AddField(
            model_name="reporttext",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttext",
            constraint=models.UniqueConstraint(
                fields=("cycle", "language", "chapter", "number"), name="texts_of_a_chapter_are_numbered"
            ),
        ),
    ]
