"""The record's order no longer rests on the server's transaction numbers, and its faults are rows."""

import cycles.models.multiranges
import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

# A transaction number that a later act got on another server may lie among those of an older seal. Of the rows in a
# seal's range as many as it counts are its own, those written first; its root says whether that is so.
MEMBERS = """
ALTER TABLE cycles_seal DISABLE TRIGGER no_change;
WITH member AS (
    SELECT s.id AS seal, s.count, e.id AS entry,
        row_number() OVER (PARTITION BY s.id ORDER BY e.recorded_at, e.id) AS place
    FROM cycles_seal s
    JOIN cycles_entry e ON e.xid >= s.from_xid::text::xid8 AND e.xid < s.upto_xid::text::xid8
)
UPDATE cycles_seal SET ids = own.ids
FROM (SELECT seal, range_agg(int8range(entry, entry, '[]')) AS ids FROM member WHERE place <= count GROUP BY seal) own
WHERE own.seal = cycles_seal.id;
ALTER TABLE cycles_seal ENABLE TRIGGER no_change;
INSERT INTO cycles_unsealed (entry_id)
    SELECT id FROM cycles_entry
    WHERE xid >= (SELECT coalesce(max(upto_xid), 0) FROM cycles_seal)::text::xid8;
"""

QUEUE = """
ALTER TABLE cycles_entry ALTER COLUMN xid DROP DEFAULT, ALTER COLUMN xid DROP NOT NULL;
DROP INDEX entry_by_transaction;
CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cycles_unsealed (entry_id) SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER awaits_seal AFTER INSERT ON cycles_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION await_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("cycles", "0013_one_index_less_on_deliveries")]

    operations = [
        migrations.CreateModel(
            name="Fault",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("broken", "The official record does not hold"),
                            ("unsealed", "Rows of the official record stay unsealed"),
                            ("clock", "The portal's clock is not right"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("apart", "the clock of %(host)s is %(seconds)s seconds away from the database's"),
                            ("set", "the clock of %(host)s was set by %(seconds)s seconds"),
                            ("behind", "the record holds rows that are %(seconds)s seconds ahead of the clock"),
                        ],
                        max_length=10,
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=255)),
                ("seconds", models.BigIntegerField(blank=True, null=True)),
                ("found_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_entry", models.BigIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mended_at", None)), fields=("kind",), name="a_fault_stands_once"
            ),
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cycles.entry",
                    ),
                ),
            ],
        ),
        migrations.AddField("seal", "form", models.PositiveSmallIntegerField(default=1)),
        migrations.AlterField("seal", "form", models.PositiveSmallIntegerField(default=2)),
        migrations.AddField("seal", "ids", cycles.models.multiranges.SpansField(default=list)),
        migrations.AlterField("seal", "from_xid", models.BigIntegerField(blank=True, null=True)),
        migrations.AlterField("seal", "upto_xid", models.BigIntegerField(blank=True, null=True, unique=True)),
        migrations.RunSQL(MEMBERS),
        migrations.RunSQL(QUEUE),
        migrations.AddConstraint(
            "seal",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("ids", "&&")], name="a_row_is_sealed_once"
            ),
        ),
    ]
