"""Computations of totals, and the totals that each came to."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import get_language

from agencies.models import User
from agencies.roles import Role
from cycles import calendar
from cycles.models import Cycle
from indicators.models import Axis, Kind
from submissions.models.self_assessments import Submission


class ScoreRunQuerySet(models.QuerySet["ScoreRun"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.all() if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at) else self.none()


class ScoreRun(models.Model):
    """One computation of totals: who asked, when, why, over what input (digest), how far it is.

    `submission_count` is what there was to do when it was asked for, and what was done when it is
    finished; `reached` the key of the last submission done.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    submission_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    input_digest = models.CharField(max_length=64, blank=True)

    objects = ScoreRunQuerySet.as_manager()
    agency_id = agency = None

    def __str__(self) -> str:
        return f"{self.cycle} · {calendar.format_moment(self.asked_at, get_language() or '')}"


class ReliabilityQuerySet(models.QuerySet["Reliability"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show a study to those who see results before they are published: it names assessors."""
        return self.all() if user.oversees_the_country(at) else self.none()


class Reliability(models.Model):
    """How reliable the marks of a cycle were at one time: `result` as `submissions.reliability`
    writes it.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)

    objects = ReliabilityQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.cycle} · {calendar.format_moment(self.asked_at, get_language() or '')}"


class NodeScore(models.Model):
    """A total of one run: of a submission (kind ""), of a kind (no axis), or of an axis.

    Totals are derived: one statement writes them out of the very rows that they name, which it has
    locked or which lines hold. The database does not look up each of the three again, which took as
    long as the computation itself, and keeps no index beside the one by which they are found.
    """

    run = models.ForeignKey(
        ScoreRun, models.PROTECT, related_name="nodes", db_constraint=False, db_index=False
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="nodes", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    axis = models.ForeignKey(
        Axis,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    points = models.DecimalField(max_digits=16, decimal_places=10)
    ceiling = models.DecimalField(max_digits=16, decimal_places=10)
    percent = models.DecimalField(max_digits=14, decimal_places=10)
    is_provisional = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "submission", "kind", "axis"),
                name="one_total_a_node_and_run",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission} · {self.axis or self.get_kind_display()}"
