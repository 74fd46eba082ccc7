import django_fsm
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0016_what_files_say"),
    ]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="state",
            field=django_fsm.FSMField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Submitted"),
                    ("returned", "Returned by the headquarters"),
                    ("lapsed", "Not submitted"),
                    ("marked", "Marked"),
                    ("communicated", "Scores communicated"),
                    ("ended", "Ended with its agency"),
                ],
                default="draft",
                max_length=50,
                protected=True,
            ),
        ),
    ]
