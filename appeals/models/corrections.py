"""Like cases: one act that corrects a line for every agency that has it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse

from agencies.models import Agency, Province, User
from agencies.roles import OVERSEERS
from appeals.models.appeals import Appeal, Error
from cycles.models import Cycle
from indicators.models import Measure


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show corrections to administrators and auditors; agencies read them in their own line's
        scores.
        """
        return self.all() if user.holds(*OVERSEERS, at=at) else self.none()

    def for_list(self) -> Self:
        return self.select_related("cycle", "measure", "made_by", "appeal").order_by(
            "made_at", "pk"
        )

    def for_notices(self) -> Self:
        """Read corrections with all that their name needs."""
        return self.select_related("measure")


class Correction(models.Model):
    """The correction of one measure's scores for all agencies, after the decision on one `appeal`
    showed an error.

    `rule` is the corrected one: the method's parameters, or of a steward's figures the percents by
    line. `agency` and `province` are those of the measure's set: None for the whole country.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="corrections")
    error = models.CharField(max_length=8, choices=Error)
    rule = models.JSONField()
    reason = models.TextField()
    line_count = models.PositiveIntegerField()
    points_moved = models.DecimalField(max_digits=20, decimal_places=10)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    concerned_agencies: frozenset[int] = frozenset()
    """The agencies whose people hear of it, while it is being made."""

    objects = CorrectionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.measure)

    def get_absolute_url(self) -> str:
        return reverse("appeals:correction", args=[self.pk])
