"""The annual plan of an agency: what each measure is to reach by the end of each quarter, and what
it did reach.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self, TypedDict

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.persian import in_locale
from agencies.roles import HEADS, Role
from cycles.models import Cycle, Participation
from indicators.attainment import MISSED, Light, attainment, light, shown_percent
from indicators.models.choices import Direction
from indicators.models.measures import Measure
from indicators.workflow import PLANS, REPORTS, PlanState, ReportState


class OfAgencyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep rows for the agency's own people, its headquarters, and administrators and auditors
        in their scope.
        """
        own = user.agency_ids(at)
        above = user.agency_ids(at, Role.HEADQUARTERS, *HEADS)
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
        return self.filter(Q(agency__in=own) | Q(agency__parent__in=above) | whole)

    def for_notices(self) -> Self:
        """Load all that a row's name and address need."""
        return self.select_related("agency", "cycle")


class PlanQuerySet(OfAgencyQuerySet):
    def for_list(self) -> Self:
        """Load plans with the four reports, the newest year first."""
        rows = self.select_related("agency", "cycle", "participation").prefetch_related("reports")
        return rows.order_by("-cycle__year", "agency__sort_key", "pk")


class QuarterReportQuerySet(OfAgencyQuerySet):
    def with_progress(self) -> Self:
        """Annotate how many figures the plan has for the quarter, and how many of them have their
        actual value.
        """
        figures = Figure.objects.filter(
            plan=OuterRef("plan"), quarter=OuterRef("quarter"), target__isnull=False
        )
        counted = figures.order_by().values("plan")
        return self.annotate(
            planned=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
            entered=Coalesce(Subquery(counted.annotate(n=Count("actual")).values("n")), 0),
        )


class PlanSignature(TypedDict):
    """What the transition of a signed plan is given."""

    signer: User


class ReportSignature(TypedDict):
    """What the transition of a reported quarter is given."""

    reporter: User


class Plan(models.Model):
    """An agency's annual plan: begun when its measures are communicated, signed by its head.

    `quarter` is that in whose window the plan is laid: the first that was open after the
    communication.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="+")
    quarter = models.PositiveSmallIntegerField(default=1)
    state = FSMField(choices=PlanState.choices, default=PlanState.DRAFT, protected=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="a_plan_is_laid_in_a_quarter"
            ),
        )

    def __str__(self) -> str:
        return gettext("Annual plan of %(year)s · %(agency)s") % {
            "year": self.cycle.label,
            "agency": self.agency,
        }

    def get_absolute_url(self) -> str:
        return reverse("indicators:plan", args=[self.pk])

    @property
    def quarters(self) -> range:
        """List the quarters that it plans: from the one in which it is laid to the year's end."""
        return range(self.quarter, 5)

    @staticmethod
    def left_to_do(count: int) -> str:
        """Name what a reminder of the closing says is left."""
        return gettext("the annual plan is not signed")

    @PLANS.transition
    def _sign(self, *, at: datetime, given: PlanSignature) -> None:
        self.signed_by, self.signed_at = given["signer"], at

    @PLANS.transition
    def _revise(self, *, at: datetime, given: object) -> None:
        self.signed_by, self.signed_at = None, None


class QuarterReport(models.Model):
    """What an agency reports of one quarter; its figures are rows of the plan."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reports")
    quarter = models.PositiveSmallIntegerField()
    state = FSMField(choices=ReportState.choices, default=ReportState.DRAFT, protected=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)

    planned: int  # figures that the plan has for the quarter; `with_progress` counts them
    entered: int  # of these, those with their actual value

    objects = QuarterReportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("plan", "quarter"), name="one_report_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="a_report_is_of_a_quarter"
            ),
        )

    def __str__(self) -> str:
        return gettext("Quarter %(quarter)s of %(year)s · %(agency)s") % {
            "quarter": in_locale(self.quarter),
            "year": self.cycle.label,
            "agency": self.agency,
        }

    def get_absolute_url(self) -> str:
        return reverse("indicators:quarter", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """Name what a reminder of the closing says is left, with so many figures not entered."""
        if not count:
            return gettext("the quarter is not reported")
        return ngettext(
            "%(count)s figure is not entered and the quarter is not reported",
            "%(count)s figures are not entered and the quarter is not reported",
            count,
        ) % {"count": in_locale(count)}

    @REPORTS.transition
    def _report(self, *, at: datetime, given: ReportSignature) -> None:
        self.reported_by, self.reported_at = given["reporter"], at

    @REPORTS.transition
    def _correct(self, *, at: datetime, given: object) -> None:
        self.reported_by, self.reported_at = None, None


class FigureQuerySet(models.QuerySet["Figure"]):
    def with_reported(self) -> Self:
        """Annotate `is_reported`: whether the head has signed the report of its quarter."""
        reports = QuarterReport.objects.filter(
            plan=OuterRef("plan"), quarter=OuterRef("quarter"), state=ReportState.REPORTED
        )
        return self.annotate(is_reported=Exists(reports))

    def reported_values(
        self, participations: Iterable[Participation], quarter: int
    ) -> dict[tuple[int, int], Decimal]:
        """Find the actual values in these agencies' signed reports of a quarter, by participation
        and measure; one query.

        What a steward of the authority supplies is left out.
        """
        rows = self.filter(
            plan__participation__in=participations, quarter=quarter, actual__isnull=False
        )
        signed = (
            rows.with_reported()
            .filter(is_reported=True)
            .exclude(measure__method="steward")
            .order_by("pk")
        )
        values = signed.values_list("plan__participation", "measure", "actual")
        return {
            (participation, measure): actual
            for participation, measure, actual in values
            if actual is not None
        }

    def of_line(self, participation: int, measure: int) -> Self:
        """Keep one measure of one agency through the year, as far as others than the agency may
        read it.

        Targets of a signed plan, actual values of reported quarters: what is a draft is the
        agency's own.
        """
        rows = (
            self.filter(plan__participation=participation, measure=measure)
            .with_reported()
            .select_related("measure")
        )
        planned = Q(plan__state=PlanState.SIGNED, target__isnull=False)
        return rows.filter(planned | Q(is_reported=True, actual__isnull=False)).order_by(
            "quarter", "pk"
        )


class Figure(models.Model):
    """One measure in one quarter of a plan: the value to be reached by its end, the one reached,
    why it was missed.

    Values count from the beginning of the year where the measure counts something, else they are as
    they stand at the quarter's end. `forecast` is what the agency then expects for the end of the
    year.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="figures")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    quarter = models.PositiveSmallIntegerField()
    target = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    actual = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    explanation = models.TextField(blank=True)
    forecast = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "measure", "quarter"), name="one_figure_a_measure_and_quarter"
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="a_figure_is_of_a_quarter"
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} · {self.quarter}"

    @property
    def attainment(self) -> Fraction | None:
        """Compute the exact percent of the quarter's target attained (needs `measure` loaded)."""
        return attainment(
            self.actual, self.target, less_is_better=self.measure.direction == Direction.LOWER
        )

    @property
    def percent(self) -> Decimal | None:
        """Round the percent as it is shown."""
        return shown_percent(self.attainment)

    @property
    def light(self) -> Light:
        return light(self.attainment)

    @property
    def is_missed(self) -> bool:
        return self.light in MISSED
