"""What the principles of a set look at, and what they find."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise

from indicators.models import (
    Goal,
    GoalRank,
    IndicatorSet,
    Measure,
    MeasureTarget,
    Vote,
)


@dataclass(frozen=True)
class Principle:
    code: str
    label: str | Promise
    check: "Callable[[Sheet], Iterator[tuple[str, Measure | None]]]"
    binds: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing a principle found: of a measure, or of the set where none is named."""

    principle: Principle
    sentence: str
    measure: Measure | None = None


@dataclass(frozen=True)
class Sheet:
    """A set with all that its checks look at; `load` reads it in a fixed number of queries."""

    set: IndicatorSet
    measures: Sequence[Measure]
    goals: Sequence[Goal]
    ranks: Mapping[int, Sequence[int]]
    ratings: Mapping[UUID, Counter[str]]
    known: frozenset[UUID]
    own: Mapping[int, Sequence[MeasureTarget]]
    is_first: bool

    @cached_property
    def points(self) -> Decimal:
        return sum((m.points for m in self.measures if not m.is_pilot), Decimal(0))


def load(indicator_set: IndicatorSet) -> Sheet:
    """Load all that the checks of a set look at."""
    measures = list(Measure.objects.of(indicator_set).for_list())
    goals = list(indicator_set.goals.order_by("position", "pk"))
    ranks: dict[int, list[int]] = {}
    for goal, rank in GoalRank.objects.filter(goal__set=indicator_set).values_list(
        "goal_id", "rank"
    ):
        ranks.setdefault(goal, []).append(rank)
    ratings: dict[UUID, Counter[str]] = {}
    rated = (
        Vote.objects.filter(set=indicator_set, round=indicator_set.round)
        .exclude(rating="")
        .exclude(lineage=None)
    )
    for lineage, rating in rated.values_list("lineage", "rating"):
        if lineage:
            ratings.setdefault(lineage, Counter())[rating] += 1
    earlier = list(IndicatorSet.objects.before(indicator_set).values_list("pk", flat=True))
    known = Measure.objects.filter(indicator__axis__set__in=earlier).values_list(
        "lineage", flat=True
    )
    own: dict[int, list[MeasureTarget]] = {}
    for row in MeasureTarget.objects.filter(measure__in=measures, applies=True).select_related(
        "participation"
    ):
        own.setdefault(row.measure_id, []).append(row)
    return Sheet(
        set=indicator_set,
        measures=measures,
        goals=goals,
        ranks=ranks,
        ratings=ratings,
        known=frozenset(known),
        own=own,
        is_first=not earlier,
    )


Found = Iterator[tuple[str, Measure | None]]
