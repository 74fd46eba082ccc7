"""The evidence rule of measures made before there was one: a document where they describe one, none for the steward's."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_institution"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE indicators_measure SET evidence_rule = CASE
                WHEN method = 'steward' THEN 'none' WHEN evidence_fa <> '' THEN 'required' ELSE '' END;
            """,
            migrations.RunSQL.noop,
        ),
    ]
