"""What a corrected rule gives every agency with the line.

A line that its method scored gets what the method gives its value by the corrected rule. A mark
that differed from the method's keeps its relation to it. What was decided on appeal is only ever
raised, and nothing falls unless the year's rules let a score fall. Lines without points stay as
they are (docs/adr/0017).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import FilteredRelation, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.json_values import JsonValue
from agencies.persian import local_name
from appeals.models import Error
from cycles.engine import ledger
from indicators.models import Measure
from indicators.scoring.methods import METHODS, points, scale_points
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Finding, Score
from submissions.workflow import SubmissionState


class Effect(TextChoices):
    """What a correction does to one agency's line."""

    RAISED = "raised", gettext_lazy("Rises")
    LOWERED = "lowered", gettext_lazy("Falls")
    SAME = "same", gettext_lazy("Stays: the correction changes nothing")
    SPARED = "spared", gettext_lazy("Stays: by the year's rules no score falls")
    DECIDED = "decided", gettext_lazy("Stays: decided on appeal")
    VOID = "void", gettext_lazy("Stays: it has no points")


CHANGES = (Effect.RAISED, Effect.LOWERED)


@dataclass(frozen=True)
class Rule:
    """The right rule: a method and its parameters, or of a steward's figures percents by line."""

    method: str
    params: Mapping[str, object]
    percents: Mapping[int, Decimal]

    @property
    def as_json(self) -> dict[str, JsonValue]:
        """The rule as it is stored and put on record."""
        percents: dict[str, JsonValue] = {
            str(line): f"{percent:f}" for line, percent in sorted(self.percents.items())
        }
        return {
            "method": self.method,
            "params": ledger.plain(dict(self.params)),
            "percents": percents,
        }

    def why_unfit(self, error: str) -> str:
        """Say why it cannot be the right one, or ""."""
        if error == Error.STEWARD:
            right = self.percents and all(0 <= p <= 100 for p in self.percents.values())
            return "" if right else _("Give the right percents, each between 0 and 100.")
        if self.method not in METHODS or self.method == "steward":
            return _("This is no method by which a value becomes points.")
        return " ".join(METHODS[self.method].check(dict(self.params)))


class AgencyLine(NamedTuple):
    """One agency's line: the score that holds, the value that it stands by, and what its own target
    sets.
    """

    pk: int
    submission_id: int
    agency_id: int
    name_fa: str
    name_en: str
    code: str
    held_points: Decimal | None
    held_state: str | None
    held_basis: str | None
    value: Decimal | None
    base: Decimal | None
    floor: Decimal | None
    target: Decimal | None
    found_at: datetime | None
    finding: str | None
    found_value: Decimal | None

    @property
    def agency(self) -> str:
        return local_name(self.name_fa, self.name_en)

    @property
    def own_params(self) -> dict[str, Decimal]:
        """The parameters that the agency's own target sets in place of the measure's."""
        own = {"base": self.base, "floor": self.floor, "target": self.target}
        return {key: value for key, value in own.items() if value is not None}

    @property
    def stands_by(self) -> Decimal | None:
        """What the agency says, or what was found of it; None where it counts for nothing."""
        if self.found_at is None or self.finding == Finding.SUPPORTED:
            return self.value
        return self.found_value if self.finding == Finding.PARTLY else None


@dataclass(frozen=True)
class AffectedLine:
    """One agency's line with the points that it has and gets."""

    line: AgencyLine
    before: Decimal | None
    after: Decimal | None
    effect: Effect

    @property
    def points_gained(self) -> Decimal:
        """Points that the line gains; less than zero where it falls."""
        return (
            (self.after or Decimal(0)) - (self.before or Decimal(0))
            if self.effect in CHANGES
            else Decimal(0)
        )


# --- What it would do ---------------------------------------------------------------------------


