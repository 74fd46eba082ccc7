"""The annual plan of an agency: what each measure is to reach by the end of each quarter, and what it did reach."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django_fsm import FSMField

from agencies.models import Agency, User, in_reach
from agencies.roles import Role
from agencies.text import localised
from cycles.models import Cycle, Participation
from indicators.models.measures import Measure
from indicators.workflow import PLANS, REPORTS, PlanState, ReportState


class OfAgencyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """The agency's own people, its headquarters, and administrators and auditors in their scope."""
        own = user.agency_ids(at)
        above = user.agency_ids(at, Role.HEADQUARTERS, Role.HEAD)
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
        return self.filter(Q(agency__in=own) | Q(agency__parent__in=above) | whole)

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "cycle")


class Plan(models.Model):
    """An agency's annual plan: begun when its measures are communicated, signed by its head.

    `quarter` is that in whose window the plan is laid: the first that was open after the communication.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="+")
    quarter = models.PositiveSmallIntegerField(default=1)
    state = FSMField(choices=PlanState.choices, default=PlanState.DRAFT, protected=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = OfAgencyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="a_plan_is_laid_in_a_quarter"),
        )

    def __str__(self) -> str:
        return gettext("Annual plan of %(year)s · %(agency)s") % {"year": self.cycle.label, "agency": self.agency}

    def get_absolute_url(self) -> str:
        return reverse("indicators:plan", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """What a reminder of the closing says is left."""
        return gettext("the annual plan is not signed")

    @PLANS.transition
    def _sign(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.signed_by, self.signed_at = given["signer"], at

    @PLANS.transition
    def _revise(self, *, at: datetime, given: dict[str, Any]) -> None:
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

    objects = OfAgencyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("plan", "quarter"), name="one_report_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="a_report_is_of_a_quarter"),
        )

    def __str__(self) -> str:
        return gettext("Quarter %(quarter)s of %(year)s · %(agency)s") % {
            "quarter": localised(self.quarter),
            "year": self.cycle.label,
            "agency": self.agency,
        }

    def get_absolute_url(self) -> str:
        return reverse("indicators:quarter", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """What a reminder of the closing says is left, with so many figures not entered."""
        if not count:
            return gettext("the quarter is not reported")
        return ngettext(
            "%(count)s figure is not entered and the quarter is not reported",
            "%(count)s figures are not entered and the quarter is not reported",
            count,
        ) % {"count": localised(count)}

    @REPORTS.transition
    def _report(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.reported_by, self.reported_at = given["reporter"], at

    @REPORTS.transition
    def _correct(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.reported_by, self.reported_at = None, None


class Figure(models.Model):
    """One measure in one quarter of a plan: the value to be reached by its end, the one reached, why it was missed.

    Values count from the beginning of the year where the measure counts something, else they are as they stand at the
    quarter's end. `forecast` is what the agency then expects for the end of the year.
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

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("plan", "measure", "quarter"), name="one_figure_a_measure_and_quarter"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="a_figure_is_of_a_quarter"),
        )

    def __str__(self) -> str:
        return f"{self.measure} · {self.quarter}"
