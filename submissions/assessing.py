"""The assessors' acts: lines put on desks, marks saved, blocks handed in."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agencies.models import Membership, User, in_reach, with_roles
from agencies.persian import localised
from agencies.roles import Role, is_assessor, is_assigned
from cycles import batches
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Cycle
from cycles.workflow import Refused
from indicators.models import Axis
from submissions import actions, lowering, readings, totals
from submissions.models import (
    IN_WORK,
    Answer,
    Block,
    ExternalFactor,
    Mark,
    Reconciliation,
    Score,
    Submission,
    Verification,
)
from submissions.workflow import BLOCKS, MOVES, BlockState, SubmissionState


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
    """Put one axis of a submission on an assessor's desk, or move it there from another's before it is handed in.

    The marks made so far go with it. A second reading is on the desk of somebody else than the first.
    """
    _refuse_unfit(submission, assessor, at=at)
    if not submission.answers.filter(measure__indicator__axis=axis).not_stewarded().exists():
        raise Refused(_("Assessors mark no line of this axis; stewards supply what it asks for."))
    reading = {"reading": 2} if is_second else {}
    given = {"axis": axis, "assessor": assessor, **reading}
    [submission] = perform(MOVES, [submission], "assign", by=by, at=at, each={submission.pk: given}, seen=seen)
    if _verifies(assessor, submission, axis.pk):
        raise Refused(
            _("%(name)s verifies one of these lines at the source; marking them is for somebody else.")
            % {"name": assessor}
        )
    both = {b.is_second: b for b in Block.objects.select_for_update().filter(submission=submission, axis=axis)}
    block, other = both.get(is_second), both.get(not is_second)
    if other is not None and other.assessor_id == assessor.pk:
        raise Refused(
            _("%(name)s marks these lines already; the other reading is for somebody else.") % {"name": assessor}
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
    """Whether this person verifies a line of the axis at the source, and so may not mark it."""
    held = Verification.objects.filter(submission=submission, line__measure__indicator__axis=axis)
    return held.filter(assessor=assessor).exists()


def _refuse_unfit(submission: Submission, assessor: User, *, at: datetime) -> None:
    if not is_assessor(assessor, submission, at):
        raise Refused(
            _("%(name)s may not mark %(agency)s: the lines are for %(who)s.")
            % {"name": assessor, "agency": submission.agency, "who": is_assessor.label}
        )


class Shared(NamedTuple):
    """What was shared out: blocks, blocks moved from whoever may not mark them any longer, and lines drawn for a second
    assessor where nobody else may mark the agency."""

    blocks: int
    moved: int
    unread: int


@transaction.atomic
def assign_all(cycle: Cycle, *, by: User, at: datetime) -> Shared:
    """Share out every unassigned axis in the administrator's scope among those who may mark it, least loaded first.

    With them the lines that are drawn for a second assessor, who is always another than the first. What is on the desk
    of somebody who may not mark it any longer, for an interest declared since or a role ended, goes to another with the
    marks made so far.
    """
    # who is no administrator gets no smaller share of the work, but a refusal
    reach = in_reach(by, at, (Role.ADMINISTRATOR,)) if by.holds(Role.ADMINISTRATOR, at=at) else Q()
    submissions = list(
        Submission.objects.filter(reach, cycle=cycle, state__in=(*IN_WORK, SubmissionState.SUBMITTED))
        .select_related("agency", "cycle")
        .order_by("pk")
    )
    cycle = Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)  # two who share out at once draw by one seed
    cycle.draw_seed = cycle.draw_seed or secrets.token_hex(16)
    share = _Share(cycle, submissions, at)
    unread = 0
    for submission in submissions:
        for axis, lines in share.axes[submission.pk].items():
            share.first(submission, axis)
            unread += share.second(submission, axis, sorted(share.drawn.intersection(lines)))
    if share.facts:
        facts = {pk: {"axes": axes} for pk, axes in share.facts.items()}
        given = [s for s in submissions if s.pk in facts]
        perform(MOVES, given, "assign", by=by, at=at, each=facts, seed=cycle.draw_seed)
        cycle.save(update_fields=["draw_seed"])
        Block.objects.bulk_create(share.blocks, batch_size=1000)
        batches.write(share.moved, ["assessor"])
    return Shared(len(share.blocks), len(share.moved), unread)


class Pool:
    """The people there are of a role, who of them may work on an object, and how much is on each desk."""

    def __init__(
        self, at: datetime, role: Role = Role.ASSESSOR, may: Callable[[User, Any, datetime], bool] = is_assessor
    ) -> None:
        self.at, self.may = at, may
        ids = Membership.objects.filter(role=role).values("user")
        self.people = with_roles(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
        self.load: Counter[int] = Counter()
        self._fit: dict[int, list[User]] = {}

    def fit(self, obj: Any) -> list[User]:
        if obj.pk not in self._fit:
            self._fit[obj.pk] = [p for p in self.people if self.may(p, obj, self.at)]
        return self._fit[obj.pk]

    def take(self, fit: Iterable[User], lines: int) -> User:
        """The least loaded of these, with so many lines more from now on."""
        chosen = min(fit, key=lambda a: (self.load[a.pk], a.pk))
        self.load[chosen.pk] += lines
        return chosen


class _Share:
    """Who gets what when the work of a cycle is shared out: as few lines as may be on every desk."""

    def __init__(self, cycle: Cycle, submissions: list[Submission], at: datetime) -> None:
        self.pool, self.facts = Pool(at), dict[int, list[int]]()
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
        self.drawn = readings.drawn(cycle, ((pk, s, points) for pk, s, _axis, points in lines))
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
        """Who may mark the axis: whoever verifies one of its lines marks none of them."""
        return [a for a in self.pool.fit(submission) if (submission.pk, axis, a.pk) not in self.verified]

    def first(self, submission: Submission, axis: int) -> None:
        """Share out an axis that is on nobody's desk, or on that of somebody who may not mark it."""
        held, other = (self.held.get((submission.pk, axis, is_second)) for is_second in (False, True))
        fit = [a for a in self.fit(submission, axis) if other is None or a.pk != other.assessor_id]
        if held is not None and self._stays(held, fit):
            return
        if not fit:
            raise Refused(_("Nobody may mark %(agency)s.") % {"agency": submission.agency})
        if held is not None:
            self._move(held, fit, len(self.axes[submission.pk][axis]))
        else:
            self._put(submission, axis, fit, len(self.axes[submission.pk][axis]))

    def second(self, submission: Submission, axis: int, lines: list[int]) -> int:
        """Share out what is drawn of an axis while its first reading is open; how many lines nobody else may mark."""
        first, held = (self.held.get((submission.pk, axis, is_second)) for is_second in (False, True))
        assert first is not None  # `first` has seen to that
        fit = [a for a in self.fit(submission, axis) if a.pk != first.assessor_id]
        if held is not None:
            if not self._stays(held, fit) and fit:
                self._move(held, fit, len(held.drawn))
            return 0
        if not lines or first.state != BlockState.OPEN:
            return 0
        if not fit:
            return len(lines)
        self._put(submission, axis, fit, len(lines), is_second=True, drawn=lines)
        return 0

    def _stays(self, held: Block, fit: list[User]) -> bool:
        return held.state != BlockState.OPEN or any(a.pk == held.assessor_id for a in fit)

    def _move(self, held: Block, fit: list[User], lines: int) -> None:
        held.assessor = self.pool.take(fit, lines)
        self.moved.append(held)
        self.facts.setdefault(held.submission_id, []).append(held.axis_id)

    def _put(self, submission: Submission, axis: int, fit: list[User], lines: int, **second: Any) -> None:
        of = {"cycle_id": submission.cycle_id, "agency_id": submission.agency_id, "submission": submission}
        block = Block(**of, axis_id=axis, assessor=self.pool.take(fit, lines), **second)
        self.held[submission.pk, axis, block.is_second] = block
        self.blocks.append(block)
        if not block.is_second:
            self.facts.setdefault(submission.pk, []).append(axis)
        else:
            self.facts.setdefault(submission.pk, [])


