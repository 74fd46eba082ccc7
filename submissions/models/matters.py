"""What holds up the handing in of a block and the reconciling of a line: questions and influences
still open.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from agencies.persian import in_locale
from agencies.statements import Statement, keys_slot
from cycles.calendar import Phase
from cycles.workflow import Windows
from submissions.models.answers import Answer
from submissions.models.blocks import Block
from submissions.models.line_notes import Clarification, ExternalFactor, Verdict
from submissions.models.reconciliations import Reconciliation
from submissions.workflow import BLOCKS, RECONCILIATIONS, ClarificationState


@BLOCKS.holds_up("hand_in")
def matters_of_blocks(blocks: Sequence[Block], at: datetime, windows: Windows) -> Mapping[int, str]:
    """Find the questions and influences from outside that a block waits for; two queries."""
    submissions = [block.submission_id for block in blocks]
    asked_of_blocks = QUESTIONS_OF_SUBMISSIONS.fetch(submissions=submissions)
    questions = _still_open(asked_of_blocks, at, windows)
    factors = WAITING_FACTORS.fetch(submissions=submissions)

    found: dict[int, str] = {}
    for block in blocks:
        asked = [q for q in questions if _is_on(block, q.line)]
        unjudged = [f for f in factors if not block.is_second and _is_on(block, f.answer)]
        if asked:
            found[block.pk] = _question_sentence(asked)
        elif unjudged:
            sentence = ngettext(
                "%(count)s influence from outside is not judged yet: accept or reject it, "
                "then hand in.",
                "%(count)s influences from outside are not judged yet: accept or reject them, "
                "then hand in.",
                len(unjudged),
            )
            found[block.pk] = sentence % {"count": in_locale(len(unjudged))}
    return found


@RECONCILIATIONS.holds_up("agree", "settle")
def matters_of_reconciliations(
    reconciliations: Sequence[Reconciliation], at: datetime, windows: Windows
) -> Mapping[int, str]:
    """Find the questions that the reconciled lines wait for; one query."""
    lines = [each.line_id for each in reconciliations]
    asked = {q.line_id: q for q in open_questions(Q(line__in=lines), at, windows)}
    return {
        each.pk: _question_sentence([asked[each.line_id]])
        for each in reconciliations
        if each.line_id in asked
    }


def _unanswered_questions() -> QuerySet[Clarification]:
    rows = Clarification.objects.filter(state=ClarificationState.ASKED)
    return rows.select_related("line__measure__indicator").order_by("pk")


QUESTIONS_OF_SUBMISSIONS: Statement[Clarification] = Statement(
    lambda: _unanswered_questions().filter(line__submission__in=keys_slot("submissions"))
)


def _waiting_factors() -> QuerySet[ExternalFactor]:
    rows = ExternalFactor.objects.live().filter(
        verdict=Verdict.WAITING, answer__submission__in=keys_slot("submissions")
    )
    rows = rows.exclude(answer__measure__method="steward")
    return rows.select_related("answer__measure__indicator")


WAITING_FACTORS: Statement[ExternalFactor] = Statement(_waiting_factors)


def open_questions(lines: Q, at: datetime, windows: Windows) -> list[Clarification]:
    """Return the unanswered questions on these lines whose days are not over."""
    return _still_open(_unanswered_questions().filter(lines), at, windows)


def _still_open(
    questions: Iterable[Clarification], at: datetime, windows: Windows
) -> list[Clarification]:
    found = []
    for question in questions:
        term = windows.of(Phase.CLARIFICATION, question)
        if term is not None and term.is_open(at):
            found.append(question)
    return found


def _is_on(block: Block, line: Answer) -> bool:
    if block.is_second:
        return line.pk in block.drawn
    return (
        line.submission_id == block.submission_id
        and line.measure.indicator.axis_id == block.axis_id
    )


def _question_sentence(questions: Iterable[Clarification]) -> str:
    lines = gettext(", ").join(str(question.line.measure) for question in questions)
    return gettext(
        "The agency may still answer a question about: %(lines)s. Wait for the reply or for the "
        "end of its days."
    ) % {"lines": lines}
