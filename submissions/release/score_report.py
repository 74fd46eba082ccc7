"""The score report of an agency: its totals beside its group's and last year's, and every line with
its reason.

Whoever asks has found the submission among those whose scores the reader may know. There is no
place and no rank here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.statements import Statement, keys_slot, slot
from indicators.models import Axis
from indicators.scoring.methods import HUNDRED
from indicators.scoring.statutory_tree import LineState
from submissions import outliers
from submissions.models import Answer, NodeScore, Score, StewardFigure, Submission
from submissions.outliers import Past
from submissions.scoring.distribution import Peers, Spread, peers
from submissions.workflow import SubmissionState

MOST = 5
"""Of the strongest and of the weakest lines, so many are named."""

TRIAL = _("In its trial year")


@dataclass(frozen=True)
class ReportLine:
    """A line with the score that holds, the one that was communicated, the agency's own, last
    year's, and the figure that a steward gave it.
    """

    answer: Answer
    score: Score | None
    communicated: Score | None
    own: Score | None
    last: Past | None
    figure: StewardFigure | None

    @property
    def state(self) -> LineState:
        """One of four; what nobody has scored yet is under review."""
        return LineState(self.score.state) if self.score else LineState.UNDER_REVIEW

    @cached_property
    def percent(self) -> Decimal | None:
        """Percent of the ceiling; None where there are no points."""
        if self.score is None or self.score.points is None:
            return None
        return self.score.points * HUNDRED / self.answer.measure.points

    @property
    def last_percent(self) -> Decimal | None:
        return self.last.share if self.last else None

    @property
    def is_changed(self) -> bool:
        """Whether something else holds than was communicated."""
        return (
            self.communicated is not None
            and self.score is not None
            and self.communicated.pk != self.score.pk
        )

    @property
    def unit(self) -> str:
        """The unit that answers for the measure; "" where none is named."""
        return self.answer.measure.responsible_unit.strip()

    @property
    def why_unranked(self) -> str | Promise:
        """Why the line is neither among the strongest nor the weakest, "" where it may be."""
        if self.answer.measure.is_pilot:
            return TRIAL
        return "" if self.state == LineState.SCORED else self.state.label


@dataclass(frozen=True)
class Sum:
    """The total, a kind's or an axis's points, as they hold and as communicated, beside the group's
    and last year's.
    """

    node: NodeScore
    communicated: NodeScore | None
    last_percent: Decimal | None
    spread: Spread | None

    @property
    def title(self) -> str:
        if self.node.axis:
            return self.node.axis.title
        return self.node.get_kind_display() if self.node.kind else gettext("Total")

    @property
    def percent(self) -> Decimal | None:
        """None where nothing applies."""
        return self.node.percent if self.node.ceiling else None

    @property
    def is_changed(self) -> bool:
        return self.communicated is not None and (
            self.communicated.points,
            self.communicated.ceiling,
        ) != (
            self.node.points,
            self.node.ceiling,
        )


@dataclass(frozen=True)
class Unit:
    """A unit that answers for lines, with how many they are; its name is "" for lines that name
    none.
    """

    name: str
    count: int


@dataclass(frozen=True)
class Report:
    """The whole report; `group` None: the agency stands in no group."""

    submission: Submission
    sums: list[Sum]
    lines: list[ReportLine]
    group: Peers | None

    @property
    def total(self) -> Sum | None:
        return self.sums[0] if self.sums else None

    @property
    def is_compared(self) -> bool:
        """Whether its group is large enough to be spoken of."""
        return self.group is not None and bool(self.group.spreads)

    @cached_property
    def is_changed(self) -> bool:
        """Whether something else holds than was communicated."""
        return any(s.is_changed for s in self.sums) or any(line.is_changed for line in self.lines)

    @property
    def axes(self) -> list[tuple[Axis, list[ReportLine]]]:
        """The lines in the order of the sets, by axis."""
        found: dict[Axis, list[ReportLine]] = {}
        for line in self.lines:
            found.setdefault(line.answer.measure.indicator.axis, []).append(line)
        return list(found.items())

    @cached_property
    def _lines_by_percent(self) -> list[ReportLine]:
        ranked = [line for line in self.lines if not line.why_unranked]
        return sorted(ranked, key=lambda line: (line.percent or 0, line.answer.pk))

    @property
    def weakest(self) -> list[ReportLine]:
        """At most five, of the weaker half, that miss something; weakest first."""
        ranked = self._lines_by_percent
        return [line for line in ranked[: min(MOST, len(ranked) // 2)] if line.percent != HUNDRED]

    @property
    def strongest(self) -> list[ReportLine]:
        """At most five, of the stronger half, that earned something; strongest first."""
        ranked = self._lines_by_percent[::-1]
        return [line for line in ranked[: min(MOST, len(ranked) // 2)] if line.percent]

    @property
    def left_out(self) -> list[tuple[str | Promise, int]]:
        """Why lines are neither, with how many."""
        return list(Counter(line.why_unranked for line in self.lines if line.why_unranked).items())

    @property
    def units(self) -> list[Unit]:
        return units(self.lines)


def read(submission: Submission) -> Report:
    """Read the report of a submission, as it holds now; eight queries for any number of lines and
    of agencies.
    """
    groups = peers(submission)
    group = next((g for g in groups if g.spreads), groups[0] if groups else None)
    return Report(submission, _sums(submission, group), lines(submission), group)


def lines(submission: Submission, *, compared: bool = True) -> list[ReportLine]:
    """Read the lines with their scores and last year's, in the order of the sets; four queries, two
    where not `compared`.
    """
    scores: dict[int, list[Score]] = {}
    for score in SCORES.fetch(submission=submission.pk):
        scores.setdefault(score.answer_id, []).append(score)
    figures, past = dict[int, StewardFigure](), dict[UUID, list[Past]]()
    if compared:
        figures = {f.answer_id: f for f in FIGURES.fetch(submission=submission.pk)}
        past = outliers.history(submission)
    year = submission.cycle.year - 1
    found = []
    for answer in ANSWERS.fetch(submission=submission.pk):
        answer.submission = submission
        own, figure = scores.get(answer.pk, []), figures.get(answer.pk)
        found.append(_line(answer, own, past, submission.communicated_at, year, figure))
    return found


ANSWERS = Statement(lambda: Answer.objects.filter(submission=slot("submission")).for_page())
SCORES = Statement(
    lambda: Score.objects.filter(answer__submission=slot("submission")).order_by("pk")
)
FIGURES = Statement(
    lambda: StewardFigure.objects.filter(answer__submission=slot("submission")).for_reading()
)


def _line(
    answer: Answer,
    scores: Iterable[Score],
    past: Mapping[UUID, list[Past]],
    out_at: datetime | None,
    last_year: int,
    figure: StewardFigure | None,
) -> ReportLine:
    current = communicated = own = None
    for score in scores:
        if score.basis == Score.Basis.SELF:
            own = score
            continue
        if score.is_current:
            current = score
        if out_at is not None and score.scored_at <= out_at:
            communicated = score
    last = next((p for p in past.get(answer.measure.lineage, ()) if p.year == last_year), None)
    return ReportLine(answer, current, communicated, own, last, figure)


def _sums(submission: Submission, group: Peers | None) -> list[Sum]:
    """List the totals: the whole first, then each kind with its axes."""
    runs = {submission.current_run_id, submission.provisional_run_id} - {None}
    nodes = NODES.fetch(runs=list(runs), submission=submission.pk)
    communicated = {
        (n.kind, n.axis_id): n for n in nodes if n.run_id == submission.provisional_run_id
    }
    current = [n for n in nodes if n.run_id == submission.current_run_id]
    current.sort(key=lambda n: (n.kind, n.axis is not None, n.axis.position if n.axis else 0, n.pk))
    last, spreads = _last_year(submission), group.spreads if group else {}
    return [
        Sum(
            node,
            communicated.get((node.kind, node.axis_id)),
            last.get((node.kind, node.axis.code if node.axis else "")),
            spreads.get((node.kind, node.axis_id)),
        )
        for node in current
    ]


def _last_year(submission: Submission) -> dict[tuple[str, str], Decimal]:
    """Look up what the same agency reached the year before, by kind and code of the axis; only what
    was communicated.
    """
    rows = NODES_OF_YEAR.fetch(agency=submission.agency_id, year=submission.cycle.year - 1)
    return {(node.kind, node.axis.code if node.axis else ""): node.percent for node in rows}


NODES = Statement(
    lambda: NodeScore.objects.filter(
        run__in=keys_slot("runs"), submission=slot("submission")
    ).select_related("axis")
)
NODES_OF_YEAR = Statement(
    lambda: NodeScore.objects.filter(
        run=F("submission__current_run"),
        submission__agency=slot("agency"),
        submission__cycle__year=slot("year"),
        submission__state=SubmissionState.COMMUNICATED,
        ceiling__gt=0,
    ).select_related("axis")
)


def units(report_lines: Iterable[ReportLine]) -> list[Unit]:
    """List the units that answer for these lines in the order of their first line; the lines
    without one last.
    """
    return _units(line.unit for line in report_lines)


def units_of(submission: Submission) -> list[Unit]:
    """List the units that answer for the lines of a submission as `units` does; one query."""
    named = submission.answers.for_page().values_list("measure__responsible_unit", flat=True)
    return _units(name.strip() for name in named)


def _units(names: Iterable[str]) -> list[Unit]:
    counted = Counter(names)
    return sorted((Unit(name, count) for name, count in counted.items()), key=lambda u: not u.name)
