"""How a rehearsed year's assessors declare their interests and are trained: reference lines, and
sittings over them.
"""

import random
from datetime import datetime
from decimal import Decimal

from agencies.models import User
from config.rehearsal.people import Cast
from cycles.models import Cycle
from cycles.people import interests
from indicators.models import Kind, Measure
from indicators.scoring.methods import half_up
from submissions.calibration import actions as calibration
from submissions.marking import rules as marking_rules
from submissions.models import ReferenceLine

LINES = 12
CASES = (
    (
        "سند، همهٔ سال را می‌پوشاند و با مقدار اعلام‌شده یکی است.",
        Decimal(1),
        "مقدار با سند یکی است؛ امتیاز روش پذیرفته می‌شود.",
    ),
    (
        "سند تنها نیمهٔ نخست سال را نشان می‌دهد.",
        Decimal("0.5"),
        "نیمی از سال بی‌سند است؛ نیمی از امتیاز روش داده می‌شود.",
    ),
    (
        "سند دربارهٔ سال پیش است و مقدار این سال در آن نیست.",
        Decimal(0),
        "سند این مقدار را نشان نمی‌دهد؛ امتیازی داده نمی‌شود.",
    ),
)
"""What the evidence shows, the share of the method's points that was agreed, and why."""


def school(cycle: Cycle, cast: Cast, *, at: datetime) -> int:
    """Lay the reference lines, let assessors be cleared, the steward and the reviewers declare;
    count the acts.
    """
    chance = random.Random(f"school-{cycle.year}")  # noqa: S311 -- the same year each time
    declaring = (cast.steward, *cast.reviewers)
    for person in declaring:
        interests.state_interests(cycle, by=person, at=at)
    laid = _lay(cycle, by=cast.administrator, at=at)
    return len(declaring) + laid + sum(_clear(cycle, a, chance, at=at) for a in cast.assessors)


def _lay(cycle: Cycle, *, by: User, at: datetime) -> int:
    """Lay the reference lines of a cycle from its general measures; count the acts."""
    measures = Measure.objects.filter(
        indicator__axis__set__cycle=cycle,
        indicator__axis__set__kind=Kind.GENERAL,
        target__isnull=False,
    )
    measures = (
        measures.exclude(method="steward").filter(indicator__axis__set__agency=None).for_list()
    )
    for number, measure in enumerate(measures[:LINES]):
        shown, share, reason = CASES[number % len(CASES)]
        line = ReferenceLine(measure=measure, value=measure.target)
        points = half_up((marking_rules.suggestion(line.as_answer) or Decimal(0)) * share, 2)
        calibration.lay(
            cycle,
            measure=measure,
            value=measure.target,
            note="",
            claims_not_applicable=False,
            shown=shown,
            points=points,
            is_not_applicable=False,
            reason=reason,
            by=by,
            at=at,
        )
    return min(len(measures), LINES)


def _clear(cycle: Cycle, assessor: User, chance: random.Random, *, at: datetime) -> int:
    """Declare all interests of an assessor and sit until the training is passed; count the acts."""
    interests.state_interests(cycle, by=assessor, at=at)
    acts, learns = (
        1,
        chance.random() < 0.2,
    )  # one of five marks as the agencies say at first, and learns from it
    while True:
        sitting = calibration.begin_sitting(cycle, by=assessor, at=at)
        marks = {line.pk: _mark(line, agrees=not learns) for line in calibration.lines_of(sitting)}
        calibration.save_sitting(sitting, marks, by=assessor, at=at)
        sitting = calibration.hand_in_sitting(sitting, by=assessor, at=at)
        acts, learns = acts + 2, False
        if sitting.is_passed:
            return acts


def _mark(line: ReferenceLine, *, agrees: bool) -> dict[str, object]:
    points = line.points if agrees else marking_rules.suggestion(line.as_answer)
    return {"points": points, "is_not_applicable": False, "reason": line.shown}
