"""How a rehearsed year's agencies appeal, how their appeals are heard, and
in which ways they end.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial

from agencies.models import User
from appeals.drafting import actions as drafting
from appeals.hearing import actions as hearing
from appeals.hearing import decision
from appeals.models import Appeal
from config.rehearsal import values
from config.rehearsal.walk import Walk
from cycles.calendar import Phase
from festival.results import actions as results
from submissions.models import Answer, Submission
from submissions.workflow import SubmissionState

ENDINGS = ("uphold", "dismiss", "uphold_partly", "dismiss", "declare_inadmissible")


def appeal_all(walk: Walk) -> None:
    """Have every fourth agency appeal two lines on which it lost points; filing late or by staff is
    refused.
    """
    scored = Submission.objects.filter(cycle=walk.cycle, state=SubmissionState.COMMUNICATED)
    for number, submission in enumerate(
        scored.exclude(pk__in=walk.twins).select_related("agency").order_by("pk")
    ):
        if number % 4:
            continue
        lines = Answer.objects.filter(
            submission=submission, value__isnull=False, measure__method="linear"
        )
        staff, head = walk.cast.staff[submission.agency_id], walk.cast.heads[submission.agency_id]
        at, late = (
            walk.within(Phase.APPEAL, 0.3, submission.agency),
            walk.within(Phase.APPEAL, 1, submission.agency),
        )
        rows = lines.select_related("measure", "submission", "own").order_by("pk")
        lost = [answer for answer in rows if values.has_lost_points(answer)][:2]
        drafted = [
            drafting.save_draft(answer, fields=values.appeal_fields(answer), by=staff, at=at)
            for answer in lost
        ]
        if drafted:
            walk.require_refusal(
                "filed on the stroke", partial(drafting.file, drafted, by=head, at=late)
            )
            walk.require_refusal("staff file", partial(drafting.file, drafted, by=staff, at=at))
            walk.count_acts(1 + len(drafting.file(drafted, by=head, at=at)))


def decide_all(walk: Walk) -> None:
    """Share appeals out to reviewers, ask about the first, and end them in every way."""
    filed = list(_undecided_appeals(walk))
    if not filed:
        return
    first = filed[0]
    at = walk.within(Phase.APPEAL_REVIEW, 0.1, first.agency)
    opened = max(walk.within(Phase.APPEAL_REVIEW, 0.1, a.agency) for a in filed)
    walk.count_acts(hearing.share_out(walk.cycle, by=None, at=opened).given)
    filed = list(_undecided_appeals(walk))
    first = filed[0]
    question = "کدام بخش از پیوست، مقدار پیشنهادی را نشان می‌دهد؟"
    asked = hearing.ask(first, question=question, agency=True, by=_reviewer(walk, first), at=at)
    walk.require_refusal(
        "decided while a question is open", lambda: _decide(walk, first, "dismiss", at=at)
    )
    hearing.reply(asked, text="صفحهٔ سوم پیوست نخست.", by=walk.cast.staff[first.agency_id], at=at)
    walk.count_acts(2)
    at = walk.within(Phase.APPEAL_REVIEW, 0.2, first.agency)
    marker = User.objects.get(pk=first.answer.marks.get(block__is_second=False).assessor_id)
    walk.require_refusal(
        "the marker decides", lambda: _decide(walk, first, "dismiss", at=at, by=marker)
    )
    early = walk.within(Phase.FINAL, 0)
    walk.require_refusal(
        "final with open appeals",
        lambda: results.finalise(walk.cycle, by=walk.cast.administrator, at=early),
    )
    for number, appeal in sorted(enumerate(filed), key=lambda pair: _decision_share(pair[0])):
        name = ENDINGS[number % len(ENDINGS)]
        at = walk.within(Phase.APPEAL_REVIEW, _decision_share(number), appeal.agency)
        if walk.is_due(at):
            _decide(walk, appeal, name, at=at)
            walk.count_acts(2 if name.startswith("uphold") else 1)


def _decision_share(number: int) -> float:
    """Tell what part of its review is over when an appeal is decided; half-way, every third still
    waits.
    """
    return 0.7 if number % 3 == 0 else 0.3


def _undecided_appeals(walk: Walk) -> Iterator[Appeal]:
    rows = Appeal.objects.filter(cycle=walk.cycle).undecided().order_by("pk")
    return iter(rows.select_related("agency", "answer__measure"))


def _reviewer(walk: Walk, appeal: Appeal) -> User:
    reviewers: list[User] = walk.cast.reviewers
    return next(r for r in reviewers if r.pk == appeal.reviewer_id)


def _decide(walk: Walk, appeal: Appeal, name: str, *, at: datetime, by: User | None = None) -> None:
    awarded = None
    if name == "uphold_partly":
        before = appeal.points_before or Decimal(0)
        awarded = ((before + (appeal.proposed_points or before)) / 2).quantize(
            Decimal("0.0000000001")
        )
    reason = "پس از بررسی مستندات و روش محاسبه تصمیم گرفته شد."
    by = by or _reviewer(walk, appeal)
    decision.decide(appeal, name, reason=reason, awarded=awarded, by=by, at=at)