def lines_of(measure: Measure) -> list[AgencyLine]:
    """List the lines of a measure whose scores have been communicated, with the score that holds,
    by agency; one query.
    """
    rows = Answer.objects.filter(measure=measure, submission__state=SubmissionState.COMMUNICATED)
    rows = rows.annotate(current=FilteredRelation("scores", condition=Q(scores__is_current=True)))
    ordered = rows.order_by("submission__agency__sort_key", "pk")
    return [
        AgencyLine(**dict(zip(LINE_COLUMNS, row, strict=True)))
        for row in ordered.values_list(*LINE_COLUMNS.values())
    ]


LINE_COLUMNS = {
    "pk": "pk",
    "submission_id": "submission_id",
    "agency_id": "submission__agency_id",
    "name_fa": "submission__agency__name_fa",
    "name_en": "submission__agency__name_en",
    "code": "submission__agency__code",
    "held_points": "current__points",
    "held_state": "current__state",
    "held_basis": "current__basis",
    "value": "value",
    "base": "own__base",
    "floor": "own__floor",
    "target": "own__target",
    "found_at": "verification__concluded_at",
    "finding": "verification__finding",
    "found_value": "verification__found_value",
}
"""The fields of an `AgencyLine`, each with the column that it is read from."""


def affected_lines(
    measure: Measure, rule: Rule, *, may_fall: bool, lines: Iterable[AgencyLine] | None = None
) -> list[AffectedLine]:
    """Work out what the rule would do to every line of the measure."""
    known: Worths = {}
    return [
        _affected_line(measure, line, rule, may_fall, known)
        for line in (lines_of(measure) if lines is None else lines)
    ]


Worths = dict[tuple[Decimal | None, ...], tuple[Decimal, Decimal]]
"""What a value with its own base, floor and target was worth and is worth by the rule: many lines
share one.
"""


def _affected_line(
    measure: Measure, line: AgencyLine, rule: Rule, may_fall: bool, known: Worths
) -> AffectedLine:
    held = line.held_points
    if line.held_state != LineState.SCORED or held is None:
        return AffectedLine(line, None, None, Effect.VOID)
    after = _right_points(measure, line, rule, held, known)
    if after == held:
        effect = Effect.SAME
    elif after > held:
        effect = Effect.RAISED
    elif line.held_basis == Score.Basis.APPEAL:
        effect = Effect.DECIDED
    else:
        effect = Effect.LOWERED if may_fall else Effect.SPARED
    return AffectedLine(line, held, after if effect in CHANGES else held, effect)


def _right_points(
    measure: Measure, line: AgencyLine, rule: Rule, held: Decimal, known: Worths
) -> Decimal:
    """Work out the points that the line should have."""
    ceiling = measure.points
    if measure.is_stewarded:
        percent, params = rule.percents.get(line.pk), measure.scoring_params
        return (
            held
            if percent is None
            else points(measure.method, percent, ceiling=ceiling, params=params)
        )
    value = line.stands_by
    if value is None:
        return held
    key = (value, line.base, line.floor, line.target)
    if key not in known:
        before = points(
            measure.method, value, ceiling=ceiling, params=measure.scoring_params | line.own_params
        )
        known[key] = (
            before,
            points(rule.method, value, ceiling=ceiling, params={**rule.params, **line.own_params}),
        )
    was, right = known[key]
    if held == was or not was or line.held_basis == Score.Basis.APPEAL:
        return right  # what was decided on appeal has no relation to the method to keep
    return min(ceiling, scale_points(held, right, was))


def digest(found: Iterable[AffectedLine]) -> str:
    """Take a digest of what a correction would change, so that what is signed is what was shown."""
    rows = sorted(
        (affected.line.pk, f"{affected.before}", f"{affected.after}")
        for affected in found
        if affected.effect in CHANGES
    )
    return hashlib.sha256(ledger.as_json(rows).encode()).hexdigest()


def counts(found: Iterable[AffectedLine]) -> list[tuple[Effect, int]]:
    """Count the lines by what a correction does to them, where it does so to any."""
    counted = Counter(affected.effect for affected in found)
    return [(effect, counted[effect]) for effect in Effect if counted[effect]]
