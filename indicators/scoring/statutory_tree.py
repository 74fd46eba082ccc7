"""The statutory tree of scores: from lines to a total, and the band of a percent. Pure, without a
database.

`tree.py` adds up; here stands which tree the statute asks for. Every node is rounded half-up to 10
places, as PostgreSQL rounds numeric, so that Python and SQL agree.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators.scoring import nodes, tree
from indicators.scoring.exact import ONE as WHOLE
from indicators.scoring.exact import ZERO as NOTHING
from indicators.scoring.methods import (
    HUNDRED,
    ROUNDED,
    SHOWN_PLACES,
    ZERO,
    decimal,
    half_up,
    scale_points,
)
from indicators.scoring.scales import Number

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
    root = _tree((), by_path, children, spread)
    outcomes = tree.score_tree(
        root, {_code(path): _points_or_state(line) for path, line in by_path.items()}
    )
    nodes = {node.code: node for node in root.walk()}
    return Result(
        _Nodes(
            {path: (nodes[_code(path)], outcomes[_code(path)]) for path in chain(by_path, children)}
        )
    )


class _Nodes(Mapping[Path, Node]):
    """Nodes by their paths, each written in decimals when it is first asked for: most pages ask for
    a few.
    """

    def __init__(self, found: Mapping[Path, tuple[nodes.Node, nodes.Outcome]]) -> None:
        self._found = found
        self._written: dict[Path, Node] = {}

    def __getitem__(self, path: Path) -> Node:
        if path not in self._written:
            self._written[path] = _node(path, *self._found[path])
        return self._written[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _code(path: Path) -> str:
    return "\n".join(path)


def _tree(
    path: Path,
    lines: Mapping[Path, ScoreLine],
    children: Mapping[Path, Iterable[Path]],
    spread: bool,
) -> nodes.Node:
    """Build the statutory tree: sums all the way up, each rounded; only the axis spreads what does
    not apply.

    Lines that are not answered or under review earn nothing yet and keep their ceiling.
    """
    if path in lines:
        scale = Number(least=NOTHING, most=Fraction(lines[path].ceiling), step=None, bands=())
        weight = WHOLE if lines[path].counts else NOTHING
        return nodes.Node(_code(path), "", weight, scale=scale, rounding=ROUNDED)
    below = tuple(_tree(child, lines, children, spread) for child in children[path])
    return nodes.Node(
        code=_code(path),
        title="",
        weight=WHOLE if any(node.weight for node in below) else NOTHING,
        agg="sum",
        children=below,
        missing=nodes.Missing("zero"),
        not_applicable="spread" if spread and len(path) == AXIS_DEPTH else "leave",
        under_review="zero",
        rounding=ROUNDED,
    )


def _points_or_state(line: ScoreLine) -> nodes.NodeValue:
    return _EMPTIES[line.state] if line.points is None else Fraction(line.points)


_EMPTIES = {
    LineState.NOT_APPLICABLE: nodes.State.NOT_APPLICABLE,
    LineState.NOT_ANSWERED: nodes.State.NOT_ANSWERED,
    LineState.UNDER_REVIEW: nodes.State.UNDER_REVIEW,
}


def _node(path: Path, node: nodes.Node, outcome: nodes.Outcome) -> Node:
    counted = node.scale is not None or node.counted_children
    return Node(
        path=path,
        points=decimal(outcome.score or NOTHING),
        ceiling=decimal(node.full or NOTHING),
        applicable_ceiling=decimal(outcome.possible or NOTHING) if counted else ZERO,
        provisional=bool(outcome.waiting),
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
