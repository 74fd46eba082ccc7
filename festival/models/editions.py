"""An edition of the festival, and the frozen results of its agencies."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
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
