"""The assessors' acts: lines put on desks, marks saved, blocks handed in."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from agencies.postgres_arrays import array
from agencies.statements import Statement, keys_slot
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.marking import double_marking
from submissions.marking.rules import check_mark
from submissions.models import (
    Answer,
    Block,
    ExternalFactor,
    Mark,
    Reconciliation,
    Score,
    Submission,
)
from submissions.permissions import is_assigned
from submissions.scoring import actions as scoring
from submissions.scoring import totals, verification_effect
from submissions.scoring.totals import LineScore
from submissions.workflow import BLOCKS, BlockState


@transaction.atomic
def save_marks(
    block: Block,
    marks: Mapping[int, Mapping[str, object]],
    *,
    by: User,
    at: datetime,
    answers: Iterable[Answer] | None = None,
    also: Sequence[Block] = (),
    seen: Seen | None = None,
) -> list[Mark]:
    """Save marks on lines of a block: by answer key, `points` or `is_not_applicable`, and `reason`.

    Points lie between 0 and the ceiling; a mark that differs from the method's suggestion needs a
    reason. `answers` are lines of the block that are read already: what is signed does not change.
    `also` are other blocks of the same desk of which lines are marked; as many queries for a
    hundred as for one. `seen` is what the page showed of these lines: marks that were changed since
    raise `Changed`.
    """
    blocks = perform(BLOCKS, [block, *also], "mark", by=by, at=at, seen=seen)
    lines = _lines_of(blocks) if answers is None else {block.pk: answers}
    found: dict[int, tuple[Answer, Block]] = {}
    for held in blocks:
        found |= {a.pk: (a, held) for a in lines[held.pk] if a.pk in marks}
    if len(found) != len(marks):
        raise Refused(_("One of the lines does not belong to this block."))
    rows = [_mark(*found[pk], mark, by=by, at=at) for pk, mark in marks.items()]
    _store(rows, by=by, at=at)
    return rows


_STORE = """
    INSERT INTO submissions_mark
        (answer_id, block_id, points, is_not_applicable, reason, assessor_id, marked_at)
    SELECT line, block, points, is_not_applicable, reason, %(by)s, %(at)s
    FROM unnest(%(lines)s::bigint[], %(blocks)s::bigint[], %(points)s::numeric[],
                %(voids)s::boolean[], %(reasons)s::text[])
            AS row (line, block, points, is_not_applicable, reason)
    ON CONFLICT (answer_id, block_id) DO UPDATE SET
        assessor_id = excluded.assessor_id, points = excluded.points,
        is_not_applicable = excluded.is_not_applicable, reason = excluded.reason,
        marked_at = excluded.marked_at
    RETURNING answer_id, id
