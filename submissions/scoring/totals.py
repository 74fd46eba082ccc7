"""Scores of lines, and totals of a whole cycle in a few set-based statements.

`statutory_tree.total` does the same sums for one agency; only actions that went through the door
write here.

Both round each node half-up to 10 places. Points have no more places than that, so that sums are
whole as they are: only the spreading within an axis and the percents round. A line of a pilot
measure has its score and no part in the totals.

A whole cycle is computed in chunks of submissions, each in a transaction that also notes how far
the run is: a worker that dies leaves whole chunks behind, another goes on after the last, and two
at once take turns. Nothing that was computed counts before the end, when one statement makes the
run the current one of every submission that has no later run. A chunk locks its submissions before
it reads their lines, as every change of a score does, so that the later run of the two has seen
what the other saw.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from agencies.locks import locked
from agencies.models import User
from agencies.postgres_arrays import array
from agencies.statements import Statement, keys_slot
from cycles.models import Cycle
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, ScoreRun, Submission

ORDERED, COMMUNICATED, FINAL = "ordered", "communicate", "final"
OFFICIAL = (ORDERED, COMMUNICATED, FINAL)
"""Why a run was made that covers more than the agency of one changed score."""

_NODES = """
    WITH line AS MATERIALIZED (
        SELECT id, submission_id, measure_id FROM submissions_answer
        WHERE submission_id = ANY(%(submissions)s::bigint[])
    ),
    bounds AS MATERIALIZED (SELECT min(id) AS least, max(id) AS most FROM line),
    axis AS (
        SELECT a.submission_id, i.axis_id,
               COALESCE(sum(sc.points), 0) AS points,
               sum(m.points) AS ceiling,
               COALESCE(
                   sum(m.points) FILTER (WHERE sc.state IS DISTINCT FROM %(not_applicable)s), 0
               ) AS applicable,
               bool_or(COALESCE(sc.state, %(under_review)s) = %(under_review)s) AS provisional,
               bit_xor(
                   hashint8extended(a.id, hash_numeric_extended(m.points,
                       hashtextextended(COALESCE(sc.state, ''),
                           hash_numeric_extended(COALESCE(sc.points, -1), 0))))
               ) AS lines
        FROM line a
        JOIN indicators_measure m ON m.id = a.measure_id
        JOIN indicators_indicator i ON i.id = m.indicator_id
        LEFT JOIN submissions_score sc
            ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
            AND sc.answer_id BETWEEN (SELECT least FROM bounds) AND (SELECT most FROM bounds)
        WHERE NOT m.is_pilot
        GROUP BY a.submission_id, i.axis_id
    ),
    spread AS (
        SELECT axis.submission_id, s.kind, axis.axis_id, axis.provisional,
               CASE WHEN %(spreads)s AND axis.applicable > 0 AND axis.applicable < axis.ceiling
                    THEN round((axis.points * axis.ceiling)::numeric(80, 30) / axis.applicable, 10)
                    ELSE axis.points END AS points,
               CASE WHEN %(spreads)s AND axis.applicable > 0
                    THEN axis.ceiling
                    ELSE axis.applicable END AS ceiling
        FROM axis
        JOIN indicators_axis x ON x.id = axis.axis_id
        JOIN indicators_indicatorset s ON s.id = x.set_id
    ),
    node AS (
        SELECT submission_id, COALESCE(kind, '') AS kind, axis_id,
               sum(points) AS points, sum(ceiling) AS ceiling, bool_or(provisional) AS provisional
        FROM spread
        GROUP BY GROUPING SETS (
            (submission_id, kind, axis_id), (submission_id, kind), (submission_id)
        )
    ),
    written AS (
        INSERT INTO submissions_nodescore
            (run_id, submission_id, kind, axis_id, points, ceiling, percent, is_provisional)
        SELECT %(run)s, submission_id, kind, axis_id, points, ceiling,
               CASE WHEN ceiling > 0
                    THEN round((points * 100)::numeric(80, 30) / ceiling, 10)
                    ELSE 0 END,
               provisional
        FROM node
    )
    SELECT encode(
        sha256(convert_to(string_agg(concat(axis_id, ':', lines), ';' ORDER BY axis_id), 'UTF8')),
        'hex'
    )
    FROM axis GROUP BY submission_id ORDER BY submission_id
