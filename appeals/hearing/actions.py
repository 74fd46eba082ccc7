"""Who hears an appeal, and what is asked in the hearing: sharing out, handing over, questions and
their replies.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User, in_reach
from agencies.roles import Role
from appeals import evidence
from appeals.models import Appeal, Question, with_handlers
from appeals.permissions import is_reviewer, may_review
from appeals.workflow import APPEALS, QUESTIONS, AppealState
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine import batches
from cycles.engine.perform import perform
from cycles.models import Cycle, Window
from cycles.workflow import Refused
from submissions.models import Answer, Description
from submissions.scoring import contributors
from submissions.workload import Pool


class ShareOutCount(NamedTuple):
    """How many appeals were given to a reviewer, how many of them taken from one who may not hear
    them any longer, and how many nobody may hear.
    """

    given: int
    moved: int
    unfit: int


@transaction.atomic
def share_out(cycle: Cycle, *, by: User | None, at: datetime) -> ShareOutCount:
    """Give every appeal whose review has opened to a reviewer: impartial, in scope, the least
    loaded.

    An appeal stays where it is unless its reviewer may not hear it any longer, for an interest
    declared since or a role ended. Safe to repeat.
    """
    # who is no administrator gives out no smaller share, but is refused
    reach = (
        in_reach(by, at, (Role.ADMINISTRATOR,))
        if by and by.holds(Role.ADMINISTRATOR, at=at)
        else Q()
    )
    rows = (
        Appeal.objects.undecided()
        .filter(reach, cycle=cycle)
        .select_related("agency", "cycle")
        .order_by("pk")
    )
    waiting = list(locked(rows))
    windows = Window.objects.concerning(waiting)
    opened = [a for a in waiting if not windows.why_closed(Phase.APPEAL_REVIEW, a, at)]
    pool = Pool(at, Role.REVIEWER, may_review)
    held = (
        Appeal.objects.undecided()
        .filter(reviewer__isnull=False)
        .order_by()
        .values_list("reviewer", flat=True)
    )
    pool.load = Counter(held)
    chosen: dict[int, User] = {}
    moved = unfit = 0
    for appeal in with_handlers(opened):
        fit = pool.fit(appeal)
        if any(p.pk == appeal.reviewer_id for p in fit):
            continue
        if not fit:
            unfit += 1
            continue
        moved += appeal.reviewer_id is not None
        chosen[appeal.pk] = pool.take(fit, 1)
    _assign(chosen, by=by, at=at)
    return ShareOutCount(len(chosen), moved, unfit)


def _assign(
    chosen: dict[int, User], *, by: User | None, at: datetime, seen: Seen | None = None
) -> list[Appeal]:
    if not chosen:
        return []
    params = {pk: {"reviewer": reviewer} for pk, reviewer in chosen.items()}
    appeals = Appeal.objects.filter(pk__in=chosen)
    assigned = perform(APPEALS, appeals, "assign", by=by, at=at, params_by_pk=params, seen=seen)
    for appeal in assigned:
        appeal.reviewer, appeal.assigned_at = chosen[appeal.pk], at
    batches.write(assigned, ["reviewer", "assigned_at"])
    return assigned


@transaction.atomic
def hand_over(
    appeal: Appeal, *, reviewer: User, by: User, at: datetime, seen: Seen | None = None
) -> Appeal:
    """Give an appeal to another reviewer, with all that was asked and answered so far."""
    [appeal] = _assign({appeal.pk: reviewer}, by=by, at=at, seen=seen)
    if not may_review(reviewer, appeal, at):
        raise Refused(
            _("%(name)s may not hear this appeal: it is for %(who)s.")
            % {"name": reviewer, "who": is_reviewer.label}
        )
    return appeal


def fit_for(appeal: Appeal, at: datetime) -> Sequence[User]:
    """Find who may hear an appeal: impartial reviewers in scope who had no part in the score."""
    return Pool(at, Role.REVIEWER, may_review).fit(appeal)


# --- Questions ----------------------------------------------------------------------------------


def giver_of(answer: Answer) -> User | None:
    """Find whoever gave the line its score before any appeal, and can say why."""
    line = Answer.objects.filter(pk=answer.pk)
    return User.objects.filter(pk__in=line.order_by().values_list(contributors.giver("pk"))).first()


@transaction.atomic
def ask(appeal: Appeal, *, question: str, agency: bool, by: User, at: datetime) -> Question:
    """Ask the agency about its appeal, or whoever gave the score; the cycle's rule says how many
    days there are.
    """
    question = question.strip()
    if not question:
        raise Refused(_("Write the question."))
    appeal = locked(Appeal.objects.select_related("cycle")).get(pk=appeal.pk)
    addressee = None if agency else giver_of(Answer(pk=appeal.answer_id))
    if not agency and addressee is None:
        raise Refused(_("Nobody gave this line a score who could be asked."))
    due_at = at + timedelta(hours=24 * appeal.cycle.clarification_days)
    asked = Question.objects.create(
        cycle_id=appeal.cycle_id,
        agency_id=appeal.agency_id,
        appeal=appeal,
        question=question,
        addressee=addressee,
        asked_by=by,
        asked_at=at,
        due_at=due_at,
    )
    move = "ask" if agency else "consult"
    [asked] = perform(
        QUESTIONS, [asked], move, by=by, at=at, note=question, until=due_at, appeal=appeal.pk
    )
    if appeal.state != AppealState.FILED:
        raise Refused(_("The appeal is decided or withdrawn; there is nothing to ask any more."))
    return asked


@transaction.atomic
def reply(
    question: Question,
    *,
    text: str,
    upload: File | None = None,
    description: Description | None = None,
    by: User,
    at: datetime,
) -> Question:
    """Reply to a reviewer, once, until the appeal is decided; the agency may show a file with its
    reply.
    """
    text = text.strip()
    if not text:
        raise Refused(_("Write the reply."))
    appeal = locked(Appeal.objects.select_related("agency", "cycle")).get(pk=question.appeal_id)
    params: dict[str, object] = {"text": text, "writer": by}
    name = digest = ""
    if upload and question.addressee_id is None:
        name, digest = evidence.check_file(upload, by=by)
        params |= {"file": name, "sha256": digest}
    move = "reply" if question.addressee_id is None else "explain"
    [question] = perform(
        QUESTIONS, [question], move, by=by, at=at, note=text, params_by_pk={question.pk: params}
    )
    if appeal.state != AppealState.FILED:
        raise Refused(
            _("The appeal is decided or withdrawn; there is nothing to reply to any more.")
        )
    if upload and name:
        evidence.keep(
            appeal, upload, name, digest, description=description, question=question, by=by, at=at
        )
    return question
