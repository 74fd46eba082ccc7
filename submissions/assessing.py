"""The assessors' acts: lines put on desks, marks saved, blocks handed in."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Membership, User, in_reach, with_roles
from agencies.roles import Role, is_assessor, is_assigned
from agencies.text import localised
from cycles.actions import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Axis
from indicators.scoring import LineState
from submissions import totals
from submissions.models import IN_WORK, Answer, Block, ExternalFactor, Mark, Score, Submission
from submissions.workflow import BLOCKS, MOVES, BlockState, SubmissionState


@transaction.atomic
def assign(submission: Submission, *, axis: Axis, assessor: User, by: User, at: datetime) -> Block:
    """Put one axis of a submission on an assessor's desk, or move it there from another's before it is handed in."""
    _refuse_unfit(submission, assessor, at=at)
    [submission] = perform(MOVES, [submission], "assign", by=by, at=at, axis=axis, assessor=assessor)
    block = Block.objects.select_for_update().filter(submission=submission, axis=axis).first()
    if block is None:
        return Block.objects.create(
            cycle_id=submission.cycle_id,
            agency_id=submission.agency_id,
            submission=submission,
            axis=axis,
            assessor=assessor,
        )
    if block.state != BlockState.OPEN:
        raise Refused(_("These lines have been handed in already."))
    block.assessor = assessor
    block.save(update_fields=["assessor"])
    return block


def _refuse_unfit(submission: Submission, assessor: User, *, at: datetime) -> None:
    if not is_assessor(assessor, submission, at):
        raise Refused(
            _("%(name)s may not mark %(agency)s: the lines are for %(who)s.")
            % {"name": assessor, "agency": submission.agency, "who": is_assessor.label}
        )


@transaction.atomic
def assign_all(cycle: Cycle, *, by: User, at: datetime) -> int:
    """Share out every unassigned axis in the administrator's scope among those who may mark it, least loaded first."""
    # who is no administrator gets no smaller share of the work, but a refusal
    reach = in_reach(by, at, (Role.ADMINISTRATOR,)) if by.holds(Role.ADMINISTRATOR, at=at) else Q()
    submissions = list(
        Submission.objects.filter(reach, cycle=cycle, state__in=(*IN_WORK, SubmissionState.SUBMITTED))
        .select_related("agency", "cycle")
        .order_by("pk")
    )
    taken = set(Block.objects.filter(cycle=cycle).values_list("submission_id", "axis_id"))
    lines = (
        Answer.objects.filter(submission__in=submissions)
        .order_by("submission_id", "measure__indicator__axis_id")
        .values_list("submission_id", "measure__indicator__axis_id")
        .distinct()
    )
    axes: dict[int, list[int]] = {}
    for submission_id, axis_id in lines:
        if (submission_id, axis_id) not in taken:
            axes.setdefault(submission_id, []).append(axis_id)
    submissions = [s for s in submissions if s.pk in axes]
    if not submissions:
        return 0
    ids = Membership.objects.filter(role=Role.ASSESSOR).values("user")
    assessors = with_roles(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    load = Counter({a.pk: 0 for a in assessors})
    load.update(Block.objects.filter(cycle=cycle).values_list("assessor_id", flat=True))
    blocks = []
    for submission in submissions:
        fit = [a for a in assessors if is_assessor(a, submission, at)]
        if not fit:
            raise Refused(_("Nobody may mark %(agency)s.") % {"agency": submission.agency})
        for axis_id in axes[submission.pk]:
            chosen = min(fit, key=lambda a: (load[a.pk], a.pk))
            load[chosen.pk] += 1
            blocks.append(
                Block(
                    cycle_id=submission.cycle_id,
                    agency_id=submission.agency_id,
                    submission=submission,
                    axis_id=axis_id,
                    assessor=chosen,
                )
            )
    perform(MOVES, submissions, "assign", by=by, at=at, each={pk: {"axes": ids} for pk, ids in axes.items()})
    Block.objects.bulk_create(blocks, batch_size=1000)
    return len(blocks)


@transaction.atomic
def save_marks(block: Block, marks: Mapping[int, Mapping[str, Any]], *, by: User, at: datetime) -> list[Mark]:
    """Save marks on lines of a block: by answer key, `points` or `is_not_applicable`, and `reason`.

    Points lie between 0 and the ceiling; a mark that differs from the method's suggestion needs a reason.
    """
    [block] = perform(BLOCKS, [block], "mark", by=by, at=at)
    answers = {a.pk: a for a in _lines_of(block) if a.pk in marks}
    if len(answers) != len(marks):
        raise Refused(_("One of the lines does not belong to this block."))
    rows = [_mark(answers[pk], mark, by=by, at=at) for pk, mark in marks.items()]
    return Mark.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["answer", "assessor"],
        update_fields=["points", "is_not_applicable", "reason", "marked_at"],
    )


