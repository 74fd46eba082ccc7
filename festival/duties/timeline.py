"""The calendar kept: of each year its phases as the law sets them, as they were kept, and the
decrees that moved them.

Read from the rows that the acts themselves wrote and not from the ledger, whose millions of rows a
public page would have to pass over; what only the ledger knows is asked of it by its index.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple, TypedDict, cast

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    F,
    IntegerField,
    Max,
    Min,
    Model,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext, ngettext

from agencies.persian import in_locale
from appeals.models import Appeal
from cycles.calendar import PHASES, Phase, phase_label
from cycles.models import Cycle, Entry, Extension, Window
from cycles.workflow import CycleState, Term, Workflow
from festival.duties.queries import DutyFilter, DutySummary, summary
from festival.models import Edition
from indicators.models import IndicatorSet, QuarterReport
from submissions.models import Submission

Span = tuple[datetime | None, datetime | None, int]
NO_QUARTER = Value(0)


@dataclass(frozen=True)
class Decree:
    """A decree as everybody may read it: what it extended, for whom, why, and from which closing to
    which.
    """

    extension: Extension
    was_until: datetime

    @property
    def number(self) -> str:
        return self.extension.decree_number

    @property
    def decreed_on(self) -> date:
        return self.extension.decreed_on

    @property
    def label(self) -> str:
        """Name the phase, with its quarter where it has one."""
        return phase_label(Phase(self.extension.phase), self.extension.quarter)

    @property
    def scope(self) -> str:
        """Say in words for whom the decree holds."""
        return self.extension.scope

    @property
    def reason(self) -> str:
        return self.extension.reason

    @property
    def until(self) -> datetime:
        return self.extension.closes_at

    @property
    def made_at(self) -> datetime:
        return self.extension.made_at


@dataclass(frozen=True)
class PhaseKept:
    """A phase as the law sets it and as it was kept: its first and last act, the duties it brings,
    its decrees.

    `opens_at` is the law's opening; the `term` is that in force for all, which a decree may have
    moved.
    """

    term: Term
    opens_at: datetime
    at: datetime
    first: datetime | None
    last: datetime | None
    acts: int
    duties: tuple[DutySummary, ...]
    decrees: tuple[Decree, ...]

    @property
    def phase(self) -> Phase:
        return self.term.phase

    @property
    def label(self) -> str:
        return self.term.label

    @property
    def most_days_late(self) -> int | None:
        """Return the largest days late of its duties; None where it brings none: what refuses at
        its closing is never late.
        """
        return max((duty.worst for duty in self.duties), default=None)

    @property
    def overdue(self) -> bool:
        """Say whether one of its duties still waits although it was due."""
        return any(duty.overdue for duty in self.duties)

    @property
    def ended_at(self) -> datetime | None:
        """Return when the last of its duties was done, the last act where it brings none; None
        while something waits.
        """
        if not self.duties:
            return self.last
        if not all(duty.is_done for duty in self.duties):
            return None
        return max((duty.last_at for duty in self.duties if duty.last_at), default=None)

    @property
    def unsaid(self) -> tuple[DutySummary, ...]:
        """List the duties that its first and last act do not tell: several, or one not done yet."""
        return (
            self.duties
            if len(self.duties) > 1 or not all(duty.is_done for duty in self.duties)
            else ()
        )

    @property
    def reports_sentence(self) -> str:
        """Say how many agencies have reported; "" for phases without reports."""
        if self.phase != Phase.MONITORING or not self.acts:
            return ""
        said = ngettext(
            "%(count)s agency has reported", "%(count)s agencies have reported", self.acts
        )
        return said % {"count": in_locale(self.acts)}

    @property
    def missing(self) -> str:
        """Say why no act is shown, "" where there is one."""
        if self.last is not None:
            return ""
        if self.at < self.opens_at and self.phase != Phase.FESTIVAL:
            return gettext("to come")
        return str(PHASES[self.phase].unkept)


@dataclass(frozen=True)
class CalendarYear:
    """One year's assessment from the first proposal to the festival."""

    cycle: Cycle
    phases: tuple[PhaseKept, ...]

    @property
    def duties(self) -> list[DutySummary]:
        """List its duties in the order of the year."""
        return list(chain.from_iterable(phase.duties for phase in self.phases))

    @property
    def decrees(self) -> list[Decree]:
        """List its decrees in the order in which they were made."""
        decrees = chain.from_iterable(phase.decrees for phase in self.phases)
        return sorted(decrees, key=lambda decree: (decree.made_at, decree.number))


def opened_years() -> QuerySet[Cycle]:
    """List the years whose calendar everybody may read, newest first: all that have been opened."""
    return Cycle.objects.of_years().exclude(state=CycleState.PLANNED).for_list()


