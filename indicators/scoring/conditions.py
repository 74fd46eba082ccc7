"""The conditions of decision tables and of limits on a rating: what must hold of the scores of some
nodes.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "equals": operator.eq,
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}


@dataclass(frozen=True)
class Test:
    name: str
    limit: Fraction

    def holds(self, value: Fraction) -> bool:
        return COMPARISONS[self.name](value, self.limit)


@dataclass(frozen=True)
class Condition:
    """The tests of one node's score, or of how many scores of a group pass the test `counted`."""

    codes: tuple[str, ...]
    tests: tuple[Test, ...]
    counted: Test | None = None
    group: str = ""

    def holds(self, scores: Mapping[str, Fraction]) -> bool:
        """Tell whether the condition holds of these scores; a node without a score fails its tests
        and is not counted.
        """
        found = [scores[code] for code in self.codes if code in scores]
        if self.counted is not None:
            found = [Fraction(sum(map(self.counted.holds, found)))]
        return bool(found) and all(test.holds(found[0]) for test in self.tests)


@dataclass(frozen=True)
class DecisionRow:
    when: tuple[Condition, ...]
    then: str
