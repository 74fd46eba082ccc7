import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0015_jobs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("staff", "Agency staff"),
                            ("head", "Head of the agency"),
                            ("deputy", "Deputy of the head, by delegation"),
                            ("headquarters", "Headquarters checker"),
                            ("agency_administrator", "Agency administrator"),
                            ("administrator", "Administrator"),
                            ("member", "Working-group member"),
                            ("assessor", "Assessor"),
                            ("steward", "Steward of a measure"),
                            ("reviewer", "Appeal reviewer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "constituency",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("authority", "Public Administration and Recruitment Organization"),
                            ("budget", "Plan and Budget Organization"),
                            ("agency", "Representative of the agency"),
                            ("expert", "Outside expert"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("infrastructure", "Infrastructure"),
                            ("production", "Production and services"),
                            ("economic", "Economic and financial"),
                            ("health_welfare", "Health and social welfare"),
                            ("culture_science", "Culture, science and education"),
                            ("general_judicial", "General, security and judicial"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_chair", models.BooleanField(default=False)),
                ("is_outsider", models.BooleanField(default=False)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "is_invitation",
                    models.BooleanField(default=False, help_text="The person is sent a link when it is confirmed"),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("user", "role", "constituency", "sector"),
                        name="one_open_nomination_a_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("proposed_by")), _negated=True),
                        name="nobody_nominates_themselves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_decided_nomination_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_second_administrator_confirms",
                    ),
                ],
            },
        ),
    ]
