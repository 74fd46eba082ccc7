from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0009_calibration_percent"),
    ]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="verification_percent",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Of a hundred signed lines with a value, those drawn to be verified at the source",
            ),
        ),
        migrations.AlterField(
            model_name="cycle",
            name="draw_seed",
            field=models.CharField(
                blank=True,
                help_text="By which lines are drawn for a second assessor, and to be verified",
                max_length=32,
            ),
        ),
        # years that are planned already go on as they were planned: nothing is verified
        migrations.RunSQL("UPDATE cycles_cycle SET verification_percent = 0", migrations.RunSQL.noop),
    ]
