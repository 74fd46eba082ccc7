"""Papers that workers draw and the portal keeps."""

import cycles.models.papers
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "name",
                    models.CharField(help_text="Of the file, without its ending", max_length=100),
                ),
                ("page", models.TextField(blank=True)),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=cycles.models.papers.paper_path
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["asked_at"], name="papers_by_age")],
            },
        ),
    ]
