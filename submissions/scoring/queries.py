"""What the lines of a self-assessment come to: how many are complete, and what the agency's own
values earn.

Asked again with each line that is saved, and so read without the ORM's objects.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from indicators.scoring.methods import points
from indicators.scoring.statutory_tree import LineState, Node, ScoreLine, total
from submissions.models import Submission

POINTS_KEPT = 20_000
"""How many values a process remembers the points of: those of some three hundred agencies."""


class ValueFacts(NamedTuple):
    """Everything on which the points of a value depend."""

    method: str
    value: Decimal | None
    ceiling: Decimal
    params: str
    base: Decimal | None
    floor: Decimal | None
    target: Decimal | None
    own_base: Decimal | None
    own_floor: Decimal | None
    own_target: Decimal | None


class LineFacts(NamedTuple):
    """A line as it counts in the sums of its self-assessment."""

    value: ValueFacts
    pk: int
    is_complete: bool
    claims_not_applicable: bool
    is_pilot: bool
    kind: str
    axis: str
    indicator: str

    @property
    def is_stewarded(self) -> bool:
        return self.value.method == "steward"


@dataclass(frozen=True)
class OwnSums:
    """What a page says of a self-assessment as a whole; its lines in the order of the page."""

    lines: Sequence[LineFacts]
    total: Node

    @property
    def done(self) -> int:
        return sum(1 for line in self.lines if line.is_complete and not line.is_stewarded)

    @property
    def whole(self) -> int:
        return sum(1 for line in self.lines if not line.is_stewarded)

    def next_missing(self, pk: int) -> LineFacts | None:
        """Find the first line after this one, or else from the top, that lacks something."""
        place = [line.pk for line in self.lines].index(pk)
        for line in (*self.lines[place + 1 :], *self.lines[:place]):
            if not line.is_complete:
                return line
        return None


_LINES = """
    SELECT a.id, a.lacking = '{}', a.claims_not_applicable, m.is_pilot, s.kind, x.code, i.code,
           m.method, a.value, m.points, m.params::text, m.base, m.floor, m.target,
           own.base, own.floor, own.target
    FROM submissions_answer a
    JOIN indicators_measure m ON m.id = a.measure_id
    JOIN indicators_indicator i ON i.id = m.indicator_id
    JOIN indicators_axis x ON x.id = i.axis_id
    JOIN indicators_indicatorset s ON s.id = x.set_id
    LEFT JOIN indicators_measuretarget own ON own.id = a.own_id
    WHERE a.submission_id = %s
    ORDER BY s.kind, x.position, i.position, m.position, a.id
"""


def own_sums(submission: Submission) -> OwnSums:
    """Count the complete lines and add the agency's own values up; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [submission.pk])
        lines = [LineFacts(ValueFacts(*row[7:]), *row[:7]) for row in cursor]
    spread = submission.cycle.spreads_points
    return OwnSums(lines, total(map(_own_line, lines), spread=spread).total)


def _own_line(line: LineFacts) -> ScoreLine:
    """Make the line as the agency's own value scores it; as `explanation.own_line` of an answer."""
    own_points = None
    if line.is_stewarded:
        state = LineState.UNDER_REVIEW
    elif line.claims_not_applicable:
        state = LineState.NOT_APPLICABLE
    elif line.value.value is None:
        state = LineState.NOT_ANSWERED
    else:
        state, own_points = LineState.SCORED, points_of(line.value)
    return ScoreLine(
        kind=line.kind,
        axis=line.axis,
        indicator=line.indicator,
        measure=str(line.pk),
        ceiling=line.value.ceiling,
        state=state,
        points=own_points,
        counts=not line.is_pilot,
    )


@lru_cache(maxsize=POINTS_KEPT)
def points_of(facts: ValueFacts) -> Decimal | None:
    """Compute the points of a value by its method; of the same facts they are always the same."""
    if facts.value is None:
        return None
    general = {"base": facts.base, "floor": facts.floor, "target": facts.target}
    own = {"base": facts.own_base, "floor": facts.own_floor, "target": facts.own_target}
    params = {name: value for name, value in general.items() if value is not None}
    params |= json.loads(facts.params)
    params |= {name: value for name, value in own.items() if value is not None}
    return points(facts.method, facts.value, ceiling=facts.ceiling, params=params)
