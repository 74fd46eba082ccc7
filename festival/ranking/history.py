"""What was published over the years: an agency's percents, axes and measures by lineage; and one
measure of a year.

Only editions in force are read, and of each line the score on which its edition rests: a correction
that is to come out with a later edition is not told before it. Not asked, not submitted, not
applicable, not answered and zero are five things, and stay so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle
from festival import charts
from festival.models import Edition, Standing
from indicators.models import Axis, Kind, Measure
from indicators.scoring.methods import HUNDRED, SHOWN_PLACES, ZERO, half_up, scale_points
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, NodeScore, Score
from submissions.scoring.distribution import FEWEST
from submissions.workflow import SubmissionState

NOT_ASKED, NOT_SUBMITTED = _("Not asked"), _("Not submitted")
SPARK = {"width": 120, "height": 32}
STEP = 20
"""The distribution of a measure is told in steps of so many percent."""


class FrozenScore(NamedTuple):
    """The score of a line on which an edition rests; points exactly when it is scored."""

    state: str
    points: Decimal | None


def frozen_scores(editions: Iterable[Edition], among: Q | None = None) -> dict[int, FrozenScore]:
    """Return the scores on which editions rest, by line: the last one given before each edition
    was frozen; one query.

    `among` narrows the scores, by the names of their fields.
    """
    frozen = [Q(answer__submission__cycle=e.cycle_id, scored_at__lte=e.ranked_at) for e in editions]
    if not frozen:
        return {}
    rows = Score.objects.filter(Q(*frozen, _connector=Q.OR), among or Q())
    rows = rows.order_by("answer", "-pk").distinct("answer")
    return {
        answer: FrozenScore(state, points)
        for answer, state, points in rows.values_list("answer", "state", "points")
    }


# --- One agency ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearResult:
    """The percent of an axis or a measure in one year; else `words` say why there is none."""

    year: int
    label: str
    words: str | Promise
    percent: Decimal | None = None
    value: Decimal | None = None
    is_pilot: bool = False


@dataclass(frozen=True)
class ResultSeries:
    """An axis or a measure over the years, named as its newest year names it."""

    code: str
    title: str
    cells: Sequence[YearResult]
    unit: str = ""
    lineage: UUID | None = None
    year: int = 0

    @property
    def spark(self) -> str:
        """Draw the percents as the points of a small line from 0 to 100; "" where there are not
        two.
        """
        line = [(c.year, c.percent) for c in self.cells if c.percent is not None]
        if len(line) < 2:
            return ""
        return charts.Frame(self.cells[0].year, self.cells[-1].year, ZERO, HUNDRED, **SPARK).points(
            line
        )


@dataclass(frozen=True)
class AxisSeries:
    """The measures of one axis, named as its newest year names it."""

    kind: str
    title: str
    rows: Sequence[ResultSeries]


@dataclass(frozen=True)
class YearBar:
    """A year of the chart: the percent as a bar in a frame of 100, none where nothing was
    submitted.
    """

    label: str
    percent: Decimal | None

    @property
    def height(self) -> str:
        return str(self.percent or ZERO)

    @property
    def top(self) -> str:
        return str(HUNDRED - (self.percent or ZERO))


@dataclass(frozen=True)
class AgencyHistory:
    """All that an agency's page shows beside its standings, the years from
    the first to the last.
    """

    years: Sequence[str]
    columns: Sequence[YearBar]
    axes: Sequence[ResultSeries]
    parts: Sequence[AxisSeries]


def agency_history(standings: Iterable[Standing]) -> AgencyHistory:
    """Gather an agency's results over the years of these standings; three queries."""
    by_year = {s.edition.cycle.year: s for s in standings}
    ordered = [by_year[year] for year in sorted(by_year)]
    submitted = {s.submission_id: s for s in ordered if s.submitted and s.submission_id}
    return AgencyHistory(
        years=[s.edition.cycle.label for s in ordered],
        columns=[
            YearBar(s.edition.cycle.label, s.percent if s.submitted else None) for s in ordered
        ],
        axes=_axes(ordered, submitted),
        parts=_parts(ordered, submitted),
    )


def _year_results(ordered: Iterable[Standing], known: Mapping[int, YearResult]) -> list[YearResult]:
    """Return a cell for each year: its known result, or why there is none."""
    cells = []
    for standing in ordered:
        cycle = standing.edition.cycle
        why = NOT_ASKED if standing.submitted else NOT_SUBMITTED
        cells.append(known.get(cycle.year) or YearResult(cycle.year, cycle.label, why))
    return cells


def _axes(ordered: Sequence[Standing], submitted: Mapping[int, Standing]) -> list[ResultSeries]:
    """Return the general axes, the same over the years by their code, in the order of the newest
    year.
    """
    runs = [s.edition.run_id for s in submitted.values()]
    nodes = NodeScore.objects.filter(
        run__in=runs, submission__in=list(submitted), kind=Kind.GENERAL
    )
    newest: dict[str, tuple[int, Axis]] = {}
    known: dict[str, dict[int, YearResult]] = {}
    for node in nodes.exclude(axis=None).select_related("axis").order_by("pk"):
        standing, axis = submitted[node.submission_id], node.axis
        if axis is None or node.run_id != standing.edition.run_id:
            continue
        cycle = standing.edition.cycle
        if axis.code not in newest or cycle.year > newest[axis.code][0]:
            newest[axis.code] = (cycle.year, axis)
        applies = bool(node.ceiling)
        known.setdefault(axis.code, {})[cycle.year] = YearResult(
            cycle.year,
            cycle.label,
            "" if applies else LineState.NOT_APPLICABLE.label,
            half_up(node.percent, SHOWN_PLACES) if applies else None,
        )
    codes = sorted(newest, key=lambda code: (newest[code][1].position, code))
    return [
        ResultSeries(code, newest[code][1].title, _year_results(ordered, known[code]))
        for code in codes
    ]


