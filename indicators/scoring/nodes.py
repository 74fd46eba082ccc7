"""The nodes of a tree of scores, and what comes of one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property

from indicators.scoring.conditions import DecisionRow
from indicators.scoring.exact import ONE, ZERO, Rounding, geometric_mean, times
from indicators.scoring.scales import Scale

AGGREGATIONS = (
    "wmean",
    "sum",
    "gmean",
    "sum_points",
    "points_ratio",
    "all_required",
    "table",
    "none",
)
WEIGHTED = ("wmean", "sum", "gmean")
MEANS = ("wmean", "gmean")
SUMS = ("sum", "sum_points")


class State(Enum):
    NOT_APPLICABLE = "not applicable"
    NOT_ANSWERED = "not answered"
    UNDER_REVIEW = "under review"
    SCORED = "scored"


NodeValue = Fraction | State
"""What a cell gives for a node: a value, not applicable, or under review. An empty cell gives
nothing.
"""


@dataclass(frozen=True)
class Missing:
    """What an unanswered child does: dropped, counted as zero, or no result; and how many must be
    scored.
    """

    policy: str = "null"
    at_least: int = 1


NOT_APPLICABLE_POLICIES = ("spread", "leave")
UNDER_REVIEW_POLICIES = ("drop", "zero")
LEAVING = ("wmean", "sum", "sum_points", "points_ratio")
"""The aggregations from whose ceiling something can leave."""


@dataclass(frozen=True)
class Node:
    """A leaf with a scale, or a branch with an aggregation."""

    code: str
    title: str
    weight: Fraction = ONE
    scale: Scale | None = None
    agg: str = ""
    children: tuple["Node", ...] = ()
    missing: Missing = Missing()
    not_applicable: str = "spread"
    under_review: str = "drop"
    scale_to: Fraction | None = None
    points: Fraction | None = None
    cap_by: str = ""
    rounding: Rounding | None = None
    required: Fraction | None = None
    rows: tuple[DecisionRow, ...] = ()
    default: str = ""
    fine_tuned: "Node | None" = None

    def walk(self) -> Iterator["Node"]:
        """List the node and all below it, in the order of the tree, fine-tuned trees after their
        leaf.
        """
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += [*reversed(node.children), *([node.fine_tuned] if node.fine_tuned else [])]

    @cached_property
    def fine_codes(self) -> frozenset[str]:
        """The codes of the node's fine-tuned tree."""
        return (
            frozenset(node.code for node in self.fine_tuned.walk())
            if self.fine_tuned
            else frozenset()
        )

    @cached_property
    def cap(self) -> "Node | None":
        """The node below that limits this one."""
        return (
            next((node for node in self.walk() if node.code == self.cap_by), None)
            if self.cap_by
            else None
        )

    @cached_property
    def counted_children(self) -> tuple["Node", ...]:
        """The children that count."""
        return tuple(child for child in self.children if child.weight or self.agg not in WEIGHTED)

    # The maximum of the arithmetic, of the node within a mean, and of the score as it is written;
    # None when not known.

    @cached_property
    def base(self) -> Fraction | None:
        return (
            self.scale.full if self.scale else self._bound(lambda child: child.maximum_in(self.agg))
        )

    def maximum_in(self, agg: str) -> Fraction | None:
        """Find the maximum with which the node enters an aggregation: its unit into a mean, its
        points into a sum.
        """
        return self.unit if agg in MEANS else self.full

    @property
    def unit(self) -> Fraction | None:
        return self.base if self.scale_to is None else self.scale_to

    @property
    def full(self) -> Fraction | None:
        return self.unit if self.points is None else self.points

    @cached_property
    def factor(self) -> Fraction:
        """The factor from the arithmetic to the score as it is written."""
        if self.points is None and self.scale_to is None:
            return ONE
        return (self.full or ZERO) / (self.base or ONE)

    @property
    def required_score(self) -> Fraction:
        """The score that an all-required parent asks of the node."""
        return self.required if self.required is not None else self.full or ONE

    def score_in(self, score: Fraction, agg: str) -> Fraction:
        """Convert a score of the node to what enters an aggregation."""
        if self.points and agg in MEANS:
            return score * (self.unit or ONE) / self.points
        return score

    # Between which limits a value given for the node may lie.

    @cached_property
    def low(self) -> Fraction | None:
        if self.agg == "all_required":
            return ZERO
        least = self.scale.low if self.scale else self._bound(lambda child: child.low_in(self.agg))
        return None if least is None else least * self.factor

    @cached_property
    def high(self) -> Fraction | None:
        most = self.scale.high if self.scale else self._bound(lambda child: child.high_in(self.agg))
        return None if most is None else most * self.factor

    def low_in(self, agg: str) -> Fraction | None:
        return None if self.low is None else min(self.score_in(self.low, agg), ZERO)

    def high_in(self, agg: str) -> Fraction | None:
        return None if self.high is None else self.score_in(self.high, agg)

    def _bound(self, of: Callable[["Node"], Fraction | None]) -> Fraction | None:
        """Aggregate a bound of the children; None where it is not known of all."""
        if self.agg == "all_required":
            return ONE
        bounds = [(child, of(child)) for child in self.counted_children]
        known = [(child, bound) for child, bound in bounds if bound is not None]
        if self.agg in ("table", "none") or not known or len(known) < len(bounds):
            return None
        if self.agg == "gmean" and any(bound < 0 for _child, bound in known):
            return None
        return aggregate(self, known)


@dataclass(frozen=True)
class Outcome:
    """What became of a node: `exact` before its own rounding, `said` by a table, `waiting` for what
    is under review.

    `possible` is what could have been earned of what applies, None where no maximum is known.
    """

    state: State
    exact: Fraction | None = None
    score: Fraction | None = None
    possible: Fraction | None = None
    said: str = ""
    rules: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def aggregate(node: Node, parts: Iterable[tuple[Node, Fraction]]) -> Fraction:
    """Aggregate what enters of each child, as the node says."""
    parts = list(parts)
    values = [value for _child, value in parts]
    match node.agg:
        case "gmean":
            return geometric_mean((child.weight, value) for child, value in parts)
        case "wmean":
            return _weighted_sum(parts) / _sum(child.weight for child, _value in parts)
        case "sum":
            return _weighted_sum(parts)
        case "points_ratio":
            return _sum(values) / _sum(child.full or ZERO for child, _value in parts)
        case _:
            return _sum(values)


def _weighted_sum(parts: Iterable[tuple[Node, Fraction]]) -> Fraction:
    return _sum(times(child.weight, value) for child, value in parts)


def _sum(values: Iterable[Fraction]) -> Fraction:
    values = iter(values)
    return sum(values, next(values, ZERO))
