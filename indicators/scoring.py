"""The tree of scores: from lines to a total, and the band of a percent. Pure, without a database.

Every node is rounded half-up to 10 places, as PostgreSQL rounds numeric, so that Python and SQL agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators.methods import HUNDRED, PLACES, SHOWN_PLACES, ZERO, half_up, scaled


class LineState(models.TextChoices):
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    NOT_ANSWERED = "not_answered", _("Not answered")
    UNDER_REVIEW = "under_review", _("Under review")
    SCORED = "scored", _("Scored")


Path = tuple[str, ...]  # () the total, (kind,), (kind, axis), (kind, axis, indicator), (kind, axis, indicator, measure)
AXIS_DEPTH = 2


@dataclass(frozen=True)
class Line:
    """One measure of one agency. `points` is given exactly when the state is SCORED."""

    kind: str
    axis: str
    indicator: str
    measure: str
    ceiling: Decimal
    state: LineState
    points: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.points is not None) != (self.state == LineState.SCORED):
            raise ValueError(f"{self.measure}: points are given exactly when the line is scored")
        if self.points is not None and not 0 <= self.points <= self.ceiling:
            raise ValueError(f"{self.measure}: points must lie between 0 and the ceiling")

    @property
    def path(self) -> Path:
        return (self.kind, self.axis, self.indicator, self.measure)


@dataclass(frozen=True)
class Node:
    """A branch of the tree: its points, full ceiling, the ceiling that applies, and whether a line is under review.

    Points of measures and indicators are as earned. From the axis up, points of lines that do not apply have been
    spread within their axis, so an axis with any line that applies counts with its full ceiling, and one without
    counts with none.
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
        return scaled(HUNDRED, self.points, self.applicable_ceiling)


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
        """The nodes right below this one, in the order of their codes."""
        return sorted(
            (node for key, node in self.nodes.items() if len(key) == len(path) + 1 and key[: len(path)] == path),
            key=lambda node: node.path,
        )


def total(lines: Iterable[Line], *, spread: bool = True) -> Result:
    """Add the lines up, whatever their order. Without `spread`, points that do not apply leave the ceiling."""
    nodes: dict[Path, Node] = {}
    for line in lines:
        if line.path in nodes:
            raise ValueError(f"{line.path}: the same line twice")
        nodes[line.path] = _leaf(line)
    level = list(nodes.values())
    for depth in (3, 2, 1, 0):
        branches: dict[Path, list[Node]] = {(): []} if depth == 0 else {}
        for node in level:
            branches.setdefault(node.path[:depth], []).append(node)
        level = [_branch(path, parts, spread=spread and depth == AXIS_DEPTH) for path, parts in branches.items()]
        nodes |= {node.path: node for node in level}
    return Result(nodes)


def _leaf(line: Line) -> Node:
    return Node(
        path=line.path,
        points=half_up(line.points or ZERO, PLACES),
        ceiling=line.ceiling,
        applicable_ceiling=ZERO if line.state == LineState.NOT_APPLICABLE else line.ceiling,
        provisional=line.state == LineState.UNDER_REVIEW,
    )


def _branch(path: Path, parts: list[Node], *, spread: bool) -> Node:
    earned = sum((part.points for part in parts), ZERO)
    ceiling = sum((part.ceiling for part in parts), ZERO)
    applicable = sum((part.applicable_ceiling for part in parts), ZERO)
    if spread and ZERO < applicable < ceiling:
        earned, applicable = scaled(earned, ceiling, applicable), ceiling
    return Node(path, half_up(earned, PLACES), ceiling, applicable, any(part.provisional for part in parts))


# --- Bands of the result ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    name: str
    at_least: Decimal
    label: str | Promise


# The names are the authority's (excellent, good, average, weak: West Azerbaijan, assessed year 1402); their limits are
# not published. These limits are composed.
BANDS = (
    Band("excellent", Decimal(90), _("Excellent")),
    Band("good", Decimal(75), _("Good")),
    Band("average", Decimal(60), _("Average")),
    Band("weak", ZERO, _("Weak")),
)


def band(percent: Decimal) -> Band:
    """The band of a percent, which is first rounded half-up to 2 places as it is shown."""
    shown = half_up(percent, SHOWN_PLACES)
    return next((found for found in BANDS if shown >= found.at_least), BANDS[-1])