"""
"""Writes the nodes of a run and answers with a digest of the lines of each submission.

Every line's key, ceiling, state and points go into 64 bits by the functions by which PostgreSQL
partitions tables, the same in every version; those of an axis are laid over one another, whatever
their order, and those of a submission hashed with the keys of its axes. Writing out each line and
hashing that took a fifth of the computation. The bounds of the keys say nothing new; by them a
chunk of a larger cycle reads no more of the index than its part.
"""


class ScorableLine(Protocol):
    """Type whatever stands for a line: its key is that of an answer."""

    @property
    def pk(self) -> int: ...


class LineScore(NamedTuple):
    """Hold the score that a line is to have: its state, its points where there are any, and why."""

    line: Answer
    state: LineState
    points: Decimal | None
    reason: str


def put(
    rows: Iterable[tuple[ScorableLine, LineState, Decimal | None, str]],
    *,
    basis: str,
    by: User | None,
    at: datetime,
) -> None:
    """Add a score to each line, as in `LineScore`, and make it the current one."""
    rows = list(rows)
    if not rows:
        return
    lines, states, points, reasons = zip(
        *((a.pk, str(s), p, r) for a, s, p, r in rows), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(_PAST, [array(lines)])
        columns = [array(lines), array(states), array(points), array(reasons)]
        cursor.execute(_SCORES, [*columns, basis, by.pk if by else None, at])


_PAST = (
    "UPDATE submissions_score SET is_current = false WHERE is_current AND answer_id = "
    "ANY(%s::bigint[])"
)
_SCORES = """
    INSERT INTO submissions_score
        (answer_id, state, points, reason, basis, scored_by_id, scored_at, is_current)
    SELECT line, state, points, reason, given.basis, given.by, given.at, true
    FROM unnest(%s::bigint[], %s::text[], %s::numeric[], %s::text[])
            AS row (line, state, points, reason),
        (SELECT %s::text AS basis, %s::bigint AS by, %s::timestamptz AS at) given
