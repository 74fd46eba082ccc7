"""Give blocks to assessors, one by one or all at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User, in_reach
from agencies.roles import Role
from cycles.clashes import Seen
from cycles.engine import batches
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Axis
from submissions.marking import double_marking
from submissions.models import (
    IN_WORK,
    Answer,
    Block,
    Submission,
    Verification,
)
from submissions.permissions import is_assessor
from submissions.workflow import MOVES, BlockState, SubmissionState
from submissions.workload import Pool


@transaction.atomic
def assign(
    submission: Submission,
    *,
    axis: Axis,
    assessor: User,
    is_second: bool = False,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Block:
    """Put one axis of a submission on an assessor's desk, or move it there from another's before it
    is handed in.

    The marks made so far go with it. A second marking is on the desk of somebody else than the
    first.
    """
    _refuse_unfit(submission, assessor, at=at)
    if not submission.answers.filter(measure__indicator__axis=axis).not_stewarded().exists():
        raise Refused(_("Assessors mark no line of this axis; stewards supply what it asks for."))
    params: dict[str, object] = {"axis": axis, "assessor": assessor}
    if is_second:
        params["reading"] = 2
    [submission] = perform(
        MOVES, [submission], "assign", by=by, at=at, params_by_pk={submission.pk: params}, seen=seen
    )
    if _verifies(assessor, submission, axis.pk):
        raise Refused(
            _(
                "%(name)s verifies one of these lines at the source; marking them is for "
                "somebody else."
            )
            % {"name": assessor}
        )
    both = {
        b.is_second: b
        for b in locked(Block.objects.filter(submission=submission, axis=axis), with_keys=True)
    }
    block, other = both.get(is_second), both.get(not is_second)
    if other is not None and other.assessor_id == assessor.pk:
        raise Refused(
            _("%(name)s marks these lines already; the other reading is for somebody else.")
            % {"name": assessor}
        )
    if block is None and is_second:
        raise Refused(_("No line of this axis is drawn for a second assessor."))
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


def _verifies(assessor: User, submission: Submission, axis: int) -> bool:
    """Say whether this person verifies a line of the axis at the source, and so may not mark it."""
    held = Verification.objects.filter(submission=submission, line__measure__indicator__axis=axis)
    return held.filter(assessor=assessor).exists()


def _refuse_unfit(submission: Submission, assessor: User, *, at: datetime) -> None:
    if not is_assessor(assessor, submission, at):
        raise Refused(
            _("%(name)s may not mark %(agency)s: the lines are for %(who)s.")
            % {"name": assessor, "agency": submission.agency, "who": is_assessor.label}
        )


class ShareOutCount(NamedTuple):
    """How many blocks were shared out, how many of them moved from whoever may not mark them any
    longer, and how many lines for a second assessor nobody else may mark.
    """

    blocks: int
    moved: int
    unread: int


@transaction.atomic
def assign_all(cycle: Cycle, *, by: User, at: datetime) -> ShareOutCount:
    """Share out every unassigned axis in the administrator's scope among those who may mark it,
    least loaded first.

    With them the lines that are drawn for a second assessor, who is always another than the first.
    What is on the desk of somebody who may not mark it any longer, for an interest declared since
    or a role ended, goes to another with the marks made so far.
    """
    # who is no administrator gets no smaller share of the work, but a refusal
    reach = in_reach(by, at, (Role.ADMINISTRATOR,)) if by.holds(Role.ADMINISTRATOR, at=at) else Q()
    submissions = list(
        Submission.objects.filter(
            reach, cycle=cycle, state__in=(*IN_WORK, SubmissionState.SUBMITTED)
        )
        .select_related("agency", "cycle")
        .order_by("pk")
    )
    cycle = locked(Cycle.objects.all()).get(
        pk=cycle.pk
    )  # two who share out at once draw by one seed
    cycle.draw_seed = cycle.draw_seed or secrets.token_hex(16)
    distribution = _Distribution(cycle, submissions, at)
    unread = 0
    for submission in submissions:
        for axis, lines in distribution.axes[submission.pk].items():
            distribution.share_first_marking(submission, axis)
            unread += distribution.share_second_marking(
                submission, axis, sorted(distribution.sampled.intersection(lines))
            )
    if distribution.changed_axes:
        params = {pk: {"axes": axes} for pk, axes in distribution.changed_axes.items()}
        changed = [s for s in submissions if s.pk in params]
        perform(MOVES, changed, "assign", by=by, at=at, params_by_pk=params, seed=cycle.draw_seed)
        cycle.save(update_fields=["draw_seed"])
        Block.objects.bulk_create(distribution.blocks, batch_size=1000)
        batches.write(distribution.moved, ["assessor"])
    return ShareOutCount(len(distribution.blocks), len(distribution.moved), unread)


class _Distribution:
    """Shares out the work of a cycle: as few lines as may be on every desk."""

    def __init__(self, cycle: Cycle, submissions: list[Submission], at: datetime) -> None:
        self.pool = Pool(at)
        self.changed_axes = dict[int, list[int]]()
        """The axes that went to a desk, by submission's key."""
        self.blocks, self.moved = list[Block](), list[Block]()
        lines = list(
            Answer.objects.filter(submission__in=submissions)
            .not_stewarded()
            .order_by("submission_id", "measure__indicator__axis_id", "pk")
            .values_list("pk", "submission_id", "measure__indicator__axis_id", "measure__points")
        )
        self.axes: dict[int, dict[int, list[int]]] = {s.pk: {} for s in submissions}
        for pk, submission, axis, _points in lines:
            self.axes[submission].setdefault(axis, []).append(pk)
        self.sampled = double_marking.sampled_lines(
            cycle, ((pk, s, points) for pk, s, _axis, points in lines)
        )
        held = list(Block.objects.filter(cycle=cycle, submission__participation__ended_by=None))
        self.held = {(b.submission_id, b.axis_id, b.is_second): b for b in held}
        for b in held:
            self.pool.load[b.assessor_id] += len(
                b.drawn if b.is_second else self.axes.get(b.submission_id, {}).get(b.axis_id, ())
            )
        of_axis = Verification.objects.filter(cycle=cycle).values_list(
            "submission_id", "line__measure__indicator__axis_id", "assessor_id"
        )
        self.verified = set(of_axis)

    def fit(self, submission: Submission, axis: int) -> list[User]:
        """Find who may mark the axis: whoever verifies one of its lines marks none of them."""
        return [
            a for a in self.pool.fit(submission) if (submission.pk, axis, a.pk) not in self.verified
        ]

    def share_first_marking(self, submission: Submission, axis: int) -> None:
        """Share out an axis that is on nobody's desk, or on that of somebody
        who may not mark it.
        """
        held, other = (
            self.held.get((submission.pk, axis, is_second)) for is_second in (False, True)
        )
        fit = [a for a in self.fit(submission, axis) if other is None or a.pk != other.assessor_id]
        if held is not None and self._stays(held, fit):
            return
        if not fit:
            raise Refused(_("Nobody may mark %(agency)s.") % {"agency": submission.agency})
        if held is not None:
            self._move(held, fit, len(self.axes[submission.pk][axis]))
        else:
            self._give_block(submission, axis, fit, len(self.axes[submission.pk][axis]))

    def share_second_marking(self, submission: Submission, axis: int, lines: list[int]) -> int:
        """Share out what is drawn of an axis while its first marking is open; count the lines
        that nobody else may mark.
        """
        first, held = (
            self.held.get((submission.pk, axis, is_second)) for is_second in (False, True)
        )
        assert first is not None  # `share_first_marking` has seen to that
        fit = [a for a in self.fit(submission, axis) if a.pk != first.assessor_id]
        if held is not None:
            if not self._stays(held, fit) and fit:
                self._move(held, fit, len(held.drawn))
            return 0
        if not lines or first.state != BlockState.OPEN:
            return 0
        if not fit:
            return len(lines)
        self._give_block(submission, axis, fit, len(lines), sampled=lines)
        return 0

    def _stays(self, held: Block, fit: list[User]) -> bool:
        return held.state != BlockState.OPEN or any(a.pk == held.assessor_id for a in fit)

    def _move(self, held: Block, fit: list[User], lines: int) -> None:
        held.assessor = self.pool.take(fit, lines)
        self.moved.append(held)
        self.changed_axes.setdefault(held.submission_id, []).append(held.axis_id)

    def _give_block(
        self,
        submission: Submission,
        axis: int,
        fit: list[User],
        line_count: int,
        sampled: Sequence[int] = (),
    ) -> None:
        """Put an axis on the desk of one who may mark it; of a second marking the sampled lines."""
        block = Block(
            cycle_id=submission.cycle_id,
            agency_id=submission.agency_id,
            submission=submission,
            axis_id=axis,
            assessor=self.pool.take(fit, line_count),
            is_second=bool(sampled),
            drawn=list(sampled),
        )
        self.held[submission.pk, axis, block.is_second] = block
        self.blocks.append(block)
        if not block.is_second:
            self.changed_axes.setdefault(submission.pk, []).append(axis)
        else:
            self.changed_axes.setdefault(submission.pk, [])
