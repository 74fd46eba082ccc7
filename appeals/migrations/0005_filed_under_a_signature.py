"""The constraints that what 0004 has gathered now meets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appeals", "0004_filings")]

    operations = [
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "withdrawn")),
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
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_void", False), ("decided_points", None), _connector="OR"),
                name="what_does_not_apply_has_no_points",
            ),
        ),
    ]