def years(cycles: Iterable[Cycle], at: datetime) -> list[CalendarYear]:
    """Return the calendars of these cycles as kept until a moment; six queries at most, whatever
    their number.
    """
    cycles = list(cycles)
    keys = [cycle.pk for cycle in cycles]
    windows = Window.objects.terms(keys, ())
    decrees = _decrees(keys, at)
    acts = _acts(keys, at)
    duties: dict[tuple[int, Phase], list[DutySummary]] = defaultdict(list)
    for counted in summary(DutyFilter(cycles=keys), at):
        duties[counted.cycle_id, counted.duty.phase].append(counted)
    phases: dict[int, list[PhaseKept]] = defaultdict(list)
    general = [row for row in windows.rows if row.agency_id is None and row.line is None]
    order = list(PHASES)
    for row in sorted(general, key=lambda w: (order.index(Phase(w.phase)), w.quarter)):
        of_phase = row.cycle_id, Phase(row.phase)
        first, last, count = acts.get((*of_phase, row.quarter), (None, None, 0))
        phases[row.cycle_id].append(
            PhaseKept(
                term=windows.term(row, None),
                opens_at=row.opens_at,
                at=at,
                first=first,
                last=last,
                acts=count,
                duties=tuple(duties.get(of_phase, ())),
                decrees=tuple(decrees.get((row.cycle_id, row.phase, row.quarter), ())),
            )
        )
    return [CalendarYear(cycle, tuple(phases[cycle.pk])) for cycle in cycles]


def _decrees(cycles: list[int], at: datetime) -> dict[tuple[int, str, int], list[Decree]]:
    """List the decrees of these cycles by the phase that they extend; the record knows which
    closing each found in force.
    """
    extensions = list(
        Extension.objects.filter(cycle__in=cycles, made_at__lte=at).for_list().order_by("pk")
    )
    entries = Entry.objects.filter(
        model="cycles.extension", object_pk__in=[e.pk for e in extensions], act="extend"
    )
    was = {
        pk: datetime.fromisoformat(text)
        for pk, text in entries.values_list("object_pk", "params__was")
    }
    decrees: dict[tuple[int, str, int], list[Decree]] = defaultdict(list)
    for e in extensions:
        decrees[e.cycle_id, e.phase, e.quarter].append(Decree(e, was[e.pk]))
    return decrees


class ActMoments(NamedTuple):
    """The rows that acts of a phase were done on, and the field that says when."""

    rows: QuerySet[Model, object]
    moment: str
    cycle: str = "cycle_id"
    quarter: Combinable = NO_QUARTER


def _act_moments(at: datetime) -> dict[Phase, ActMoments]:
    """Find where the acts of a phase left their moments; the ledger knows those of the others."""
    submissions, appeals = Submission.objects.all(), Appeal.objects.all()
    proposals = Entry.objects.filter(model="indicators.indicatorset", act="propose")
    # a corrected edition makes nothing late
    published = Edition.objects.published(at).filter(number=1)
    return {
        Phase.PROPOSAL: ActMoments(proposals, "at"),
        Phase.APPROVAL: ActMoments(IndicatorSet.objects.all(), "communicated_at"),
        Phase.MONITORING: ActMoments(
            QuarterReport.objects.all(), "reported_at", quarter=F("quarter")
        ),
        Phase.SELF_ASSESSMENT: ActMoments(submissions, "submitted_at"),
        Phase.SCORING: ActMoments(submissions, "communicated_at"),
        Phase.APPEAL: ActMoments(appeals, "filed_at"),
        Phase.APPEAL_REVIEW: ActMoments(appeals, "decided_at"),
        Phase.FINAL: ActMoments(Cycle.objects.all(), "finalised_at", cycle="pk"),
        Phase.FESTIVAL: ActMoments(published, "publish_at"),
    }


def _entries(phase: Phase) -> QuerySet[Entry]:
    """Find the entries of all acts that are done while a phase is open."""
    acts = Q(pk__in=())
    for workflow in Workflow.registry.values():
        names = [move.name for move in workflow.moves.values() if move.phase == phase]
        if names:
            acts |= Q(model=workflow.label, act__in=names)
    return Entry.objects.filter(acts)


def _acts(cycles: list[int], at: datetime) -> dict[tuple[int, Phase, int], Span]:
    """Read the first and the last act of each phase and quarter of these cycles, and their number,
    in one query.
    """
    moments = _act_moments(at)
    first, *others = [
        _span(phase, moments.get(phase) or ActMoments(_entries(phase), "at"), cycles)
        for phase in PHASES
        if PHASES[phase].is_dated
    ]
    spans = {}
    for row in first.union(*others, all=True):
        phase_of_cycle = row["of_cycle"], Phase(row["of_phase"]), row["of_quarter"]
        spans[phase_of_cycle] = row["first"], row["last"], row["acts"]
    return spans


class SpanRow(TypedDict):
    """The first and the last act of a phase of one cycle, and their number, as SQL answers."""

    of_phase: str
    of_cycle: int
    of_quarter: int
    first: datetime | None
    last: datetime | None
    acts: int


def _span(phase: Phase, acts: ActMoments, cycles: list[int]) -> QuerySet[Model, SpanRow]:
    known = {f"{acts.moment}__isnull": False, f"{acts.cycle}__in": cycles}
    named = (
        acts.rows.filter(Q(**known))
        .order_by()
        .annotate(
            of_phase=Value(phase.value, CharField()),
            of_cycle=Cast(F(acts.cycle), BigIntegerField()),
            of_quarter=Cast(acts.quarter, IntegerField()),
        )
    )
    spans = named.values("of_phase", "of_cycle", "of_quarter").annotate(
        first=Min(acts.moment, output_field=DateTimeField()),
        last=Max(acts.moment, output_field=DateTimeField()),
        acts=Count("pk"),
    )
    return cast("QuerySet[Model, SpanRow]", spans)