@transaction.atomic
def save_marks(
    block: Block,
    marks: Mapping[int, Mapping[str, Any]],
    *,
    by: User,
    at: datetime,
    answers: Iterable[Answer] | None = None,
    also: Sequence[Block] = (),
    seen: Seen | None = None,
) -> list[Mark]:
    """Save marks on lines of a block: by answer key, `points` or `is_not_applicable`, and `reason`.

    Points lie between 0 and the ceiling; a mark that differs from the method's suggestion needs a reason. `answers`
    are lines of the block that are read already: what is signed does not change. `also` are other blocks of the same
    desk of which lines are marked; as many queries for a hundred as for one. `seen` is what the page showed of these
    lines: marks that were changed since raise `Changed`.
    """
    blocks = perform(BLOCKS, [block, *also], "mark", by=by, at=at, seen=seen)
    lines = _lines_of(blocks) if answers is None else {block.pk: answers}
    found = {a.pk: (a, block) for block in blocks for a in lines[block.pk] if a.pk in marks}
    if len(found) != len(marks):
        raise Refused(_("One of the lines does not belong to this block."))
    rows = [_mark(*found[pk], mark, by=by, at=at) for pk, mark in marks.items()]
    return Mark.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["answer", "block"],
        update_fields=["assessor", "points", "is_not_applicable", "reason", "marked_at"],
    )