"""


def _store(marks: Sequence[Mark], *, by: User, at: datetime) -> None:
    """Write marks, each in place of an earlier one on its line in its block; one statement."""
    given: dict[str, str | int | datetime] = {
        "by": by.pk,
        "at": at,
        "lines": array(mark.answer_id for mark in marks),
        "blocks": array(mark.block_id for mark in marks),
        "points": array(mark.points for mark in marks),
        "voids": array(mark.is_not_applicable for mark in marks),
        "reasons": array(mark.reason for mark in marks),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        keys = dict(cursor.fetchall())
    for mark in marks:
        mark.pk = keys[mark.answer_id]


def _lines_of(blocks: Sequence[Block]) -> dict[int, list[Answer]]:
    """Find the lines of these blocks of one desk, by the block's key, in the order of the page.

    One query.
    """
    firsts = {(b.submission_id, b.axis_id): b.pk for b in blocks if not b.is_second}
    second: dict[int, int] = {}
    for block in blocks:
        if block.is_second:
            second |= dict.fromkeys(block.drawn, block.pk)
    lines: dict[int, list[Answer]] = {b.pk: [] for b in blocks}
    for a in double_marking.lines_on_desks(blocks):
        lines[second.get(a.pk) or firsts[a.submission_id, a.measure.indicator.axis_id]].append(a)
    return lines


def _mark(
    answer: Answer, block: Block, typed: Mapping[str, object], *, by: User, at: datetime
) -> Mark:
    mark = check_mark(answer, typed, percent=block.cycle.reason_percent)
    return Mark(
        answer=answer,
        block=block,
        assessor=by,
        marked_at=at,
        points=mark["points"],
        is_not_applicable=mark["is_not_applicable"],
        reason=mark["reason"],
    )


@transaction.atomic
def judge_factor(
    factor: ExternalFactor,
    *,
    verdict: str,
    reason: str,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> ExternalFactor:
    """Accept or reject an influence from outside, with a reason that the agency will read."""
    answer = factor.answer
    block = Block.objects.of_line(answer, by)
    if block is None:
        raise Refused(
            _("“%(move)s” is for %(who)s.")
            % {"move": BLOCKS["judge"].label, "who": is_assigned.label}
        )
    if not reason.strip():
        raise Refused(_("Say why the factor is accepted or rejected."))
    params = {"line": answer.pk, "factor": factor.pk, "verdict": verdict}
    perform(
        BLOCKS,
        [block],
        "judge",
        by=by,
        at=at,
        note=reason,
        params_by_pk={block.pk: params},
        seen=seen,
    )
    factor = locked(ExternalFactor.objects.select_related("answer"), with_keys=True).get(
        pk=factor.pk
    )
    if factor.withdrawn_at:
        raise Refused(_("This has been withdrawn already."))
    factor.verdict, factor.verdict_reason, factor.judged_by, factor.judged_at = (
        verdict,
        reason,
        by,
        at,
    )
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
    """Hand in a marked block; its marks become the agreed scores and count in its agency's totals
    at once.

    Lines that two assessors mark wait for the second of the two blocks; what was found at the
    source goes on top. The last block completes the submission. `hours` are those the assessor says
    it took. `also` are other blocks of the same desk that go with it, all or none: as many queries
    for a hundred as for one, but for what was found at the source.
    """
    blocks = [block, *also]
    others = _other_markings(blocks)
    marks = _marks_by_block([*blocks, *_handed_in(others.values())])
    lines = _lines_of(blocks)
    _refuse_unmarked(blocks, lines, marks)
    digests = {b.pk: {"digest": _marks_digest(marks.get(b.pk, {}).values())} for b in blocks}
    blocks = perform(
        BLOCKS, blocks, "hand_in", by=by, at=at, params_by_pk=digests, hours=hours, seen=seen
    )
    scores, apart = list[LineScore](), list[Reconciliation]()
    for held in blocks:
        agreed, differing = _compare_marks(held, others.get(held.pk), lines[held.pk], marks)
        scores += agreed
        apart += differing
    Reconciliation.objects.bulk_create(apart)
    if scores:
        totals.put(scores, basis=Score.Basis.AGREED, by=by, at=at)
        lines_scored = [line for line, *_score in scores]
        submissions = _submissions_of(blocks, lines_scored)
        verification_effect.apply_findings(submissions, [line.pk for line in lines_scored], at=at)
        why = f"hand_in: {block.pk}" + (f" +{len(also)}" if also else "")
        totals.compute(submissions, why=why, by=by, at=at)
    scoring.complete([b.submission for b in blocks], by=by, at=at)
    return next(b for b in blocks if b.pk == block.pk)


def _handed_in(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.state == BlockState.HANDED_IN]


def _marks_by_block(blocks: Iterable[Block]) -> dict[int, dict[int, Mark]]:
    """Answer with the marks of these blocks by block's and by line's key; one query."""
    found: dict[int, dict[int, Mark]] = {}
    for mark in MARKS_OF_BLOCKS.fetch(blocks=list({block.pk for block in blocks})):
        found.setdefault(mark.block_id, {})[mark.answer_id] = mark
    return found


MARKS_OF_BLOCKS: Statement[Mark] = Statement(
    lambda: (
        Mark.objects.filter(block__in=keys_slot("blocks"))
        .select_related("answer__measure")
        .order_by("pk")
    )
)


def _refuse_unmarked(
    blocks: Iterable[Block],
    lines: Mapping[int, list[Answer]],
    marks: Mapping[int, Mapping[int, Mark]],
) -> None:
    missing = {}
    for block in blocks:
        own = marks.get(block.pk, {})
        count = sum(1 for line in lines[block.pk] if line.pk not in own)
        if count:
            sentence = _("%(count)s lines are not marked yet.")
            missing[block] = sentence % {"count": in_locale(count)}
    if missing:
        raise Refused(missing)


def _submissions_of(blocks: Iterable[Block], lines: Iterable[Answer]) -> list[Submission]:
    """List the self-assessments of these lines, as the blocks hold them."""
    keys = {line.submission_id for line in lines}
    found = {b.submission_id: b.submission for b in blocks if b.submission_id in keys}
    return list(found.values())


def _other_markings(blocks: Sequence[Block]) -> dict[int, Block]:
    """Find the other marking of each block's axis where there is one, by the block's key.

    Both blocks are locked, so that of two that are handed in at once the later one sees the
    earlier.
    """
    of_axes = BLOCKS_OF_AXES.fetch(
        blocks=[b.pk for b in blocks], submissions=list({b.submission_id for b in blocks})
    )
    found = {(b.submission_id, b.axis_id, b.is_second): b for b in of_axes}
    wanted = {b.pk: (b.submission_id, b.axis_id, not b.is_second) for b in blocks}
    return {pk: found[of] for pk, of in wanted.items() if of in found}


def _blocks_of_axes() -> QuerySet[Block]:
    mine = Block.objects.filter(
        pk__in=keys_slot("blocks"), submission=OuterRef("submission"), axis=OuterRef("axis")
    )
    rows = Block.objects.filter(Exists(mine), submission__in=keys_slot("submissions"))
    return locked(rows.order_by("pk"), with_keys=True)


BLOCKS_OF_AXES: Statement[Block] = Statement(_blocks_of_axes)


def _compare_marks(
    block: Block,
    other: Block | None,
    lines: Sequence[Answer],
    marks: Mapping[int, Mapping[int, Mark]],
) -> tuple[list[LineScore], list[Reconciliation]]:
    """Turn the marks of a block that is handed in into scores, and into what two assessors have to
    reconcile.
    """
    marked = marks.get(block.pk, {})
    twice = set(block.drawn or (other.drawn if other else ()))
    scores: list[LineScore] = []
    for a in (a for a in lines if a.pk not in twice):
        mark = marked[a.pk]
        state, points = double_marking.outcome(
            a, mark.points, is_not_applicable=mark.is_not_applicable
        )
        scores.append(LineScore(a, state, points, mark.reason))
    if other is None or other.state != BlockState.HANDED_IN:
        return scores, []
    theirs = marks.get(other.pk, {})
    first, second = (theirs, marked) if block.is_second else (marked, theirs)
    pairs = ((a, first[a.pk], second[a.pk]) for a in lines if a.pk in twice)
    together, apart = double_marking.compare(pairs, block.cycle)
    return scores + together, apart


def marks_of(block: Block) -> dict[str, str]:
    """Take one digest of what a block's marks say."""
    return {"marks": _marks_digest(Mark.objects.filter(block=block))}


def _marks_digest(marks: Iterable[Mark]) -> str:
    rows = [
        [m.answer_id, str(m.points), m.is_not_applicable, m.reason]
        for m in sorted(marks, key=lambda m: m.answer_id)
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
