"""The lines of an agency that its results suggest for its improvement plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.persian import in_locale
from appeals.models import Appeal
from appeals.workflow import AppealState
from festival.models import (
    Ground,
)
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, ExternalFactor, Submission, Verdict, Verification
from submissions.release import score_report
from submissions.release.score_report import ReportLine

MOST = 20
"""So many of the lines that lost points are suggested; a line for which more speaks is suggested
whatever it lost.
"""


@dataclass(frozen=True)
class Suggestion:
    """A line worth an item: the points it lost, what else speaks for it, and what was said about
    it.
    """

    answer: Answer
    lost: Decimal
    grounds: tuple[Ground, ...]
    reasons: tuple[str, ...]

    @property
    def finding(self) -> str:
        """Propose the words of the finding."""
        if self.reasons:
            return "\n".join(self.reasons)
        return _("Lost %(lost)s of %(whole)s points.") % {
            "lost": in_locale(self.lost, 2),
            "whole": in_locale(self.answer.measure.points),
        }


def suggest(submission: Submission) -> list[Suggestion]:
    """Suggest the lines of an agency for which its results speak, those that lost most first; five
    queries.

    Measures in their trial year suggest nothing, for they add to nothing.
    """
    said: dict[int, list[tuple[Ground, str]]] = {}
    for answer, text in _lowered_by_verification(submission):
        said.setdefault(answer, []).append((Ground.VERIFICATION, text))
    for answer, text in _rejected_factors(submission):
        said.setdefault(answer, []).append((Ground.FACTOR, text))
    for answer, text in _dismissed_appeals(submission):
        said.setdefault(answer, []).append((Ground.APPEAL, text))
    lines = [
        line
        for line in score_report.lines(submission, compared=False)
        if not line.answer.measure.is_pilot
    ]
    found = [_suggestion(line, said.get(line.answer.pk, [])) for line in lines]
    found = sorted((s for s in found if s.grounds), key=lambda s: (-s.lost, s.answer.pk))
    return [s for n, s in enumerate(found) if n < MOST or s.grounds != (Ground.LOST,)]


def _suggestion(line: ReportLine, said: list[tuple[Ground, str]]) -> Suggestion:
    whole, lost = line.answer.measure.points, Decimal(0)
    if line.state == LineState.SCORED and line.score is not None:
        lost = whole - (line.score.points or Decimal(0))
    elif line.state == LineState.NOT_ANSWERED:
        lost = whole
    grounds = [Ground.LOST] if lost > 0 else []
    reasons = (
        [line.score.reason] if lost > 0 and line.score is not None and line.score.reason else []
    )
    for ground, text in said:
        grounds.append(ground)
        if text not in reasons:  # what lowered a score stands as its reason, too
            reasons.append(text)
    return Suggestion(
        line.answer, max(lost, Decimal(0)), tuple(dict.fromkeys(grounds)), tuple(reasons)
    )


def _lowered_by_verification(submission: Submission) -> Iterable[tuple[int, str]]:
    rows = Verification.objects.filter(submission=submission).lowering().order_by("pk")
    return rows.values_list("line_id", "text")


def _rejected_factors(submission: Submission) -> Iterable[tuple[int, str]]:
    rows = ExternalFactor.objects.live().filter(
        answer__submission=submission, verdict=Verdict.REJECTED
    )
    return rows.values_list("answer_id", "verdict_reason")


def _dismissed_appeals(submission: Submission) -> Iterable[tuple[int, str]]:
    rows = Appeal.objects.filter(
        submission=submission, state__in=(AppealState.DISMISSED, AppealState.INADMISSIBLE)
    )
    return rows.order_by("pk").values_list("answer_id", "decision_reason")
