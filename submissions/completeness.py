"""What a line still lacks: the one definition behind every number of progress, list, reminder and
page.

Kept with the line (`Answer.lacking`) by each act that touches it, so that lists of thousands count
it in SQL.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.statements import Statement, is_among
from cycles.engine import batches
from cycles.models import Analysis, Cycle
from indicators.models import Kind
from submissions.models import Answer, TextPart


class Lack(TextChoices):
    VALUE = "value", _("No answer")
    CONFIRMATION = "confirmation", _("Not confirmed")
    EVIDENCE = "evidence", _("No evidence")
    ANALYSIS = "analysis", _("No analysis")
    REASON = "reason", _("Unusual value not explained")
    FACTOR = "factor", _("External factor without evidence")


def recount(cycle: Cycle, answers: Collection[Answer]) -> None:
    """Write down what each of these lines lacks now; two queries."""
    changed = []
    for a in LINES.fetch(keys=[a.pk for a in answers]):
        now = lacks(a, cycle)
        if now != a.lacking:
            a.lacking = now
            changed.append(a)
    batches.write(changed, ["lacking"])


LINES: Statement[Answer] = Statement(
    lambda: Answer.objects.filter(is_among("pk", "keys")).for_page().with_counts()
)


def lacks(answer: Any, cycle: Cycle) -> list[str]:
    """List what a line lacks, most pressing first (needs `for_page().with_counts()`)."""
    m = answer.measure
    if m.is_stewarded:
        return []
    has_value = answer.value is not None
    found = [
        (Lack.VALUE, not has_value and not answer.claims_not_applicable),
        (Lack.CONFIRMATION, bool(answer.prefilled_from)),
        (Lack.EVIDENCE, has_value and m.asks_evidence and not answer.evidence_count),
        (Lack.ANALYSIS, has_value and asks_analysis(answer, cycle) and not _is_analysed(answer)),
        (Lack.REASON, bool(answer.outliers) and not answer.outlier_reason.strip()),
        (Lack.FACTOR, bool(answer.unproven_count)),
    ]
    return [lack.value for lack, is_so in found if is_so]


def asks_analysis(answer: Answer, cycle: Cycle) -> bool:
    """Say whether the cycle asks for strengths, weaknesses and action on this line."""
    if cycle.asks_analysis == Analysis.EVERY:
        return True
    return (
        cycle.asks_analysis == Analysis.SPECIFIC
        and answer.measure.indicator.axis.set.kind == Kind.SPECIFIC
    )


def _is_analysed(answer: Answer) -> bool:
    asked = [text.name for text in Answer.TEXTS if text.part == TextPart.ANALYSIS]
    return all(getattr(answer, name).strip() for name in asked)


def progress(answers: Iterable[Answer]) -> tuple[int, int]:
    """Count the lines that the agency fills in: those that lack nothing, and all."""
    mine = [a for a in answers if not a.measure.is_stewarded]
    return sum(1 for a in mine if not a.lacking), len(mine)
