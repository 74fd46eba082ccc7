"""The Article 82 report: the texts of its chapters, and its drawings-up."""

from datetime import datetime
from typing import Self

import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import persian_digits
from cycles.models import Cycle, Job
from festival.models.editions import Edition


class Language(models.TextChoices):
    FA = "fa", _("Persian")
    EN = "en", _("English")


class Chapter(models.TextChoices):
    """The parts of the report whose text may be written, in its order; each by the name that stands
    over it.
    """

    LEAD = "lead", _("The opening paragraph")
    ATTENTION = "attention", _("What needs attention")
    METHOD = "method", _("Method and calendar actually kept")
    COVERAGE = "coverage", _("Coverage")
    LEVELS = "levels", _("The three levels of Article 81")
    GROUPS = "groups", _("Results by group")
    AXES = "axes", _("Results by axis of the general indicators")
    GROWTH = "growth", _("Growth on last year")
    APPEALS = "appeals", _("Appeals")
    SOUNDNESS = "soundness", _("Reliability of the scores")
    BEHIND = "behind", _("Specific indicators behind target")
    EXECUTION = "execution", _("Execution of the Act by chapter")
    PROVINCES = "provinces", _("Provinces")
    VALIDITY = "validity", _("Validity against satisfaction and outside outcomes")
    CLOSING = "closing", _("Closing the year")
    INDICES = "indices", _("Position in international indices")


class ReportTextQuerySet(models.QuerySet["ReportText"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show texts to readers under embargo; everybody else reads the report."""
        return self.all() if user.oversees_the_country(at) else self.none()

    def newest(self) -> Self:
        """Keep the last version of each chapter of a year, in each language."""
        return self.order_by("cycle", "language", "chapter", "-number").distinct(
            "cycle", "language", "chapter"
        )

    def for_list(self) -> Self:
        return self.select_related("written_by").order_by("-number")


class ReportText(models.Model):
    """One version of what people wrote for a chapter in place of the system's draft; versions are
    only added.

    Figures stand in it by their names in braces; an empty text goes back to the draft.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    chapter = models.CharField(max_length=20, choices=Chapter)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = ReportTextQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "language", "chapter", "number"),
                name="texts_of_a_chapter_are_numbered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_chapter_display()} · {self.get_language_display()} · {self.number}"


def report_path(report: "Report", filename: str) -> str:
    return f"reports/{report.edition.cycle.year}/{report.uuid}.pdf"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show every drawing-up to readers under embargo, and the published ones to all others."""
        return self.all() if user.oversees_the_country(at) else self.published(at)

    def published(self, at: datetime) -> Self:
        """Select approved reports whose edition is public."""
        return self.filter(
            edition__in=Edition.objects.published(at).values("pk"), approved_at__isnull=False
        )

    def for_list(self) -> Self:
        """Order the newest first, with all that a page shows of each; their long facts are not
        read.
        """
        named = self.select_related("edition__cycle", "first_approved_by", "approved_by")
        return named.defer("facts").order_by("-pk")


def archive_path(report: "Report", filename: str) -> str:
    return f"reports/{report.edition.cycle.year}/{report.uuid}-archive.pdf"


STEPS = {
    "gather": _("Gathering the facts"),
    "write": _("Writing the text"),
    "style": _("Setting type"),
    "layout": _("Laying out the pages"),
    "pdf": _("Writing the file"),
}
"""What a report goes through while it is drawn up, in words; the order of the keys is that of the
work.
"""


class Report(models.Model):
    """One drawing-up of the Article 82 report in one language: its number, files, and two
    approvals.

    Drawings-up asked for together bear one number, counted in the year. `facts` holds every figure
    by name, with the statements by which it was read. How far it is, its job says
    (`cycles.models.Job`).
    """

    job: Job | None = None  # the newest on it, as `jobs.queries` fills it in

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="reports")
    language = models.CharField(max_length=2, choices=Language)
    number = models.PositiveSmallIntegerField(default=1)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    file = models.FileField(upload_to=report_path, max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    archive = models.FileField(
        upload_to=archive_path, max_length=200, blank=True, help_text="PDF/A-3 with the data"
    )
    archive_sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    first_approved_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, help_text="by the second of the two")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(first_approved_at__isnull=True) | Q(finished_at__isnull=False),
                name="only_a_finished_report_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | Q(first_approved_at__isnull=False)
                & ~Q(approved_by=models.F("first_approved_by")),
                name="two_people_approve_a_report",
            ),
        )

    def __str__(self) -> str:
        number = self.reference if get_language() == "en" else persian_digits(self.reference)
        return f"{gettext('Article 82 report')} · {number} · {self.get_language_display()}"

    @property
    def reference(self) -> str:
        """Return the number by which letters name it: the article, the year, the drawing-up."""
        return f"82/{self.edition.cycle.year}/{self.number}"
