"""Measures that one person supplies for all agencies: in whose hands each is, from which source,
and every figure.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Self, TypedDict

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django_fsm import FSMField
from uuid_utils import uuid7

from agencies.models import Agency, Clearance, Interest, Membership, Province, User, in_reach
from agencies.roles import OVERSEERS, Role
from cycles.clashes import digest
from cycles.models import Cycle
from indicators.models import Measure
from indicators.scoring.methods import points
from indicators.scoring.statutory_tree import LineState
from submissions.models.answers import Answer
from submissions.models.self_assessments import Submission
from submissions.workflow import STEWARDSHIPS, StewardshipState, SubmissionState

UNASKED = (SubmissionState.LAPSED, SubmissionState.COMMUNICATED, SubmissionState.ENDED)
"""States of self-assessments whose lines wait for no figure: not assessed, or assessed and told."""


def source_path(stewardship: "Stewardship", filename: str) -> str:
    """Return where a source rests: under a name of its own, which says nothing."""
    return f"sources/{stewardship.cycle_id}/{uuid7()}"


class SupplySignature(TypedDict):
    """Name whoever signs the figures of a measure."""

    signer: User


class StewardshipQuerySet(models.QuerySet["Stewardship"]):
    def worked_on_by(self, user: User, at: datetime) -> Self:
        """Find a steward's own once all interests are declared for the year, and for administrators
        and auditors those of their scope, with all that is for the whole country and so for
        agencies of theirs.
        """
        stated = user.cleared_years(Clearance.Kind.INTERESTS)
        own = (
            Q(steward=user, cycle__year__in=stated)
            if user.holds(Role.STEWARD, at=at)
            else Q(pk__in=())
        )
        if not user.holds(*OVERSEERS, at=at):
            return self.filter(own)
        provinces = user.province_ids(at, *OVERSEERS)
        if provinces is None:
            return self.all()
        scope = (
            Q(agency=None, province=None)
            | Q(province__in=provinces)
            | Q(agency__province__in=provinces)
        )
        return self.filter(own | scope)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Show stewardships to those who work on them, and to whoever may read the communicated
        scores of a line the one that its figure comes from.
        """
        scored = Submission.objects.scores_visible_to(user, at).filter(
            state=SubmissionState.COMMUNICATED
        )
        told = Answer.objects.filter(submission__in=scored.values("pk")).values("measure")
        return self.filter(Q(pk__in=self.worked_on_by(user, at).values("pk")) | Q(measure__in=told))

    def with_progress(self) -> Self:
        """Annotate the lines that need a figure, and those that have one."""
        closed = (SubmissionState.LAPSED, SubmissionState.ENDED)
        lines = Answer.objects.filter(measure=OuterRef("measure")).exclude(
            submission__state__in=closed
        )
        counted = lines.order_by().values("measure").annotate(n=Count("pk")).values("n")
        return self.annotate(
            lines=Coalesce(models.Subquery(counted), 0),
            lines_given=Coalesce(models.Subquery(counted.filter(figure__isnull=False)), 0),
        )

    def for_list(self) -> Self:
        related = (
            "cycle",
            "measure__indicator__axis__set",
            "steward",
            "agency__province",
            "province",
        )
        order = (
            "state",
            "-cycle__year",
            "measure__indicator__axis__position",
            "measure__indicator__position",
        )
        return (
            self.select_related(*related)
            .with_progress()
            .order_by(*order, "measure__position", "pk")
        )

    def for_notices(self) -> Self:
        """Read rows with all that their name needs."""
        return self.select_related("measure", "cycle")


