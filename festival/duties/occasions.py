"""When each occasion of a duty was due, and when it was done: a row an occasion."""

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.db.models.lookups import Exact

from appeals.models import Appeal
from appeals.workflow import AppealState
from cycles.calendar import Phase
from cycles.models import PRACTICE, Cycle, Entry, Extension, Participation, Window
from cycles.workflow import CycleState
from festival.models import Edition, Language, Report
from festival.workflow import Addressee
from indicators.models import IndicatorSet, Kind
from indicators.workflow import SetState
from submissions.models import Submission
from submissions.workflow import SubmissionState

Occasions = QuerySet[Model, object]
"""Rows of any model, annotated with the moments when each was due and done."""


def _once_a_year(phase: Phase, done_at: Combinable) -> Occasions:
    """Give one occasion a year, due with the phase's general window."""
    years = (
        Cycle.objects.of_years()
        .exclude(state=CycleState.PLANNED)
        .filter(windows__phase=phase, windows__agency=None)
    )
    years = years.annotate(
        of_cycle=F("pk"), of_year=F("year"), due_at=F("windows__closes_at"), done_at=done_at
    )
    occasions: Occasions = years.annotate(statutory_at=F("due_at"))
    return occasions


def _once_a_row(rows: QuerySet[Model], phase: Phase, done_at: Combinable) -> Occasions:
    """Give one occasion a row of what agencies hand in, due with the phase's general window."""
    rows = rows.filter(
        cycle__windows__phase=phase, cycle__windows__agency=None, cycle__year__gt=PRACTICE
    )
    occasions: Occasions = rows.annotate(
        due_at=F("cycle__windows__closes_at"), statutory_at=F("due_at"), done_at=done_at
    )
    return occasions


def _latest_of(*moments: QuerySet[Model, object]) -> Case:
    """Take the latest of several moments once none is missing; PostgreSQL's own GREATEST would pass
    over missing ones.
    """
    all_there = Q()
    for moment in moments:
        all_there &= Q(Exists(moment))
    return Case(When(all_there, then=Greatest(*[Subquery(moment) for moment in moments])))


def general_sets() -> Occasions:
    sets = IndicatorSet.objects.filter(
        cycle=OuterRef("pk"), kind=Kind.GENERAL, state=SetState.COMMUNICATED
    )
    return _once_a_year(Phase.APPROVAL, Subquery(sets.values("communicated_at")[:1]))


def other_sets() -> Occasions:
    """Leave out drafts and returned sets, which wait for their agency, and rejected sets, which
    wait for nobody.
    """
    states = (SetState.PROPOSED, SetState.APPROVED, SetState.COMMUNICATED)
    sets = IndicatorSet.objects.active().exclude(kind=Kind.GENERAL).filter(state__in=states)
    return _once_a_row(sets, Phase.APPROVAL, F("communicated_at"))


def signed_submissions() -> Occasions:
    """Leave out agencies that ended before their scores were communicated."""
    states = (SubmissionState.SUBMITTED, SubmissionState.MARKED, SubmissionState.COMMUNICATED)
    signed = Submission.objects.filter(
        Q(state__in=states, participation__ended_by=None) | Q(communicated_at__isnull=False)
    )
    return _once_a_row(signed, Phase.SCORING, F("communicated_at"))


def reviews() -> Occasions:
    """Give one occasion an agency that appealed, due with its own window and done with the last
    decision.

    A decree that moves the agency's appeals moves their review by as much, as `Windows.term` has
    it.
    """
    of_years = Appeal.objects.filter(cycle__year__gt=PRACTICE).order_by()
    standing = of_years.exclude(
        state__in=(AppealState.DRAFT, AppealState.WITHDRAWN, AppealState.ENDED)
    )
    standing = standing.filter(
        cycle__windows__phase=Phase.APPEAL_REVIEW, cycle__windows__agency=F("agency")
    )
    rows = standing.values("cycle", "agency", statutory_at=F("cycle__windows__closes_at"))
    undecided = Count("pk", filter=Q(state=AppealState.FILED))
    rows = rows.annotate(
        row=Min("pk"), done_at=Case(When(Exact(undecided, 0), then=Max("decided_at")))
    )
    before = Window.objects.filter(
        cycle=OuterRef("cycle"), agency=OuterRef("agency"), phase=Phase.APPEAL
    )
    before = before.filter(closes_at=OuterRef("cycle__windows__opens_at"))
    of_group = Exists(
        Participation.objects.filter(groups=OuterRef("group"), agency=OuterRef(OuterRef("agency")))
    )
    decrees = Extension.objects.filter(
        Q(agency=None, group=None) | Q(agency=OuterRef("agency")) | of_group,
        cycle=OuterRef("cycle"),
        phase=Phase.APPEAL,
    )
    until = decrees.order_by("-closes_at").values("closes_at")[:1]
    shift = Subquery(until) - Subquery(before.values("closes_at")[:1])
    moved = ExpressionWrapper(F("statutory_at") + shift, output_field=DateTimeField())
    occasions: Occasions = rows.annotate(due_at=Greatest("statutory_at", moved))
    return occasions


def reports_approved() -> Occasions:
    approved = Report.objects.filter(
        edition__cycle=OuterRef("pk"), approved_at__isnull=False
    ).order_by("approved_at")
    first = [approved.filter(language=language).values("approved_at")[:1] for language in Language]
    return _once_a_year(Phase.FINAL, _latest_of(*first))


def reports_delivered() -> Occasions:
    deliveries = Entry.objects.filter(
        model="festival.edition", act="deliver_report", cycle_id=OuterRef("pk")
    )
    first = [
        deliveries.filter(params__addressee=a).order_by("at").values("at")[:1]
        for a in Addressee.values
    ]
    return _once_a_year(Phase.FINAL, _latest_of(*first))


def publications() -> Occasions:
    first = _scheduled_editions().filter(cycle=OuterRef("pk")).order_by("number")
    return _once_a_year(Phase.FESTIVAL, Subquery(first.values("publish_at")[:1]))


def _scheduled_editions() -> QuerySet[Edition]:
    """Select the editions whose moment is set; the asker's clock tells whether it has come."""
    return Edition.objects.filter(state__in=("scheduled", "published"), publish_at__isnull=False)
