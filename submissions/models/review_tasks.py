"""What follows from how reliable the marks were found: what somebody looks into; and what the
assessment costs.
"""

from datetime import datetime
from typing import Self, TypedDict

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import User
from cycles.models import Cycle
from indicators.models import Measure
from submissions.models.score_runs import Reliability
from submissions.workflow import REVIEWS, ReviewState


class Closing(TypedDict):
    """Hold what came of a review task, and who closed it."""

    outcome: str
    closer: User


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show review tasks to those who see results before they are published, for they name
        assessors.
        """
        return self.all() if user.oversees_the_country(at) else self.none()

    def open(self) -> Self:
        return self.filter(state=ReviewState.OPEN)

    def for_list(self) -> Self:
        return self.select_related("cycle", "study", "assessor", "measure", "closed_by").order_by(
            "-state", "kind", "pk"
        )


class ReviewTask(models.Model):
    """One finding about the marks of a cycle that somebody looks into; by itself it changes no
    score.

    `figures` are those of the finding in the study that opened it. About an assessor, a measure, or
    all marks.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Two assessors agree too little")
        SEVERITY = "severity", _("Severe or lenient")
        COPYING = "copying", _("Copies what the agency's value earns")
        HALO = "halo", _("Marks agencies rather than lines")
        SATURATED = "saturated", _("Hardly tells agencies apart")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    study = models.ForeignKey(Reliability, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=10, choices=Kind)
    assessor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="+")
    figures = models.JSONField()
    opened_at = models.DateTimeField()
    state = FSMField(choices=ReviewState.choices, default=ReviewState.OPEN, protected=True)
    outcome = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    agency_id = None
    agency = None

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "kind", "assessor", "measure"),
                condition=Q(state=ReviewState.OPEN),
                name="one_open_task_a_kind_and_subject",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="a_closed_task_has_its_outcome",
            ),
        )

    def __str__(self) -> str:
        about = self.assessor or self.measure or self.cycle
        return f"{self.get_kind_display()}: {about}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:close_task", args=[self.pk])

    @REVIEWS.transition
    def _close(self, *, at: datetime, given: Closing) -> None:
        self.outcome, self.closed_by, self.closed_at = given["outcome"], given["closer"], at


class ExpenseQuerySet(models.QuerySet["Expense"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.all() if user.oversees_the_country(at) else self.none()

    def standing(self) -> Self:
        """Find expenses that were not struck."""
        return self.filter(struck_at=None).order_by("spent_on", "pk")


class Expense(models.Model):
    """What a cycle's assessment cost in rials, with the hours it stands for where there are any;
    struck, it stays.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=18, decimal_places=0, help_text="Rials")
    hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    spent_on = models.DateField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)

    agency_id = None
    agency = None

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="an_expense_is_not_negative"),
        )

    def __str__(self) -> str:
        return self.label
