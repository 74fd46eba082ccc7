"""A file becomes a row of its own, held by the agency, and evidence a reference to it; every file moves over."""

import uuid_utils.compat
import django.db.models.deletion
import django_fsm
import submissions.models
from django.conf import settings
from django.db import migrations, models

from agencies.text import search_key

STATES = [
    ("pending", "Being checked"),
    ("clean", "Checked, clean"),
    ("infected", "Harmful, locked away"),
    ("unscannable", "Cannot be checked, locked away"),
    ("unscanned", "Not checked for viruses"),
]

# each file once, under the identifier it had; the scanner looks at it when it next looks for what waits
MOVE = """
    INSERT INTO submissions_document (
        uuid, cycle_id, agency_id, file, name, search_key, content_type, size, sha256, uploaded_by_id, uploaded_at,
        state, finding, pages
    )
    SELECT e.uuid, s.cycle_id, s.agency_id, e.file, e.name, e.name, e.content_type, e.size, e.sha256,
        e.uploaded_by_id, e.uploaded_at, 'pending', '', 0
    FROM submissions_evidence e
    JOIN submissions_answer a ON a.id = e.answer_id
    JOIN submissions_submission s ON s.id = a.submission_id;
    UPDATE submissions_evidence e SET document_id = d.id FROM submissions_document d WHERE d.uuid = e.uuid;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


def spell(apps, schema_editor):
    """The names in the spelling that is searched in."""
    documents = apps.get_model("submissions", "Document").objects
    for document in documents.only("name").iterator(chunk_size=1000):
        documents.filter(pk=document.pk).update(search_key=search_key(document.name)[:255])


def protect(to, **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_language_and_notices"),
        ("cycles", "0005_clarifications"),
        ("submissions", "0005_prefilled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("file", models.FileField(max_length=200, upload_to=submissions.models.document_path)),
                ("name", models.CharField(max_length=255)),
                (
                    "search_key",
                    models.CharField(help_text="The name in the spelling that is searched in", max_length=255),
                ),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                ("state", django_fsm.FSMField(choices=STATES, default="pending", max_length=50, protected=True)),
                ("scanned_at", models.DateTimeField(blank=True, null=True)),
                ("finding", models.CharField(blank=True, help_text="What the scanner called it", max_length=200)),
                ("pages", models.PositiveSmallIntegerField(default=0, help_text="Pictures drawn of it")),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
                ("cycle", protect("cycles.cycle", related_name="+")),
                ("agency", protect("agencies.agency", related_name="+")),
                ("uploaded_by", protect(settings.AUTH_USER_MODEL, related_name="+")),
            ],
            options={
                "indexes": [models.Index(fields=["agency", "-uploaded_at"], name="documents_of_an_agency")],
            },
        ),
        migrations.AddField(
            "evidence", "document", protect("submissions.document", related_name="references", null=True)
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunPython(spell, migrations.RunPython.noop),
        migrations.AlterField("evidence", "document", protect("submissions.document", related_name="references")),
        *(migrations.RemoveField("evidence", name) for name in ("file", "name", "content_type", "size", "sha256")),
        migrations.RenameField("evidence", "uploaded_by", "attached_by"),
        migrations.RenameField("evidence", "uploaded_at", "attached_at"),
        migrations.AddField(
            "evidence",
            "reference",
            models.CharField(blank=True, default="", help_text="Page or sheet", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            "evidence", "withdrawn_by", protect(settings.AUTH_USER_MODEL, related_name="+", null=True, blank=True)
        ),
        migrations.AddField(
            "evidence",
            "replaces",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="submissions.evidence",
            ),
        ),
        migrations.AddConstraint(
            "evidence",
            models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("answer", "document"), name="a_file_once_a_line"
            ),
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                condition=models.Q(("replaces", models.F("pk")), _negated=True), name="nothing_replaces_itself"
            ),
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=255)),
                ("length", models.PositiveBigIntegerField(help_text="Bytes")),
                ("begun_at", models.DateTimeField()),
                ("answer", protect("submissions.answer", related_name="+")),
                ("by", protect(settings.AUTH_USER_MODEL, related_name="+")),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.document",
                    ),
                ),
                ("replaces", protect("submissions.evidence", related_name="+", null=True, blank=True)),
            ],
        ),
    ]
