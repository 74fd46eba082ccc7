"""The drawings-up of the Article 82 report."""

from datetime import datetime
from typing import Self

import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from festival.models.editions import Edition


class Language(models.TextChoices):
    FA = "fa", _("Persian")
    EN = "en", _("English")


def report_path(report: "Report", filename: str) -> str:
    return f"reports/{report.edition.cycle.year}/{report.uuid}.pdf"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Those who see under embargo see every drawing-up; everybody else what is published."""
        return self.all() if user.oversees_the_country(at) else self.published(at)

    def published(self, at: datetime) -> Self:
        """Approved reports are public with their edition."""
        return self.filter(edition__in=Edition.objects.published(at).values("pk"), approved_at__isnull=False)


def archive_path(report: "Report", filename: str) -> str:
    return f"reports/{report.edition.cycle.year}/{report.uuid}-archive.pdf"


STEPS = {
    "gather": _("Gathering the facts"),
    "write": _("Writing the text"),
    "style": _("Setting type"),
    "layout": _("Laying out the pages"),
    "pdf": _("Writing the file"),
}
"""What a report goes through while it is drawn up, in words; the order of the keys is that of the work."""


class Report(models.Model):
    """One drawing-up of the Article 82 report in one language: its progress, its file, its approval."""

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="reports")
    language = models.CharField(max_length=2, choices=Language)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    step = models.CharField(max_length=200, blank=True)
    percent_done = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    file = models.FileField(upload_to=report_path, max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    archive = models.FileField(upload_to=archive_path, max_length=200, blank=True, help_text="PDF/A-3 with the data")
    archive_sha256 = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(finished_at__isnull=False),
                name="only_a_finished_report_is_approved",
            ),
        )

    def __str__(self) -> str:
        return f"{gettext('Article 82 report')} · {self.edition.cycle.label} · {self.get_language_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.finished_at is None and not self.error

    @property
    def step_words(self) -> str:
        """What is being done now, in the reader's words."""
        return str(STEPS.get(self.step, gettext("Waiting for its turn")))