"""
"""Two statements for any number of scores: an object a row takes longer than writing it."""


# --- Runs ---------------------------------------------------------------------------------------


def request_run(cycle: Cycle, *, why: str, by: User | None, at: datetime) -> ScoreRun:
    """Note that totals are to be computed; `compute_cycle` does it, in a job or at once."""
    count = Submission.objects.filter(cycle=cycle).count()
    return ScoreRun.objects.create(
        cycle=cycle, why=why, asked_by=by, asked_at=at, submission_count=count
    )


@transaction.atomic
def compute(
    submissions: Sequence[Submission], *, why: str, by: User | None, at: datetime
) -> ScoreRun:
    """Compute the totals of submissions of one cycle now, as a run of their own."""
    held = HELD.fetch(keys=[s.pk for s in submissions])
    keys = [s.pk for s in held]
    return compute_held(keys, cycle=submissions[0].cycle, why=why, by=by, at=at)


def compute_held(
    keys: Sequence[int], *, cycle: Cycle, why: str, by: User | None, at: datetime
) -> ScoreRun:
    """Compute the totals of submissions that the caller has locked (`hold`), by key."""
    run = ScoreRun.objects.create(cycle=cycle, why=why, asked_by=by, asked_at=at)
    _add_up(run, keys)
    run.submission_count = run.done_count
    return _finish(run, "id = ANY(%s::bigint[])", [array(keys)], at=at)


def compute_cycle(
    run: ScoreRun, *, at: datetime, tell: Callable[[str, int], None] = lambda step, percent: None
) -> ScoreRun:
    """Compute a requested run over every submission of its cycle, or what is left of it; safe to
    repeat.

    `tell` hears between two chunks how far the run is, and may end it there.
    """
    while not run.finished_at:
        run = _go_on(run, at=at)
        tell("add_up", min(99, 100 * run.done_count // max(run.submission_count, 1)))
    return run


@transaction.atomic
def _go_on(run: ScoreRun, *, at: datetime) -> ScoreRun:
    """Compute the next chunk of a run, and finish it when it was the last."""
    run = locked(ScoreRun.objects.select_related("cycle"), with_keys=True).get(pk=run.pk)
    if run.finished_at:
        return run
    left = Submission.objects.filter(cycle=run.cycle_id, pk__gt=run.reached)
    keys = hold(left, settings.SCORE_CHUNK)
    if keys:
        _add_up(run, keys)
        run.reached = keys[-1]
    if len(keys) < settings.SCORE_CHUNK:
        run.submission_count = run.done_count
        return _finish(run, "cycle_id = %s AND id <= %s", [run.cycle_id, run.reached], at=at)
    run.save(update_fields=_PROGRESS)
    return run


_PROGRESS = ("done_count", "reached", "input_digest")


def hold(submissions: QuerySet[Submission], most: int | None = None) -> list[int]:
    """Lock self-assessments and answer with their keys in order.

    Whoever changes a score of theirs waits until the transaction ends, and has been waited for. One
    query; what is read after it is what holds.
    """
    rows = _under_lock(submissions)
    return [pk for pk, _tuned in rows.values_list("pk", "tuned")[:most]]


def _under_lock(submissions: QuerySet[Submission]) -> QuerySet[Any]:
    tuned = submissions.annotate(tuned=RawSQL(_TUNED, ()))  # noqa: S611 -- a constant
    return locked(tuned.order_by("pk"), with_keys=True)


HELD: Statement[Submission] = Statement(
    lambda: _under_lock(Submission.objects.filter(pk__in=keys_slot("keys")))
)


_TUNED = """
    (SELECT concat(set_config('work_mem', '128MB', true), set_config('enable_hashagg', 'off', true),
                   set_config('jit', 'off', true)))
"""
"""For the rest of the transaction: memory for the lines of a chunk, sums by sorting, so that totals
are written in the order of their index, and no compiling, which takes longer than it saves.
"""


def _add_up(run: ScoreRun, submissions: Sequence[int]) -> None:
    """Write the totals of these submissions under a run, and take their lines into its digest."""
    params: dict[str, int | str] = {
        "run": run.pk,
        "submissions": array(submissions),
        "under_review": LineState.UNDER_REVIEW.value,
        "not_applicable": LineState.NOT_APPLICABLE.value,
        "spreads": run.cycle.spreads_points,
    }
    digest = run.input_digest
    with connection.cursor() as cursor:
        cursor.execute(_NODES, params)
        for (lines,) in cursor:
            digest = hashlib.sha256(f"{digest}{lines}".encode()).hexdigest()
    run.input_digest = digest
    run.done_count += len(submissions)


def _finish(run: ScoreRun, where: str, keys: Sequence[int | str], *, at: datetime) -> ScoreRun:
    """Make the run the current one wherever none is later; one statement."""
    run.finished_at = at
    progress: list[int | str | datetime] = [
        run.submission_count,
        run.done_count,
        run.reached,
        run.input_digest,
        at,
        run.pk,
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{_FINISH} AND {where}", [*progress, run.pk, run.pk, *keys])
    return run


_FINISH = """
    WITH run AS (
        UPDATE submissions_scorerun
        SET submission_count = %s, done_count = %s, reached = %s, input_digest = %s,
            finished_at = %s
        WHERE id = %s
    )
    UPDATE submissions_submission SET current_run_id = %s
    WHERE (current_run_id IS NULL OR current_run_id < %s)
"""
