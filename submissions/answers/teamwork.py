"""What colleagues do about lines: who fills which, what is ready, comments, influences from
outside.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Membership, User
from agencies.roles import AGENCY_ROLES
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from indicators.models import Axis
from submissions import completeness
from submissions.models import Answer, Evidence, ExternalFactor, LineComment, Submission
from submissions.workflow import MOVES


def colleagues(submission: Submission, at: datetime) -> QuerySet[User]:
    """Find the people of the agency to whom lines may be given."""
    held = Membership.objects.filter(agency=submission.agency_id, role__in=AGENCY_ROLES).in_force(
        at
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by(
        "name_fa", "username", "pk"
    )


@transaction.atomic
def share_out(
    submission: Submission,
    *,
    assignee: User | None,
    axis: Axis,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> int:
    """Give the lines of an axis to a colleague, or to nobody; answers with how many."""
    perform(MOVES, [submission], "answer", by=by, at=at, seen=seen)
    if assignee is not None and not colleagues(submission, at).filter(pk=assignee.pk).exists():
        raise Refused(_("Lines can be given to people of the agency only."))
    rows = Answer.objects.filter(submission=submission, measure__indicator__axis=axis)
    return rows.not_stewarded().update(assignee=assignee)


@transaction.atomic
def mark_ready(answer: Answer, *, is_ready: bool, by: User, at: datetime) -> Answer:
    """Say that a line is ready to be signed, or that it is not; changing it afterwards takes that
    back.
    """
    [submission] = perform(MOVES, [answer.submission], "answer", by=by, at=at)
    answer = _of(submission, answer)
    if is_ready and answer.lacking:
        lacking = ", ".join(str(completeness.Lack(code).label) for code in answer.lacking)
        raise Refused(_("The line is not complete: %(lacking)s.") % {"lacking": lacking})
    answer.ready_at = at if is_ready else None
    answer.save(update_fields=["ready_at"])
    return answer


def _of(submission: Submission, answer: Answer) -> Answer:
    """Read the line afresh, under the lock of its submission."""
    return Answer.objects.for_page().get(pk=answer.pk, submission=submission)


@transaction.atomic
def comment(answer: Answer, *, text: str, by: User, at: datetime) -> LineComment:
    """Tell colleagues and the headquarters something about a line; no part of what is signed."""
    perform(MOVES, [answer.submission], "comment", by=by, at=at)
    return LineComment.objects.create(answer=answer, text=text, by=by, written_at=at)


@transaction.atomic
def claim_factor(
    answer: Answer,
    *,
    kind: str,
    text: str,
    evidence: Evidence | None = None,
    by: User,
    at: datetime,
) -> ExternalFactor:
    """Name an influence from outside, with one of the line's files that shows it."""
    [submission] = perform(MOVES, [answer.submission], "answer", by=by, at=at)
    answer = _of(submission, answer)
    if evidence is not None and (evidence.answer_id != answer.pk or evidence.withdrawn_at):
        raise Refused(_("Choose one of the files of this line."))
    factor = ExternalFactor.objects.create(
        answer=answer, kind=kind, text=text, evidence=evidence, claimed_by=by, claimed_at=at
    )
    completeness.recount(submission.cycle, [answer])
    return factor


@transaction.atomic
def withdraw_factor(factor: ExternalFactor, *, by: User, at: datetime) -> ExternalFactor:
    """Withdraw what was named as an influence from outside; it stays on record."""
    [submission] = perform(MOVES, [factor.answer.submission], "answer", by=by, at=at)
    factor = locked(ExternalFactor.objects.select_related("answer"), with_keys=True).get(
        pk=factor.pk
    )
    if factor.withdrawn_at:
        raise Refused(_("This has been withdrawn already."))
    factor.withdrawn_at = at
    factor.save(update_fields=["withdrawn_at"])
    completeness.recount(submission.cycle, [factor.answer])
    return factor