def _lines_of(blocks: Sequence[Block]) -> dict[int, list[Answer]]:
    """The lines of these blocks of one desk, by the block's key, in the order of the page; one query."""
    firsts = {(b.submission_id, b.axis_id): b.pk for b in blocks if not b.is_second}
    drawn = {line: b.pk for b in blocks if b.is_second for line in b.drawn}
    rows = readings.on_desks(blocks).select_related("measure__indicator", "own", "submission")
    lines: dict[int, list[Answer]] = {b.pk: [] for b in blocks}
    for a in rows.order_by("measure__indicator__position", "measure__position", "pk"):
        lines[drawn.get(a.pk) or firsts[a.submission_id, a.measure.indicator.axis_id]].append(a)
    return lines


def _mark(answer: Answer, block: Block, mark: Mapping[str, Any], *, by: User, at: datetime) -> Mark:
    given = check(answer, mark, percent=block.cycle.reason_percent)
    return Mark(answer=answer, block=block, assessor=by, marked_at=at, **given)


def check(answer: Answer, mark: Mapping[str, Any], *, percent: int) -> dict[str, Any]:
    """What a mark gives a line: points or "not applicable", and a reason; refused where one of the three is wrong.

    `percent` of the ceiling is how far points may lie from the method's without a reason.
    """
    points, void, reason = mark.get("points"), bool(mark.get("is_not_applicable")), str(mark.get("reason") or "")
    ceiling = answer.measure.points
    if void == (points is not None):
        raise Refused(_("“%(line)s”: give points, or “not applicable”.") % {"line": answer})
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(
            _("“%(line)s”: points lie between 0 and %(ceiling)s.") % {"line": answer, "ceiling": localised(ceiling)}
        )
    agrees = answer.claims_not_applicable if points is None else is_near(points, answer, percent=percent)
    if not agrees and not reason.strip():
        raise Refused(_("“%(line)s”: a mark other than the method's needs a reason.") % {"line": answer})
    return {"points": points, "is_not_applicable": void, "reason": reason}


def is_near(points: Decimal, answer: Answer, *, percent: int) -> bool:
    """Whether points lie no further from the method's suggestion than so much of the ceiling."""
    suggested = suggestion(answer)
    return suggested is not None and abs(points - suggested) * 100 <= percent * answer.measure.points


def suggestion(answer: Answer) -> Decimal | None:
    """The points an agreeing assessor gives: the method's for the value, 0 for no answer."""
    if answer.claims_not_applicable:
        return None
    return answer.self_points if answer.value is not None else Decimal(0)


@transaction.atomic
def judge_factor(
    factor: ExternalFactor, *, verdict: str, reason: str, by: User, at: datetime, seen: Seen | None = None
) -> ExternalFactor:
    """Accept or reject an influence from outside, with a reason that the agency will read."""
    answer = factor.answer
    block = Block.objects.of_line(answer, by)
    if block is None:
        raise Refused(_("“%(move)s” is for %(who)s.") % {"move": BLOCKS["judge"].label, "who": is_assigned.label})
    if not reason.strip():
        raise Refused(_("Say why the factor is accepted or rejected."))
    facts = {"line": answer.pk, "factor": factor.pk, "verdict": verdict}
    perform(BLOCKS, [block], "judge", by=by, at=at, note=reason, each={block.pk: facts}, seen=seen)
    factor = ExternalFactor.objects.select_for_update(of=("self",)).select_related("answer").get(pk=factor.pk)
    if factor.withdrawn_at:
        raise Refused(_("This has been withdrawn already."))
    factor.verdict, factor.verdict_reason, factor.judged_by, factor.judged_at = verdict, reason, by, at
    factor.save(update_fields=["verdict", "verdict_reason", "judged_by", "judged_at"])
    return factor


