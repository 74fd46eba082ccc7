"""What a year's frozen results say of its measures, for the working groups of the next: which told
agencies apart.

The formulas are explained in docs/closing.md. Measures of one agency's own set tell nothing of this
kind and are left out; so are those in their trial year of the whole to which others are held.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import F, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from appeals.outcomes import queries as outcomes_queries
from appeals.outcomes.queries import FLAGGED_FROM, FLAGGED_PART, YEARS_BACK
from cycles.models import PRACTICE
from festival.models import Edition
from indicators.models import IndicatorSet, Measure
from indicators.scoring.methods import ZERO
from indicators.scoring.statutory_tree import LineState
from submissions.models import Score
from submissions.workflow import SubmissionState

FEWEST = 10
"""Scored agencies below which a measure is said nothing of."""

FULL = 95
"""Percent of its points from which a line counts as full."""

SATURATED = 90
"""Percent of the agencies with a full line from which a measure is saturated."""

LEAST_SPREAD = 5
"""Percentage points of standard deviation below which a measure hardly tells agencies apart."""

LEAST_DISCRIMINATION = 0.2
"""Correlation with the rest of the result below which a measure goes its own way (Ebel, 1965)."""

MOST_VOID = 50
"""Percent of the agencies to which a measure does not apply, from which it is asked of the wrong
ones.
"""

MUCH_APPEALED = 10
"""Appeals for a hundred agencies from which a measure is much appealed, if there are FLAGGED_FROM
of them.
"""

KEPT = 7 * 24 * 3600
"""Seconds for which the figures of frozen results are kept: they change no more."""


class Flag(TextChoices):
    SATURATED = "saturated", _("Saturated: nearly every agency has full points")
    FLAT = "flat", _("Hardly tells agencies apart")
    APART = "apart", _("Does not go with the rest of the result")
    APPEALED = "appealed", _("Much appealed, or often upheld on appeal")
    VOID = "void", _("Does not apply to most agencies")


# --- Numbers ------------------------------------------------------------------------------------


class ScoredLine(NamedTuple):
    """One agency's scored line: its points of its ceiling, and the points and ceilings of all that
    agency's lines.
    """

    points: Decimal
    ceiling: Decimal
    whole_points: Decimal
    whole_ceiling: Decimal

    @property
    def percent(self) -> Fraction:
        return 100 * Fraction(self.points) / Fraction(self.ceiling)

    @property
    def rest(self) -> Fraction | None:
        """Percent of all other lines; None where there are none."""
        ceiling = Fraction(self.whole_ceiling - self.ceiling)
        return 100 * Fraction(self.whole_points - self.points) / ceiling if ceiling > 0 else None


def full_percent(percents: Sequence[Fraction]) -> Fraction | None:
    """Return the percent of agencies whose line is full; None for too few agencies."""
    if len(percents) < FEWEST:
        return None
    return Fraction(100 * sum(p >= FULL for p in percents), len(percents))


def spread(percents: Sequence[Fraction]) -> float | None:
    """Return the standard deviation of the agencies' percents (with n − 1), of exact squares; None
    for too few.
    """
    return float(statistics.stdev(percents)) if len(percents) >= FEWEST else None


def discrimination(lines: Iterable[ScoredLine]) -> float | None:
    """Return the corrected item-total correlation: of the line's percent with the percent of all
    else of the same agency.

    None for too few agencies, and where the one or the other is the same for all.
    """
    pairs = [(line.percent, rest) for line in lines if (rest := line.rest) is not None]
    if len(pairs) < FEWEST:
        return None
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:
        return None


@dataclass(frozen=True)
class Figures:
    """One measure's agencies asked, scored and not concerned, and how they fared."""

    asked: int
    scored: int
    void: int
    mean: Fraction | None = None
    full: Fraction | None = None
    spread: float | None = None
    discrimination: float | None = None
    filed: int = 0
    decided: int = 0
    upheld: int = 0

    @property
    def void_percent(self) -> Fraction:
        return Fraction(100 * self.void, self.asked) if self.asked else Fraction(0)

    @property
    def flags(self) -> list[Flag]:
        """Name the reasons for a working group to look at the measure."""
        raised = {
            Flag.SATURATED: self.full is not None and self.full >= SATURATED,
            Flag.FLAT: self.spread is not None and self.spread < LEAST_SPREAD,
            Flag.APART: self.discrimination is not None
            and self.discrimination < LEAST_DISCRIMINATION,
            Flag.APPEALED: self.is_much_appealed or self.is_often_upheld,
            Flag.VOID: self.asked >= FEWEST and self.void_percent >= MOST_VOID,
        }
        return [flag for flag, is_raised in raised.items() if is_raised]

    @property
    def is_much_appealed(self) -> bool:
        return self.filed >= FLAGGED_FROM and 100 * self.filed >= MUCH_APPEALED * self.asked

    @property
    def is_often_upheld(self) -> bool:
        return self.decided >= FLAGGED_FROM and self.upheld * FLAGGED_PART >= self.decided


