"""How a year was closed: plans, consequences, the survey, the measures to look at; counts, without
anybody's name.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from cycles.calendar import day_of
from cycles.models import Cycle
from festival.lessons import queries as lessons_queries
from festival.lessons.queries import Flag
from festival.models import (
    Consequence,
    ConsequenceKind,
    Edition,
    ImprovementItem,
    ImprovementPlan,
    Progress,
    Status,
    Survey,
)
from festival.surveys import results
from festival.surveys.results import Results
from festival.workflow import ConsequenceState, PlanState

SIGNED = (PlanState.SIGNED, PlanState.CLOSED)


@dataclass(frozen=True)
class PlanCounts:
    """The signed improvement plans of a year and their items; what the public is told of them."""

    plans: int
    items: Sequence[tuple[Status, int]]

    @property
    def items_all(self) -> int:
        return sum(count for _status, count in self.items)

    @property
    def items_completed(self) -> int:
        return dict(self.items)[Status.COMPLETED]


@dataclass(frozen=True)
class ConsequenceCounts:
    """The consequences of one kind, by how far they are."""

    kind: ConsequenceKind
    due: int
    done: int
    waived: int


@dataclass(frozen=True)
class Closing:
    """How a year was closed; `survey` None where there was none, `flagged` where the results are
    not frozen.
    """

    planned: PlanCounts
    begun: int
    late: int
    compulsory: int
    consequences: Sequence[ConsequenceCounts]
    survey: Results | None
    flagged: Sequence[tuple[Flag, int]] | None
    measures: int


def closing(cycle: Cycle, at: datetime) -> Closing:
    """Gather the figures of a year as of a moment; about a dozen queries."""
    today = day_of(at)
    plans = ImprovementPlan.objects.filter(cycle=cycle).aggregate(
        begun=Count("pk"),
        late=Count(
            "pk",
            filter=Q(days_late__gt=0) | Q(signed_at=None, due_on__lt=today, agency__is_active=True),
        ),
        compulsory=Count("pk", filter=Q(is_compulsory=True)),
    )
    survey = Survey.objects.filter(cycle=cycle).for_list().first()
    edition = Edition.objects.newest_of(cycle)
    figures = lessons_queries.figures(edition) if edition else {}
    flags: Counter[Flag] = Counter()
    for measure_figures in figures.values():
        flags.update(measure_figures.flags)
    return Closing(
        planned=plan_counts(cycle),
        consequences=_consequence_counts(cycle),
        survey=results.read(survey, at) if survey else None,
        flagged=[(flag, flags[flag]) for flag in Flag] if edition else None,
        measures=len(figures),
        **plans,
    )


def plan_counts(cycle: Cycle) -> PlanCounts:
    """Count the signed plans of a year and their items by status; three queries."""
    plans = ImprovementPlan.objects.filter(cycle=cycle, state__in=SIGNED)
    items = ImprovementItem.objects.standing().filter(plan__in=plans)
    said = Progress.objects.filter(is_current=True, item__in=items).order_by().values_list("status")
    by_status = Counter(dict(said.annotate(Count("pk"))))
    by_status[Status.NONE] += (
        items.count() - by_status.total()
    )  # of which nothing has been reported
    return PlanCounts(plans.count(), [(status, by_status[status]) for status in Status])


def _consequence_counts(cycle: Cycle) -> list[ConsequenceCounts]:
    """Count the consequences of each kind by state; a kind without any is left out."""
    rows = Consequence.objects.filter(cycle=cycle).order_by().values_list("rule__kind", "state")
    counts = Counter({(kind, state): n for kind, state, n in rows.annotate(Count("pk"))})
    found = []
    for kind in ConsequenceKind:
        followed = ConsequenceCounts(
            kind=kind,
            due=counts[kind, ConsequenceState.DUE],
            done=counts[kind, ConsequenceState.DONE],
            waived=counts[kind, ConsequenceState.WAIVED],
        )
        if followed.due or followed.done or followed.waived:
            found.append(followed)
    return found
