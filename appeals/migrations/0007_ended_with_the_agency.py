import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appeals", "0006_attachments_described")]

    operations = [
        migrations.RemoveConstraint(
            model_name="appeal",
            name="what_is_filed_has_its_signature_and_argument",
        ),
        migrations.AlterField(
            model_name="appeal",
            name="state",
            field=django_fsm.FSMField(
                choices=[
                    ("draft", "Draft"),
                    ("filed", "Filed"),
                    ("withdrawn", "Withdrawn"),
                    ("upheld", "Upheld"),
                    ("partly", "Partly upheld"),
                    ("dismissed", "Dismissed"),
                    ("inadmissible", "Inadmissible"),
                    ("ended", "Ended with its agency"),
                ],
                default="draft",
                max_length=50,
                protected=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "withdrawn", "ended")),
                    models.Q(
                        ("filed_at__isnull", False),
                        ("filed_by__isnull", False),
                        ("filing__isnull", False),
                        models.Q(("argument", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="what_is_filed_has_its_signature_and_argument",
            ),
        ),
    ]
