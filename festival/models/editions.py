"""An edition of the festival, and the frozen results of its agencies."""

from datetime import datetime
from typing import Self, TypedDict

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.persian import in_locale
from cycles.models import Cycle, Group, Participation
from festival.places import Ranking
from festival.workflow import EDITIONS, EditionState
from indicators.scoring.statutory_tree import BANDS
from submissions.models import ScoreRun, Submission


class RankingParams(TypedDict):
    """The parameters of ranking the agencies of an edition."""

    digest: str


class ScheduleParams(TypedDict):
    """The parameters of setting the moment of publication."""

    publish_at: datetime


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self, at: datetime) -> Self:
        """Select editions whose set instant has come, whether or not the scheduler ran."""
        return self.filter(
            state__in=(EditionState.SCHEDULED, EditionState.PUBLISHED), publish_at__lte=at
        )

    def visible_to(self, user: User, at: datetime) -> Self:
        return self.all() if user.oversees_the_country(at) else self.published(at)

    def current(self, at: datetime) -> Self:
        """Keep the published edition of each cycle with the highest number."""
        published = Edition.objects.published(at)
        later = published.filter(cycle=OuterRef("cycle"), number__gt=OuterRef("number"))
        return self.published(at).filter(~Exists(later))

    def newest(self) -> Self:
        """Keep the edition of each cycle with the highest number, published or not."""
        return self.filter(
            ~Exists(Edition.objects.filter(cycle=OuterRef("cycle"), number__gt=OuterRef("number")))
        )

    def newest_of(self, cycle: Cycle) -> "Edition | None":
        """Find the edition of a cycle with the highest number, published or not; None before its
        results are frozen.
        """
        return self.filter(cycle=cycle).select_related("cycle", "run").order_by("-number").first()

    def for_list(self) -> Self:
        return self.select_related("cycle").order_by("-cycle__year", "-number", "pk")

    def for_notices(self) -> Self:
        """Load what a notice's name and address need."""
        return self.select_related("cycle")


class Edition(models.Model):
    """The frozen results of one cycle and what they rest on: the score run and its digest.

    What is found wrong afterwards is put right in a new edition, numbered and with its reason; the
    old one stays.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True, help_text="What the edition before it had wrong")
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="+")
    state = FSMField(choices=EditionState.choices, default=EditionState.PREPARED, protected=True)
    ranked_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    agency_id = None
    agency = None

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "number"), name="editions_of_a_year_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(number=1, reason="") | Q(number__gt=1) & ~Q(reason=""),
                name="a_further_edition_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        said = gettext("Shahid Rajaei Festival · results of %(year)s") % {"year": self.cycle.label}
        if self.number == 1:
            return said
        return gettext("%(results)s, edition %(number)s") % {
            "results": said,
            "number": in_locale(self.number),
        }

    def get_absolute_url(self) -> str:
        return reverse("festival:edition", args=[self.cycle.year])

    def is_published(self, at: datetime) -> bool:
        """Say whether the public sees it at a moment; `published` asks the same of rows."""
        return self.publish_at is not None and self.publish_at <= at

    @EDITIONS.transition
    def _rank(self, *, at: datetime, given: RankingParams) -> None:
        self.ranked_at, self.digest = at, given["digest"]

    @EDITIONS.transition
    def _schedule(self, *, at: datetime, given: ScheduleParams) -> None:
        self.publish_at = given["publish_at"]

    @EDITIONS.transition
    def _publish(self, *, at: datetime, given: object) -> None:
        self.published_at = at


_MINIMUM = "edition__cycle__minimum_to_win"

VALUES = {
    r: "percent" if r == Ranking.TOTAL else r.value if r == Ranking.GROWTH else f"{r}_percent"
    for r in Ranking
}
"""The field of a standing by which it is placed in each ranking."""

PLACES = {r: "place" if r == Ranking.TOTAL else f"{r}_place" for r in Ranking}
"""The field of its place there; None where it has none."""


class StandingQuerySet(models.QuerySet["Standing"]):
    def firsts(self, by: Ranking = Ranking.TOTAL) -> Self:
        """Keep the winners: first of their group, with no less than the year asks of a winner; by
        growth those that grew.
        """
        enough = {"growth__gt": 0, "percent__gte": F(_MINIMUM)}
        if by != Ranking.GROWTH:
            enough = {f"{VALUES[by]}__gte": F(_MINIMUM)}
        return self.filter(submitted=True, **{PLACES[by]: 1}, **enough)

    def for_list(self) -> Self:
        return self.select_related("group", "participation__agency", "submission").order_by(
            "group__sort_key", "group", "place", "participation__sort_key", "pk"
        )

    def over_the_years(self, agency: Agency, at: datetime) -> Self:
        """Keep an agency's standings in the editions that are in force at a moment, the newest year
        first.
        """
        rows = self.filter(
            edition__in=Edition.objects.current(at).values("pk"), participation__agency=agency
        )
        return rows.select_related(
            "group", "participation__agency", "submission", "edition__cycle"
        ).order_by("-edition__cycle__year", "group__sort_key", "pk")


class Standing(models.Model):
    """An agency's frozen result in one group of an edition; percents are
    rounded once to 2 places.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="standings")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted = models.BooleanField()
    general = models.DecimalField(max_digits=16, decimal_places=10)
    specific = models.DecimalField(max_digits=16, decimal_places=10)
    thematic = models.DecimalField(max_digits=16, decimal_places=10, default=0)
    total = models.DecimalField(max_digits=16, decimal_places=10)
    ceiling = models.DecimalField(max_digits=16, decimal_places=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    growth = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Percentage points on last year",
    )
    general_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    specific_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    thematic_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    band = models.CharField(max_length=12)
    place = models.PositiveIntegerField()
    general_place = models.PositiveIntegerField(null=True, blank=True)
    specific_place = models.PositiveIntegerField(null=True, blank=True)
    thematic_place = models.PositiveIntegerField(null=True, blank=True)
    growth_place = models.PositiveIntegerField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("edition", "group", "participation"), name="one_place_a_group"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="a_percent_lies_in_0_to_100"
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} · {self.participation}"

    @property
    def band_label(self) -> str:
        """Name the band in the reader's words."""
        return str(next(b.label for b in BANDS if b.name == self.band))
