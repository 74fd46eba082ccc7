"""The statutory tree of scores: from lines to a total, and the band of a percent. Pure, without a
database.

Every node is a sum, rounded half-up to 10 places, as PostgreSQL rounds numeric, so that Python and
SQL agree; only the axis spreads what does not apply. The same tree could be scored by `tree.py`,
and a test holds the two equal; the sums are added up here because pages wait for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators.scoring.rounding import (
    HUNDRED,
    PLACES,
    PRECISION,
    SHOWN_PLACES,
    ZERO,
    decimal,
    half_up,
    scale_points,
)

ENGINE = "1"
"""The version of the rules by which lines become totals and places; it rises when a change could
change a figure.
"""


class LineState(models.TextChoices):
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    NOT_ANSWERED = "not_answered", _("Not answered")
    UNDER_REVIEW = "under_review", _("Under review")
    SCORED = "scored", _("Scored")


Path = tuple[str, ...]
"""() the total, (kind,), (kind, axis), (kind, axis, indicator), (kind,
axis, indicator, measure).
"""

AXIS_DEPTH = 2


@dataclass(frozen=True)
class ScoreLine:
    """One measure of one agency. `points` is given exactly when the state is SCORED.

    `axis` and `indicator` are left out with "", and `tiers` stand between the indicator and the
    measure, so that a line may stand at any depth from two on. One that does not count, of a pilot
    measure, is scored and shown, no more.
    """

    kind: str
    axis: str
    indicator: str
    measure: str
    ceiling: Decimal
    state: LineState
    points: Decimal | None = None
    counts: bool = True
    tiers: Path = ()

    def __post_init__(self) -> None:
        if (self.points is not None) != (self.state == LineState.SCORED):
            raise ValueError(f"{self.measure}: points are given exactly when the line is scored")
        if self.points is not None and not 0 <= self.points <= self.ceiling:
            raise ValueError(f"{self.measure}: points must lie between 0 and the ceiling")

    @property
    def path(self) -> Path:
        above = (tier for tier in (self.axis, self.indicator, *self.tiers) if tier)
        return (self.kind, *above, self.measure)


@dataclass(frozen=True)
class Node:
    """A branch of the tree: its points, full ceiling, the ceiling that applies, and whether a line
    is under review.

    Points of measures and indicators are as earned. From the axis up, points of lines that do not
    apply have been spread within their axis, so an axis with any line that applies counts with its
    full ceiling, and one without counts with none. What does not count has no part in the points
    and ceilings above it.
    """

    path: Path
    points: Decimal
    ceiling: Decimal
    applicable_ceiling: Decimal
    provisional: bool

    @property
    def percent(self) -> Decimal | None:
        """Percent of the ceiling that applies, to 10 places; None when nothing applies."""
        if not self.applicable_ceiling:
            return None
        return scale_points(HUNDRED, self.points, self.applicable_ceiling)


@dataclass(frozen=True)
class Result:
    """The whole tree; `nodes` finds a node by its path."""

    nodes: Mapping[Path, Node]

    @property
    def total(self) -> Node:
        return self.nodes[()]

    @property
    def provisional(self) -> bool:
        return self.total.provisional

    def children(self, path: Path = ()) -> list[Node]:
        """List the nodes right below a path, in the order of their codes."""
        return sorted(
            (
                node
                for key, node in self.nodes.items()
                if len(key) == len(path) + 1 and key[: len(path)] == path
            ),
            key=lambda node: node.path,
        )


def total(lines: Iterable[ScoreLine], *, spread: bool = True) -> Result:
    """Add the lines up, whatever their order. Without `spread`, points that do not apply leave the
    ceiling.
    """
    by_path: dict[Path, ScoreLine] = {}
    for line in lines:
        path = line.path
        if path in by_path:
            raise ValueError(f"{path}: the same line twice")
        by_path[path] = line
    children: dict[Path, dict[Path, None]] = {(): {}}
    for path in by_path:
        for depth in range(len(path)):
            children.setdefault(path[:depth], {})[path[: depth + 1]] = None
    if twins := by_path.keys() & children.keys():
        raise ValueError(f"{min(twins)}: a line with lines below it")

    sums = {path: _sum_of_line(line) for path, line in by_path.items()}
    with localcontext() as context:
        context.prec = PRECISION
        for path in sorted(children, key=len, reverse=True):  # what is added up stands below
            below = [sums[child] for child in children[path]]
            sums[path] = _sum_of_branch(below, spreads=spread and len(path) == AXIS_DEPTH)
    return Result(_Nodes({path: sums[path] for path in chain(by_path, children)}))


class _Sum(NamedTuple):
    """What a node comes to. One that does not count has no part in what stands above it."""

    points: Decimal
    ceiling: Decimal
    applicable_ceiling: Decimal
    provisional: bool
    counts: bool


def _sum_of_line(line: ScoreLine) -> _Sum:
    """Take a line as it is: what is not answered or under review keeps its ceiling."""
    return _Sum(
        points=ZERO if line.points is None else half_up(line.points, PLACES),
        ceiling=line.ceiling,
        applicable_ceiling=ZERO if line.state == LineState.NOT_APPLICABLE else line.ceiling,
        provisional=line.state == LineState.UNDER_REVIEW,
        counts=line.counts,
    )


def _sum_of_branch(below: Iterable[_Sum], *, spreads: bool) -> _Sum:
    """Add up what counts; where the branch spreads, its points grow as if all of it applied."""
    points = ceiling = applicable = ZERO
    provisional = counts = False
    for part in below:
        if part.counts:
            points += part.points
            ceiling += part.ceiling
            applicable += part.applicable_ceiling
            provisional |= part.provisional
            counts = True
    if spreads and applicable:
        if applicable != ceiling:
            points = decimal(Fraction(points) * Fraction(ceiling) / Fraction(applicable))
        applicable = ceiling
    return _Sum(points, ceiling, applicable, provisional, counts)


class _Nodes(Mapping[Path, Node]):
    """Nodes by their paths, each written to its places when it is first asked for: most pages ask
    for a few.
    """

    def __init__(self, sums: Mapping[Path, _Sum]) -> None:
        self._sums = sums
        self._written: dict[Path, Node] = {}

    def __getitem__(self, path: Path) -> Node:
        if path not in self._written:
            self._written[path] = _node(path, self._sums[path])
        return self._written[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)


def _node(path: Path, found: _Sum) -> Node:
    return Node(
        path=path,
        points=half_up(found.points, PLACES),
        ceiling=half_up(found.ceiling, PLACES),
        applicable_ceiling=half_up(found.applicable_ceiling, PLACES),
        provisional=found.provisional,
    )


# --- Bands of the result ------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    name: str
    at_least: Decimal
    label: str | Promise


# The names are the authority's (excellent, good, average, weak: West Azerbaijan, assessed year
# 1402); their limits are not published. These limits are composed.
BANDS = (
    Band("excellent", Decimal(90), _("Excellent")),
    Band("good", Decimal(75), _("Good")),
    Band("average", Decimal(60), _("Average")),
    Band("weak", ZERO, _("Weak")),
)


def band(percent: Decimal) -> Band:
    """Find the band of a percent, which is first rounded half-up to 2 places as it is shown."""
    shown = half_up(percent, SHOWN_PLACES)
    return next((found for found in BANDS if shown >= found.at_least), BANDS[-1])
