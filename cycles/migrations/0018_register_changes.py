import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0006_national_ids"),
        ("cycles", "0017_reserve"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("renamed", "Renamed"),
                            ("dissolved", "Dissolved"),
                            ("merged", "Merged into another"),
                            ("split", "Split"),
                            ("restored", "Established again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("effective_on", models.DateField(help_text="The first day on which it holds")),
                ("legal_basis", models.CharField(help_text="The act or decree, by its title", max_length=300)),
                (
                    "letter",
                    models.CharField(
                        help_text="The number of the act, or of the letter that makes it known", max_length=60
                    ),
                ),
                ("dated_on", models.DateField(help_text="The date of the act or letter")),
                ("name_fa", models.CharField(help_text="The name until then", max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "new_name_fa",
                    models.CharField(blank=True, help_text="The name from then on, where it changes", max_length=200),
                ),
                ("new_name_en", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("recorded", "Recorded, its day is to come"),
                            ("in_force", "In force"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="recorded",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("in_force_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
                ("successors", models.ManyToManyField(related_name="+", to="agencies.agency")),
            ],
        ),
        migrations.AddField(
            model_name="participation",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cycles.registerchange",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "recorded")), fields=("agency",), name="one_waiting_change_an_agency"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "renamed"), ("new_name_fa", ""), _connector="XOR"),
                name="a_renaming_has_a_new_name",
            ),
        ),
    ]