class Stewardship(models.Model):
    """One measure of one cycle in the hands of one steward, who gives its figure for every agency
    from one source.

    `agency` and `province` are those of the measure's set: None for the whole country.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    steward = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = FSMField(
        choices=StewardshipState.choices, default=StewardshipState.OPEN, protected=True
    )
    source_title = models.CharField(max_length=300, blank=True)
    source = models.FileField(upload_to=source_path, max_length=200, blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    lines: int  # those that need a figure; `with_progress` counts them
    lines_given: int  # of these, those that have one
    supplied_at = models.DateTimeField(null=True, blank=True)
    supplied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = StewardshipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("cycle", "measure"), name="one_stewardship_a_measure"),
            models.CheckConstraint(
                condition=~Q(state=StewardshipState.SUPPLIED)
                | (~Q(source="") & ~Q(source_title="")),
                name="what_is_supplied_has_its_source",
            ),
        )

    def __str__(self) -> str:
        return str(self.measure)

    def get_absolute_url(self) -> str:
        return reverse("submissions:stewardship", args=[self.pk])

    @property
    def holder(self) -> User:
        """Who hears of what is done with it."""
        return self.steward

    @property
    def holder_id(self) -> int:
        return self.steward_id

    @STEWARDSHIPS.transition
    def _supply(self, *, at: datetime, given: SupplySignature) -> None:
        self.supplied_at, self.supplied_by = at, given["signer"]

    @STEWARDSHIPS.transition
    def _reopen(self, *, at: datetime, given: dict[str, object]) -> None:
        self.supplied_at, self.supplied_by = None, None


class StewardFigureQuerySet(models.QuerySet["StewardFigure"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show a steward's own figures, but of no agency to which the steward is tied; show all
        others to whoever may read the scores.
        """
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        seen = Q(answer__submission__in=scored)
        if held := user.memberships(at, Role.STEWARD):
            own = Q(stewardship__steward=user) & ~Q(answer__submission__agency__in=user.tied_to)
            outside = any(m.is_outsider for m in held)
            seen |= own if outside else own & Q(answer__submission__agency__is_authority=False)
        return self.filter(seen)

    def made_by(self, user: User) -> Self:
        """Find figures that this person entered, or holds or signed as their steward."""
        return self.filter(
            Q(entered_by=user) | Q(stewardship__steward=user) | Q(stewardship__supplied_by=user)
        )

    def supplied(self) -> Self:
        """Find figures that count, with all that their points need."""
        return self.filter(stewardship__state=StewardshipState.SUPPLIED).select_related(
            "answer__measure"
        )

    def for_reading(self) -> Self:
        """Read figures with their steward and source."""
        return self.select_related("stewardship__steward", "stewardship__measure", "entered_by")


class StewardFigure(models.Model):
    """What a steward gives one line: a percent of the ceiling, or that the
    measure does not apply.
    """

    stewardship = models.ForeignKey(Stewardship, models.PROTECT, related_name="figures")
    answer = models.OneToOneField(Answer, models.PROTECT, related_name="figure")
    percent = models.DecimalField(max_digits=11, decimal_places=8, null=True, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects = StewardFigureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_not_applicable=False, percent__gte=0, percent__lte=100)
                | (Q(is_not_applicable=True, percent=None) & ~Q(note="")),
                name="a_figure_is_a_percent_or_a_reason",
            ),
        )

    def __str__(self) -> str:
        return str(self.answer)

    @property
    def token(self) -> str:
        return token_of(self.percent, is_not_applicable=self.is_not_applicable, note=self.note)

    @property
    def outcome(self) -> tuple[LineState, Decimal | None]:
        """The state and the points of the line (needs `answer.measure` loaded)."""
        if self.percent is None:
            return LineState.NOT_APPLICABLE, None
        m = self.answer.measure
        return LineState.SCORED, points(
            m.method, self.percent, ceiling=m.points, params=m.scoring_params
        )


def token_of(percent: Decimal | None, *, is_not_applicable: bool, note: str) -> str:
    """Digest what a figure says, by which a page knows whether it is still what was seen."""
    return digest({"percent": percent, "is_not_applicable": is_not_applicable, "note": note})


def left_to_administrators(cycles: Iterable[Cycle]) -> models.QuerySet[Answer]:
    """Find lines without a figure whose steward may not give it (`is_figure_giver`), of what is
    open in these cycles.
    """
    of_agency = {"user": OuterRef("steward"), "agency": OuterRef(OuterRef("submission__agency"))}
    outsider = Membership.objects.filter(
        user=OuterRef("steward"), role=Role.STEWARD, is_outsider=True
    )
    held = Stewardship.objects.filter(measure=OuterRef("measure"), state=StewardshipState.OPEN)
    tied = Exists(Membership.objects.filter(**of_agency)) | Exists(
        Interest.objects.filter(**of_agency)
    )
    of_authority = Q(submission__agency__is_authority=True) & Exists(held.filter(~Exists(outsider)))
    lines = Answer.objects.filter(
        submission__cycle__in=cycles, measure__method="steward", figure=None
    )
    return lines.exclude(submission__state__in=UNASKED).filter(
        of_authority | Exists(held.filter(tied))
    )


def left_to(user: User, cycles: Iterable[Cycle], at: datetime) -> models.QuerySet[Answer]:
    """Find those of the lines left to administrators that this one may give."""
    rows = left_to_administrators(cycles).filter(
        in_reach(user, at, (Role.ADMINISTRATOR,), "submission__agency")
    )
    if not any(m.is_outsider for m in user.memberships(at, Role.ADMINISTRATOR)):
        rows = rows.exclude(submission__agency__is_authority=True)
    return rows.exclude(submission__agency__in=user.tied_to)
