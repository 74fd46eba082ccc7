"""Reference lines with agreed marks, and how an assessor marks them before being shown any agency's
lines.
"""

from datetime import datetime
from decimal import Decimal
from typing import Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField

from agencies.models import User
from agencies.roles import Role
from cycles.models import Cycle
from indicators.models import Measure
from submissions.models.answers import Answer
from submissions.workflow import CALIBRATIONS, CalibrationState


class ReferenceLineQuerySet(models.QuerySet["ReferenceLine"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show reference lines to those who lay them; an assessor reads them in a calibration,
        without what was agreed.
        """
        return self.all() if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at) else self.none()

    def in_use(self) -> Self:
        return self.filter(withdrawn_at=None)

    def for_list(self) -> Self:
        return self.select_related("measure__indicator__axis", "laid_by").order_by(
            "withdrawn_at", "measure__code", "pk"
        )


class ReferenceLine(models.Model):
    """What an agency might say of a measure, what its evidence would show, and the mark agreed for
    it with a reason.
    """

    agency = agency_id = None  # of no agency: nobody is above or beside it

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    claims_not_applicable = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    shown = models.TextField(help_text="What the evidence shows")
    points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    reason = models.TextField()
    laid_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    laid_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceLineQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(points__isnull=True, is_not_applicable=True)
                | Q(points__gte=0, is_not_applicable=False),
                name="an_agreed_mark_is_points_or_not_applicable",
            ),
        )

    def __str__(self) -> str:
        return str(self.measure)

    @property
    def as_answer(self) -> Answer:
        """Make the line as an agency's would be, unsaved (needs `measure` loaded)."""
        return Answer(
            measure=self.measure,
            own=None,
            value=self.value,
            claims_not_applicable=self.claims_not_applicable,
            note=self.note,
        )


class TrainingResult(TypedDict):
    """Hold how far an assessor's marks lie from the reference, and whether that is near enough."""

    deviation: Decimal
    passed: bool


class CalibrationQuerySet(models.QuerySet["Calibration"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show one's own sittings; show all to those who see results before they are published, for
        they name assessors.
        """
        return self.all() if user.oversees_the_country(at) else self.filter(assessor=user)


class Calibration(models.Model):
    """One sitting of an assessor over reference lines; `deviation` is the mean distance in percent
    of the ceiling.
    """

    agency = agency_id = None

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = FSMField(
        choices=CalibrationState.choices, default=CalibrationState.OPEN, protected=True
    )
    lines = ArrayField(
        models.BigIntegerField(), help_text="Reference lines, in the order in which they are shown"
    )
    begun_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    deviation = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    is_passed = models.BooleanField(default=False)

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "assessor"),
                condition=Q(state=CalibrationState.OPEN),
                name="one_open_calibration",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessor} · {self.cycle}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:calibration", args=[self.pk])

    @CALIBRATIONS.transition
    def _hand_in(self, *, at: datetime, given: TrainingResult) -> None:
        self.handed_in_at, self.deviation, self.is_passed = at, given["deviation"], given["passed"]


class ReferenceMark(models.Model):
    """What an assessor gives a reference line in one sitting."""

    calibration = models.ForeignKey(Calibration, models.PROTECT, related_name="marks")
    line = models.ForeignKey(ReferenceLine, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("calibration", "line"), name="one_mark_a_sitting"),
            models.CheckConstraint(
                condition=Q(points__isnull=True, is_not_applicable=True)
                | Q(points__gte=0, is_not_applicable=False),
                name="a_reference_mark_is_points_or_not_applicable",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line}: {self.points}"