@transaction.atomic
def hand_in(
    block: Block,
    *,
    hours: Decimal | None = None,
    by: User,
    at: datetime,
    also: Sequence[Block] = (),
    seen: Seen | None = None,
) -> Block:
    """Hand in a marked block; its marks become the agreed scores and count in its agency's totals at once.

    Lines that two assessors mark wait for the second of the two blocks; what was found at the source goes on top. The
    last block completes the submission. `hours` are those the assessor says it took. `also` are other blocks of the
    same desk that go with it, all or none: as many queries for a hundred as for one, but for what was found at the
    source.
    """
    blocks = [block, *also]
    others = _other_readings(blocks)
    marks: dict[int, dict[int, Mark]] = {}
    known = {*(b.pk for b in blocks), *(o.pk for o in others.values() if o.state == BlockState.HANDED_IN)}
    for m in Mark.objects.filter(block__in=known).select_related("answer__measure").order_by("pk"):
        marks.setdefault(m.block_id, {})[m.answer_id] = m
    lines = _lines_of(blocks)
    unmarked = {b: sum(1 for a in lines[b.pk] if a.pk not in marks.get(b.pk, {})) for b in blocks}
    said = _("%(count)s lines are not marked yet.")
    if missing := {b: said % {"count": localised(count)} for b, count in unmarked.items() if count}:
        raise Refused(missing)
    each = {b.pk: {"digest": _marks_digest(marks.get(b.pk, {}).values())} for b in blocks}
    blocks = perform(BLOCKS, blocks, "hand_in", by=by, at=at, each=each, hours=hours, seen=seen)
    scores, apart = list[Any](), list[Reconciliation]()
    for each_block in blocks:
        agreed, unlike = _agreed(each_block, others.get(each_block.pk), lines[each_block.pk], marks)
        scores += agreed
        apart += unlike
    Reconciliation.objects.bulk_create(apart)
    if scores:
        totals.put(scores, basis=Score.Basis.AGREED, by=by, at=at)
        scored = {line.submission_id for line, *_score in scores}
        submissions = list({b.submission_id: b.submission for b in blocks if b.submission_id in scored}.values())
        lowering.lower(submissions, [line.pk for line, *_score in scores], at=at)
        why = f"hand_in: {block.pk}" + (f" +{len(also)}" if also else "")
        totals.compute(submissions, why=why, by=by, at=at)
    actions.complete([b.submission for b in blocks], by=by, at=at)
    return next(b for b in blocks if b.pk == block.pk)


def _other_readings(blocks: Sequence[Block]) -> dict[int, Block]:
    """The other reading of each block's axis where there is one, by the block's key.

    Both readings are held, so that of two that are handed in at once the later one sees the earlier.
    """
    mine = Block.objects.filter(pk__in=[b.pk for b in blocks], submission=OuterRef("submission"), axis=OuterRef("axis"))
    of_axes = Block.objects.filter(Exists(mine), submission__in={b.submission_id for b in blocks}).order_by("pk")
    found = {(b.submission_id, b.axis_id, b.is_second): b for b in of_axes.select_for_update(of=("self",))}
    wanted = {b.pk: (b.submission_id, b.axis_id, not b.is_second) for b in blocks}
    return {pk: found[of] for pk, of in wanted.items() if of in found}


def _agreed(
    block: Block, other: Block | None, lines: Sequence[Answer], marks: Mapping[int, Mapping[int, Mark]]
) -> tuple[list[Any], list[Reconciliation]]:
    """What the marks of a block that is handed in come to: scores, and what two assessors have to reconcile."""
    marked = marks.get(block.pk, {})
    twice = set(block.drawn or (other.drawn if other else ()))
    scores: list[Any] = []
    for a in (a for a in lines if a.pk not in twice):
        mark = marked[a.pk]
        scores.append((a, *readings.outcome(a, mark.points, is_not_applicable=mark.is_not_applicable), mark.reason))
    if other is None or other.state != BlockState.HANDED_IN:
        return scores, []
    theirs = marks.get(other.pk, {})
    first, second = (theirs, marked) if block.is_second else (marked, theirs)
    pairs = ((a, first[a.pk], second[a.pk]) for a in lines if a.pk in twice)
    together, apart = readings.compare(pairs, block.cycle)
    return scores + together, apart


def marks_of(block: Block) -> dict[str, str]:
    """What a block's marks say, as one digest."""
    return {"marks": _marks_digest(Mark.objects.filter(block=block))}


def _marks_digest(marks: Iterable[Mark]) -> str:
    rows = [
        [m.answer_id, str(m.points), m.is_not_applicable, m.reason] for m in sorted(marks, key=lambda m: m.answer_id)
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
