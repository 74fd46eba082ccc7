"""What is written about an index: the reports of the agencies that answer for it, and
recommendations for a plan.
"""

from datetime import datetime
from typing import Self, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.persian import persian_digits
from festival.models.indices import Index
from festival.workflow import INDEX_REPORTS, IndexReportState


def year_label(year: int) -> str:
    """Write a year in the reader's digits, never grouped."""
    return persian_digits(str(year)) if get_language() == "fa" else str(year)


class SignatureParams(TypedDict):
    """The parameters of signing and sending an agency's report."""

    signer: User


class IndexReportQuerySet(models.QuerySet["IndexReport"]):
    def visible_to(self, user: User | AnonymousUser, at: datetime) -> Self:
        """Show sent ones to everybody; drafts to the agency's own people and to national
        administrators and auditors.
        """
        sent = Q(state=IndexReportState.SENT)
        if not user.is_authenticated:
            return self.filter(sent)
        return (
            self.all()
            if user.oversees_the_country(at)
            else self.filter(sent | Q(agency__in=user.agency_ids(at)))
        )

    def newest(self) -> Self:
        """Keep the last report that each agency sent on an index and year."""
        later = IndexReport.objects.filter(
            index=models.OuterRef("index"),
            agency=models.OuterRef("agency"),
            year=models.OuterRef("year"),
            state=IndexReportState.SENT,
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(state=IndexReportState.SENT).exclude(models.Exists(later))

    def for_list(self) -> Self:
        return self.select_related("index", "agency").order_by(
            "-year", "index__position", "agency__sort_key", "pk"
        )


class IndexReport(models.Model):
    """An agency's report on its work for an index in a Jalali year."""

    index = models.ForeignKey(Index, models.PROTECT, related_name="reports")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    done = models.TextField()
    asked = models.TextField(blank=True)
    state = FSMField(
        choices=IndexReportState.choices, default=IndexReportState.DRAFT, protected=True
    )
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)

    cycle_id = None
    cycle = None
    named_by = ("index",)

    objects = IndexReportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("index", "agency", "year"),
                condition=Q(state=IndexReportState.DRAFT),
                name="one_draft_an_index_agency_and_year",
            ),
        )

    def __str__(self) -> str:
        return f"{self.index} · {self.agency} · {year_label(self.year)}"

    def get_absolute_url(self) -> str:
        return reverse("festival:index", args=[self.index.code])

    @INDEX_REPORTS.transition
    def _send(self, *, at: datetime, given: SignatureParams) -> None:
        self.sent_at, self.sent_by = at, given["signer"]


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, user: User | AnonymousUser, at: datetime) -> Self:
        """Show approved ones to everybody; all versions to national administrators and auditors."""
        if user.is_authenticated and user.oversees_the_country(at):
            return self.all()
        return self.filter(approved_at__isnull=False)

    def in_force(self) -> Self:
        """Keep the last approved version of each index and year."""
        later = Recommendation.objects.filter(
            index=models.OuterRef("index"), year=models.OuterRef("year"), approved_at__isnull=False,
            number__gt=models.OuterRef("number"),
        )  # fmt: skip
        return self.filter(approved_at__isnull=False).exclude(models.Exists(later))

    def for_list(self) -> Self:
        return self.select_related("index", "written_by", "approved_by").order_by(
            "-year", "-number", "pk"
        )


class Recommendation(models.Model):
    """One version of what is recommended for the next plan about an index in a Jalali year;
    versions are only added.
    """

    index = models.ForeignKey(Index, models.PROTECT, related_name="recommendations")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    cycle_id = None
    agency_id = None
    agency = None

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("index", "year", "number"), name="versions_are_numbered_an_index_and_year"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="an_approval_has_its_approver",
            ),
        )

    def __str__(self) -> str:
        return f"{self.index} · {year_label(self.year)} · {year_label(self.number)}"