def _parts(ordered: Sequence[Standing], submitted: Mapping[int, Standing]) -> list[AxisSeries]:
    """Return the measures as series by lineage under the axis of their newest year."""
    lines = Answer.objects.filter(submission__in=list(submitted)).select_related(
        "measure__indicator__axis__set"
    )
    scores = frozen_scores(
        [s.edition for s in submitted.values()], Q(answer__submission__in=list(submitted))
    )
    newest: dict[UUID, tuple[int, Measure]] = {}
    known: dict[UUID, dict[int, YearResult]] = {}
    for line in lines.order_by("pk"):
        cycle, measure = submitted[line.submission_id].edition.cycle, line.measure
        if measure.lineage not in newest or cycle.year > newest[measure.lineage][0]:
            newest[measure.lineage] = (cycle.year, measure)
        known.setdefault(measure.lineage, {})[cycle.year] = _year_result(
            line, cycle, scores.get(line.pk)
        )
    parts: dict[tuple[str, str], list[ResultSeries]] = {}
    titles: dict[tuple[str, str], tuple[int, str]] = {}
    for year, measure in sorted(newest.values(), key=lambda found: _order_of_measure(found[1])):
        axis = measure.indicator.axis
        key = (axis.set.kind, axis.code)
        titles[key] = max(titles.get(key, (0, "")), (year, axis.title))
        cells = _year_results(ordered, known[measure.lineage])
        parts.setdefault(key, []).append(
            ResultSeries(measure.code, measure.title, cells, measure.unit, measure.lineage, year)
        )
    return [
        AxisSeries(str(Kind(key[0]).label), titles[key][1], rows) for key, rows in parts.items()
    ]


def _year_result(line: Answer, cycle: Cycle, score: FrozenScore | None) -> YearResult:
    measure = line.measure
    if score is None or score.points is None:
        words = LineState(score.state if score else LineState.UNDER_REVIEW).label
        return YearResult(cycle.year, cycle.label, words, is_pilot=measure.is_pilot)
    share = half_up(scale_points(HUNDRED, score.points, measure.points), SHOWN_PLACES)
    return YearResult(cycle.year, cycle.label, "", share, line.value, measure.is_pilot)


def _order_of_measure(measure: Measure) -> tuple[int, int, str, int, int, str, int]:
    axis = measure.indicator.axis
    return (
        Kind.values.index(axis.set.kind),
        axis.position,
        axis.code,
        measure.indicator.position,
        measure.position,
        measure.code,
        measure.pk,
    )


# --- One measure --------------------------------------------------------------------------------


@dataclass(frozen=True)
class DistributionStep:
    """How many agencies reached from `low` to `high` percent of the points."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class MeasureOutcome:
    """How agencies did on one measure in one edition; `mean` is None where none is scored, `steps`
    empty for few.
    """

    measure: Measure
    asked: int
    scored: int
    not_applicable: int
    not_answered: int
    under_review: int
    mean: Decimal | None
    steps: Sequence[DistributionStep]


def measure_outcome(edition: Edition, lineage: UUID) -> MeasureOutcome | None:
    """Gather how agencies did on a measure in an edition; None where nobody was asked; three
    queries.
    """
    lines = {
        "submission__cycle": edition.cycle_id,
        "submission__state": SubmissionState.COMMUNICATED,
        "measure__lineage": lineage,
    }
    ceilings = dict(
        Answer.objects.filter(**lines).order_by("pk").values_list("pk", "measure__points")
    )
    measures = Measure.objects.filter(lineage=lineage, indicator__axis__set__cycle=edition.cycle_id)
    asked = measures.filter(pk__in=Answer.objects.filter(**lines).values("measure"))
    measure = asked.select_related("indicator__axis__set__cycle").order_by("pk").first()
    if measure is None:
        return None
    of_lines = Q(**{f"answer__{name}": value for name, value in lines.items()})
    scores = frozen_scores([edition], of_lines)
    found = [scores.get(pk, FrozenScore(LineState.UNDER_REVIEW, None)) for pk in ceilings]
    states = [score.state for score in found]
    shares = [
        scale_points(HUNDRED, score.points, ceiling)
        for score, ceiling in zip(found, ceilings.values(), strict=True)
        if score.points is not None
    ]
    return MeasureOutcome(
        measure=measure,
        asked=len(ceilings),
        scored=len(shares),
        not_applicable=states.count(LineState.NOT_APPLICABLE),
        not_answered=states.count(LineState.NOT_ANSWERED),
        under_review=states.count(LineState.UNDER_REVIEW),
        mean=half_up(sum(shares, ZERO) / len(shares), SHOWN_PLACES) if shares else None,
        steps=_steps(shares) if len(shares) >= FEWEST else [],
    )


def _steps(shares: Iterable[Decimal]) -> list[DistributionStep]:
    """Count the distribution, each step from its lower end up to, not including, its upper one; 100
    is in the last.

    Shares are taken as they are shown, so that an agency whose page says 80.00 counts from 80 on.
    """
    counts = [0] * (100 // STEP)
    for share in shares:
        counts[min(int(half_up(share, SHOWN_PLACES) // STEP), len(counts) - 1)] += 1
    return [DistributionStep(at * STEP, (at + 1) * STEP, count) for at, count in enumerate(counts)]
