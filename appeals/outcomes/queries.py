"""How appeals were decided: like ones beside the one being decided, a cycle's outcomes, and
measures often upheld.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, F, Max, Q, QuerySet, Sum, Value
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Coalesce

from agencies.models import User
from agencies.persian import local_name
from appeals.models import Appeal, Correction, Ground
from appeals.workflow import APPEALS, DECISIONS, AppealState
from cycles.calendar import Phase
from cycles.models import PRACTICE, Cycle, Entry, Window
from indicators.models import IndicatorSet, Measure
from indicators.scoring.methods import round_to_decimal
from submissions.scoring import contributors
from submissions.workflow import SubmissionState

MOST_SIMILAR = 12

FLAGGED_FROM = 3
"""Decided appeals against a measure in one year, below which their outcome says nothing of the
measure.
"""

FLAGGED_PART = 3
"""A measure is flagged where one in so many of its decided appeals, or more, was upheld in whole or
in part.
"""

YEARS_BACK = 2
"""So many years before a set's own are looked at; of each measure the latest with enough decided
appeals counts.
"""

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


def similar(appeal: Appeal, user: User, at: datetime) -> list[Appeal]:
    """Find decided appeals on the same measure, of this year and others, those on the same ground
    and the newest first.
    """
    rows = Appeal.objects.visible_to(user, at).decided().exclude(pk=appeal.pk)
    rows = rows.filter(answer__measure__lineage=appeal.answer.measure.lineage).for_list()
    found = list(rows.order_by("-decided_at", "-pk")[: 4 * MOST_SIMILAR])
    return sorted(found, key=lambda a: a.ground != appeal.ground)[:MOST_SIMILAR]


# --- The outcomes of a cycle --------------------------------------------------------------------


class Median(Aggregate):
    """The median of durations, which the ORM does not know."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Outcomes:
    """How some appeals ended: how many, the points that decisions moved, and the days from filing
    to decision.

    `filed` counts the withdrawn ones, too. `late`: decided after the closing that held for the
    agency.
    """

    filed: int
    withdrawn: int
    undecided: int
    upheld: int
    partly: int
    dismissed: int
    inadmissible: int
    points_moved: Decimal
    median: Decimal | None
    mean: Decimal | None
    longest: Decimal | None
    late: int

    @property
    def decided(self) -> int:
        return self.upheld + self.partly + self.dismissed + self.inadmissible


@dataclass(frozen=True)
class Group:
    """The outcomes of the appeals on one measure, on one person's scores and so on; `key` None: on
    nobody's.
    """

    key: int | str | None
    code: str
    name: str
    outcomes: Outcomes


def filed_in(cycle: Cycle) -> QuerySet[Appeal]:
    """Find the appeals of a cycle that were ever filed, whatever became of them."""
    return Appeal.objects.filter(cycle=cycle, filed_at__isnull=False)


def _columns(cycle: Cycle) -> dict[str, Expression]:
    """Write the columns of `Outcomes` in SQL; the days late are those on record."""
    states = {
        "withdrawn": AppealState.WITHDRAWN,
        "undecided": AppealState.FILED,
        "upheld": AppealState.UPHELD,
    }
    states |= {"partly": AppealState.PARTLY, "dismissed": AppealState.DISMISSED}
    states |= {"inadmissible": AppealState.INADMISSIBLE}
    moved = F("decided_points") - Coalesce("points_before", Value(Decimal(0)))
    took = F("decided_at") - F("filed_at")
    late = Entry.objects.filter(
        cycle_id=cycle.pk, workflow=APPEALS.label, act__in=DECISIONS, days_late__gt=0
    )
    return {
        "filed": Count("pk"),
        **{name: Count("pk", filter=Q(state=state)) for name, state in states.items()},
        "points_moved": Coalesce(Sum(moved), Value(Decimal(0))),
        "median": Median(took),
        "mean": Avg(took),
        "longest": Max(took),
        "late": Count("pk", filter=Q(pk__in=late.order_by().values("object_pk"))),
    }


def _outcomes(row: dict[str, Any]) -> Outcomes:
    fields = {name: row[name] for name in Outcomes.__dataclass_fields__}
    return Outcomes(**fields | {name: _days(row[name]) for name in ("median", "mean", "longest")})


