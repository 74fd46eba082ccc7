"""What is published: a festival edition with its standings, and the Article 82 report."""

from datetime import datetime
from typing import Any, Self

import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import User
from cycles.models import Cycle, Group, Participation
from festival.workflow import EDITIONS, EditionState
from indicators.scoring import BANDS
from submissions.models import ScoreRun, Submission


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self, at: datetime) -> Self:
        """What the public may see: from the set instant on, whether or not the scheduler ran."""
        return self.filter(state__in=(EditionState.SCHEDULED, EditionState.PUBLISHED), publish_at__lte=at)

    def visible_to(self, user: User, at: datetime) -> Self:
        return self.all() if user.oversees_the_country(at) else self.published(at)

    def for_list(self) -> Self:
        return self.select_related("cycle").order_by("-cycle__year", "pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("cycle")


class Edition(models.Model):
    """The festival on the results of one cycle, and what they rest on: the score run and its digest."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="+")
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="+")
    state = FSMField(choices=EditionState.choices, default=EditionState.PREPARED, protected=True)
    ranked_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    agency_id = None
    agency = None

    objects = EditionQuerySet.as_manager()

    def __str__(self) -> str:
        return gettext("Shahid Rajaei Festival · results of %(year)s") % {"year": self.cycle.label}

    def get_absolute_url(self) -> str:
        return reverse("festival:edition", args=[self.cycle.year])

    def is_published(self, at: datetime) -> bool:
        """Whether the public sees it at a moment; as `published` says it of rows."""
        return self.publish_at is not None and self.publish_at <= at

    @EDITIONS.transition
    def _rank(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.ranked_at, self.digest = at, given["digest"]

    @EDITIONS.transition
    def _schedule(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.publish_at = given["publish_at"]

    @EDITIONS.transition
    def _publish(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.published_at = at


class StandingQuerySet(models.QuerySet["Standing"]):
    def for_list(self) -> Self:
        return self.select_related("group", "participation__agency", "submission").order_by(
            "group__sort_key", "group", "place", "participation__sort_key", "pk"
        )


class Standing(models.Model):
    """An agency's frozen result in one group of an edition; percent is rounded once to 2 places."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="standings")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="+")
    submitted = models.BooleanField()
    general = models.DecimalField(max_digits=16, decimal_places=10)
    specific = models.DecimalField(max_digits=16, decimal_places=10)
    total = models.DecimalField(max_digits=16, decimal_places=10)
    ceiling = models.DecimalField(max_digits=16, decimal_places=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    growth = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percentage points on last year"
    )
    band = models.CharField(max_length=12)
    place = models.PositiveIntegerField()

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("edition", "group", "participation"), name="one_place_a_group"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="a_percent_lies_in_0_to_100"),
        )

    def __str__(self) -> str:
        return f"{self.place} · {self.participation}"

    @property
    def band_label(self) -> str:
        """The band in the reader's words."""
        return str(next(b.label for b in BANDS if b.name == self.band))


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
