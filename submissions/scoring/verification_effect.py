"""What a verification at the source does to a score: the published rule, and the one function that
applies it.

Called wherever a line comes to have both a score and a finding, whichever came last; the path stays
on record.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agencies.locks import locked
from agencies.statements import Statement, keys_slot
from indicators.scoring.methods import points
from indicators.scoring.statutory_tree import LineState
from submissions.models import Finding, Score, Submission, Verification
from submissions.scoring import totals

RULE = _(
    "A line that is supported keeps its points. A line supported in part gets the points that its "
    "method gives for the "
    "value found, never more than it had. A line not supported gets none. The agency can appeal."
)
"""The rule in words, for every page that shows a finding."""


def points_after_finding(found: Verification, had: Decimal) -> Decimal:
    """Compute the points that a finding leaves of those a line had (needs `line.measure` and
    `line.own`).
    """
    if found.finding == Finding.SUPPORTED:
        return had
    line = found.line
    if found.finding == Finding.UNSUPPORTED or found.found_value is None:
        return Decimal(0)
    params = line.scoring_params
    return min(
        had,
        points(line.measure.method, found.found_value, ceiling=line.measure.points, params=params)
        or Decimal(0),
    )


def apply_findings(
    submissions: Iterable[Submission], lines: Sequence[int], *, at: datetime
) -> bool:
    """Put what was found on top of the agreed points of these lines, where that is less; whether
    any was.

    Their submissions are locked before the findings and the scores are read: of a verification
    concluded and a block handed in at once, the later sees what the earlier wrote.
    """
    UNDER_LOCK.fetch(keys=[s.pk for s in submissions])
    found = {v.line_id: v for v in LOWERING.fetch(lines=list(lines))}
    if not found:
        return False
    agreed = Score.objects.filter(
        answer__in=found,
        is_current=True,
        basis=Score.Basis.AGREED,
        state=LineState.SCORED,
        points__isnull=False,
    )
    lowered = False
    for score in agreed.order_by("pk"):
        v = found[score.answer_id]
        left = points_after_finding(v, score.points or Decimal(0))
        if left != score.points:
            row = (v.line, LineState.SCORED, left, v.text)
            totals.put([row], basis=Score.Basis.VERIFICATION, by=v.assessor, at=at)
            lowered = True
    return lowered


UNDER_LOCK: Statement[Submission] = Statement(
    lambda: locked(
        Submission.objects.filter(pk__in=keys_slot("keys")).order_by("pk"), with_keys=True
    )
)
LOWERING: Statement[Verification] = Statement(
    lambda: (
        Verification.objects.lowering()
        .filter(line__in=keys_slot("lines"))
        .select_related("line__measure", "line__own", "assessor")
        .order_by("pk")
    )
)