def _days(took: timedelta | None) -> Decimal | None:
    return (
        None
        if took is None
        else round_to_decimal(Fraction(took // MICROSECOND, DAY // MICROSECOND), 1)
    )


def together(appeals: QuerySet[Appeal], cycle: Cycle) -> Outcomes:
    """Add up the outcomes of all these appeals of a cycle; one query."""
    return _outcomes(appeals.order_by().aggregate(**_columns(cycle)))


def by_measure(appeals: QuerySet[Appeal], cycle: Cycle) -> list[Group]:
    """Group the outcomes by measure, those with the most appeals first; one query."""
    path = "answer__measure"
    keys = {"key": F(path), "code": F(f"{path}__code")}
    keys |= {"fa": F(f"{path}__title_fa"), "en": F(f"{path}__title_en")}
    rows = _rows_by(appeals, cycle, keys)
    return _most_filed_first(
        Group(r["key"], r["code"], local_name(r["fa"], r["en"]), _outcomes(r)) for r in rows
    )


def by_ground(appeals: QuerySet[Appeal], cycle: Cycle) -> list[Group]:
    """Group the outcomes by ground; one query."""
    rows = _rows_by(appeals, cycle, {"key": F("ground")})
    return _most_filed_first(
        Group(r["key"], "", str(Ground(r["key"]).label), _outcomes(r)) for r in rows
    )


def by_giver(appeals: QuerySet[Appeal], cycle: Cycle) -> list[Group]:
    """Group the outcomes by whoever gave the scores, assessor, verifier or steward; two queries."""
    return _by_person(_rows_by(appeals, cycle, {"key": contributors.giver("answer")}))


def by_reviewer(appeals: QuerySet[Appeal], cycle: Cycle) -> list[Group]:
    """Group the outcomes by whoever decided, and until then hears the appeal; two queries."""
    return _by_person(_rows_by(appeals, cycle, {"key": Coalesce("decided_by", "reviewer")}))


def _rows_by(
    appeals: QuerySet[Appeal], cycle: Cycle, keys: Mapping[str, Combinable]
) -> list[dict[str, Any]]:
    """Read the columns of `Outcomes` for each of the keys; one query."""
    rows = appeals.order_by().values(**keys).annotate(**_columns(cycle))
    return [dict(row) for row in rows]


def _by_person(found: list[dict[str, Any]]) -> list[Group]:
    people = User.objects.in_bulk([r["key"] for r in found if r["key"]])
    return _most_filed_first(
        Group(r["key"], "", people[r["key"]].name if r["key"] else "", _outcomes(r)) for r in found
    )


def _most_filed_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda g: (-g.outcomes.filed, g.code, g.name, str(g.key)))


# --- Who hears what -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """Undecided appeals with one reviewer, or with nobody yet; `late` are past the closing of their
    review.
    """

    reviewer: User | None
    open: int
    late: int


def loads(appeals: QuerySet[Appeal], at: datetime) -> list[Load]:
    """Count the appeals that wait for each reviewer, nobody first, then whoever has the most; two
    queries.
    """
    rows = appeals.filter(state=AppealState.FILED).order_by("pk").select_related("reviewer")
    waiting = list(rows.only("cycle", "agency", "reviewer"))
    windows = Window.objects.concerning(waiting)
    late = (
        a for a in waiting if (term := windows.of(Phase.APPEAL_REVIEW, a)) and at >= term.closes_at
    )
    of, lates = Counter(a.reviewer for a in waiting), Counter(a.reviewer for a in late)
    found = [Load(who, count, lates[who]) for who, count in of.items()]
    return sorted(
        found, key=lambda each: (each.reviewer is not None, -each.open, str(each.reviewer))
    )


# --- Like cases corrected -----------------------------------------------------------------------


@dataclass(frozen=True)
class CorrectionTotals:
    """What was corrected for all agencies after appeals of a cycle had shown errors."""

    count: int
    lines: int
    points_moved: Decimal


def correction_totals(cycle: Cycle) -> CorrectionTotals:
    """Add up the corrections of a cycle; one query."""
    lines, moved = (
        Coalesce(Sum("line_count"), Value(0)),
        Coalesce(Sum("points_moved"), Value(Decimal(0))),
    )
    rows = Correction.objects.filter(cycle=cycle).order_by()
    return CorrectionTotals(**rows.aggregate(count=Count("pk"), lines=lines, points_moved=moved))


# --- Measures for the working groups to look at -------------------------------------------------


@dataclass(frozen=True)
class Flag:
    """A measure whose appeals of a year were often upheld: of `decided`, so many in whole and in
    part.
    """

    measure: Measure
    year: int
    decided: int
    upheld: int
    partly: int


def flagged_measures(indicator_set: IndicatorSet) -> list[Flag]:
    """Find the measures of a set whose appeals of the year before were often upheld, in the set's
    order; two queries.

    Sets are agreed before the appeals of the year before are heard; until then the year before that
    one speaks.
    """
    measures = list(Measure.objects.of(indicator_set).for_list())
    year = indicator_set.cycle.year
    before = Appeal.objects.decided().filter(
        cycle__year__in=range(max(PRACTICE + 1, year - YEARS_BACK), year),
        submission__state=SubmissionState.COMMUNICATED,
        answer__measure__lineage__in=[m.lineage for m in measures],
    )
    rows = before.order_by("cycle__year").values(
        lineage=F("answer__measure__lineage"), year=F("cycle__year")
    )
    rows = rows.annotate(
        decided=Count("pk"),
        upheld=Count("pk", filter=Q(state=AppealState.UPHELD)),
        partly=Count("pk", filter=Q(state=AppealState.PARTLY)),
    )
    latest = {r["lineage"]: r for r in rows.filter(decided__gte=FLAGGED_FROM)}
    counted = ((m, latest[m.lineage]) for m in measures if m.lineage in latest)
    flags = [Flag(m, r["year"], r["decided"], r["upheld"], r["partly"]) for m, r in counted]
    return [f for f in flags if (f.upheld + f.partly) * FLAGGED_PART >= f.decided]