def figures_of(
    lines: Sequence[ScoredLine], *, asked: int, void: int, appeals: tuple[int, int, int] = (0, 0, 0)
) -> Figures:
    """Compute the figures of one measure from its scored lines; `appeals` are those filed, decided
    and upheld in some part.
    """
    percents = [line.percent for line in lines]
    filed, decided, upheld = appeals
    return Figures(
        asked=asked,
        scored=len(lines),
        void=void,
        mean=sum(percents, Fraction(0)) / len(percents) if len(percents) >= FEWEST else None,
        full=full_percent(percents),
        spread=spread(percents),
        discrimination=discrimination(lines),
        filed=filed,
        decided=decided,
        upheld=upheld,
    )


# --- A year -------------------------------------------------------------------------------------


@dataclass
class _MeasureLines:
    lines: list[ScoredLine] = field(default_factory=list)
    asked: int = 0
    void: int = 0


def figures(edition: Edition) -> Mapping[int, Figures]:
    """Return the figures of the measures that several agencies were asked, by the measure's key;
    three queries, once.
    """
    key = f"lessons:{edition.pk}:{edition.run_id}:{edition.digest[:16]}"
    kept: Mapping[int, Figures] | None = cache.get(key)
    if kept is None:
        kept = _figures(edition)
        cache.set(key, kept, KEPT)
    return kept


def _figures(edition: Edition) -> dict[int, Figures]:
    scores = Score.objects.filter(
        is_current=True,
        answer__submission__cycle=edition.cycle_id,
        answer__submission__state=SubmissionState.COMMUNICATED,
    ).exclude(basis=Score.Basis.SELF)
    counting = Q(state=LineState.SCORED, answer__measure__is_pilot=False)
    sums = scores.filter(counting).order_by().values(submission=F("answer__submission"))
    sums = sums.annotate(earned=Sum("points"), ceiling=Sum("answer__measure__points"))
    wholes = {row["submission"]: (row["earned"], row["ceiling"]) for row in sums}

    shared = scores.filter(answer__measure__indicator__axis__set__agency=None).order_by("pk")
    rows = shared.values(
        "state",
        "points",
        measure=F("answer__measure"),
        submission=F("answer__submission"),
        ceiling=F("answer__measure__points"),
    )
    gathered: dict[int, _MeasureLines] = {}
    for row in rows.iterator():
        measure = gathered.setdefault(row["measure"], _MeasureLines())
        measure.asked += 1
        measure.void += row["state"] == LineState.NOT_APPLICABLE
        if row["state"] == LineState.SCORED and row["points"] is not None:
            whole_points, whole_ceiling = wholes.get(row["submission"], (ZERO, ZERO))
            measure.lines.append(
                ScoredLine(
                    points=row["points"],
                    ceiling=row["ceiling"],
                    whole_points=whole_points,
                    whole_ceiling=whole_ceiling,
                )
            )

    contested = {
        group.key: (
            group.outcomes.filed,
            group.outcomes.decided,
            group.outcomes.upheld + group.outcomes.partly,
        )
        for group in outcomes_queries.by_measure(
            outcomes_queries.filed_in(edition.cycle), edition.cycle
        )
    }
    return {
        key: figures_of(
            measure.lines,
            asked=measure.asked,
            void=measure.void,
            appeals=contested.get(key, (0, 0, 0)),
        )
        for key, measure in gathered.items()
    }


@dataclass(frozen=True)
class Lesson:
    """A measure of a year with its figures; `year` is the assessed one."""

    measure: Measure
    year: int
    figures: Figures

    @property
    def flags(self) -> list[Flag]:
        return self.figures.flags


def lessons(edition: Edition) -> list[Lesson]:
    """List the measures of an edition, those to look at first, then in the order of the sets."""
    known = figures(edition)
    rows = Measure.objects.filter(pk__in=known).select_related("indicator__axis__set")
    ordered = rows.order_by(
        F("indicator__axis__set"),
        F("indicator__axis__position"),
        F("indicator__position"),
        "position",
        "pk",
    )
    found = [Lesson(measure, edition.cycle.year, known[measure.pk]) for measure in ordered]
    return sorted(found, key=lambda lesson: -len(lesson.flags))


def for_set(indicator_set: IndicatorSet, at: datetime) -> list[Lesson]:
    """Return the measures of a set that earlier published results flag, with their figures."""
    year = indicator_set.cycle.year
    years = range(max(PRACTICE + 1, year - YEARS_BACK), year)
    edition = Edition.objects.published(at).filter(cycle__year__in=years).for_list().first()
    if edition is None:
        return []
    mine = set(Measure.objects.of(indicator_set).values_list("lineage", flat=True))
    return [
        lesson for lesson in lessons(edition) if lesson.flags and lesson.measure.lineage in mine
    ]