def _lines_of(block: Block) -> list[Answer]:
    of_block = Answer.objects.filter(submission=block.submission_id, measure__indicator__axis=block.axis_id)
    return list(
        of_block.select_related("measure", "own").order_by("measure__indicator__position", "measure__position", "pk")
    )


def _mark(answer: Answer, mark: Mapping[str, Any], *, by: User, at: datetime) -> Mark:
    points, void, reason = mark.get("points"), bool(mark.get("is_not_applicable")), str(mark.get("reason") or "")
    ceiling = answer.measure.points
    if void == (points is not None):
        raise Refused(_("“%(line)s”: give points, or “not applicable”.") % {"line": answer})
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(
            _("“%(line)s”: points lie between 0 and %(ceiling)s.") % {"line": answer, "ceiling": localised(ceiling)}
        )
    agrees = answer.claims_not_applicable if void else points == suggestion(answer)
    if not agrees and not answer.measure.is_stewarded and not reason.strip():
        raise Refused(_("“%(line)s”: a mark other than the method's needs a reason.") % {"line": answer})
    return Mark(answer=answer, assessor=by, points=points, is_not_applicable=void, reason=reason, marked_at=at)


def suggestion(answer: Answer) -> Decimal | None:
    """The points an agreeing assessor gives: the method's for the value, 0 for no answer, none for a steward's line."""
    if answer.measure.is_stewarded or answer.claims_not_applicable:
        return None
    return answer.self_points if answer.value is not None else Decimal(0)


@transaction.atomic
def judge_factor(factor: ExternalFactor, *, verdict: str, reason: str, by: User, at: datetime) -> ExternalFactor:
    """Accept or reject an influence from outside, with a reason that the agency will read."""
    answer = factor.answer
    block = Block.objects.filter(submission=answer.submission_id, axis=answer.measure.indicator.axis_id).first()
    if block is None:
        raise Refused(_("“%(move)s” is for %(who)s.") % {"move": BLOCKS["judge"].label, "who": is_assigned.label})
    if not reason.strip():
        raise Refused(_("Say why the factor is accepted or rejected."))
    perform(BLOCKS, [block], "judge", by=by, at=at, note=reason, line=answer.pk, factor=factor.pk, verdict=verdict)
    factor = ExternalFactor.objects.select_for_update(of=("self",)).select_related("answer").get(pk=factor.pk)
    if factor.withdrawn_at:
        raise Refused(_("This has been withdrawn already."))
    factor.verdict, factor.verdict_reason, factor.judged_by, factor.judged_at = verdict, reason, by, at
    factor.save(update_fields=["verdict", "verdict_reason", "judged_by", "judged_at"])
    return factor


@transaction.atomic
def hand_in(block: Block, *, by: User, at: datetime) -> Block:
    """Hand in a marked block; its marks become the agreed scores and count in its agency's totals at once.

    The last block completes the submission.
    """
    marks = Mark.objects.filter(
        answer__submission=block.submission_id, answer__measure__indicator__axis=block.axis_id, assessor=by
    ).select_related("answer__measure")
    marked = {m.answer_id: m for m in marks}
    lines = _lines_of(block)
    if missing := sum(1 for a in lines if a.pk not in marked):
        raise Refused(_("%(count)s lines are not marked yet.") % {"count": localised(missing)})
    [block] = perform(BLOCKS, [block], "hand_in", by=by, at=at, digest=_marks_digest(marked.values()))
    totals.put(
        ((a, *_outcome(a, marked[a.pk]), marked[a.pk].reason) for a in lines),
        basis=Score.Basis.AGREED,
        by=by,
        at=at,
    )
    totals.compute([block.submission], why=f"hand_in: {block.pk}", by=by, at=at)
    if not Answer.objects.filter(submission=block.submission_id).unscored().exists():
        perform(MOVES, [block.submission], "complete", by=by, at=at)
    return block


def _outcome(answer: Answer, mark: Mark) -> tuple[LineState, Decimal | None]:
    if mark.is_not_applicable:
        return LineState.NOT_APPLICABLE, None
    unanswered = answer.value is None and not answer.claims_not_applicable and not answer.measure.is_stewarded
    if unanswered and mark.points == 0:
        return LineState.NOT_ANSWERED, None
    return LineState.SCORED, mark.points


def _marks_digest(marks: Iterable[Mark]) -> str:
    rows = [
        [m.answer_id, str(m.points), m.is_not_applicable, m.reason] for m in sorted(marks, key=lambda m: m.answer_id)
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
