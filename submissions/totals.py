"""Scores of lines, and totals of a whole cycle in a few set-based statements.

`indicators.scoring.total` does the same sums for one agency; only actions that went through the door write here.

Both round each node half-up to 10 places: measure, indicator, axis, kind, total.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from agencies.models import User
from cycles.models import Cycle
from indicators.scoring import LineState
from submissions.models import Answer, NodeScore, Score, ScoreRun, Submission

_LINES = """
    SELECT a.submission_id, s.kind, x.id AS axis_id, i.id AS indicator_id, m.points AS ceiling, a.id AS answer_id,
           COALESCE(sc.state, %(under_review)s) AS state, sc.points
    FROM submissions_answer a
    JOIN indicators_measure m ON m.id = a.measure_id
    JOIN indicators_indicator i ON i.id = m.indicator_id
    JOIN indicators_axis x ON x.id = i.axis_id
    JOIN indicators_indicatorset s ON s.id = x.set_id
    LEFT JOIN submissions_score sc ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
    WHERE a.submission_id = ANY(%(submissions)s)
"""

_NODES = f"""
    WITH line AS ({_LINES}),
    indicator AS (
        SELECT submission_id, kind, axis_id, indicator_id,
               round(COALESCE(sum(round(points, 10)), 0), 10) AS points,
               sum(ceiling) AS ceiling,
               COALESCE(sum(ceiling) FILTER (WHERE state <> %(not_applicable)s), 0) AS applicable,
               bool_or(state = %(under_review)s) AS provisional
        FROM line GROUP BY submission_id, kind, axis_id, indicator_id
    ),
    summed AS (
        SELECT submission_id, kind, axis_id, sum(points) AS points, sum(ceiling) AS ceiling,
               sum(applicable) AS applicable, bool_or(provisional) AS provisional
        FROM indicator GROUP BY submission_id, kind, axis_id
    ),
    axis AS (
        SELECT submission_id, kind, axis_id, provisional,
               CASE WHEN applicable > 0 AND applicable < ceiling
                    THEN round((points * ceiling)::numeric(80, 30) / applicable, 10)
                    ELSE round(points, 10) END AS points,
               CASE WHEN applicable > 0 THEN ceiling ELSE 0 END AS ceiling
        FROM summed
    ),
    kind AS (
        SELECT submission_id, kind, NULL::bigint AS axis_id, bool_or(provisional) AS provisional,
               round(sum(points), 10) AS points, sum(ceiling) AS ceiling
        FROM axis GROUP BY submission_id, kind
    ),
    total AS (
        SELECT submission_id, '' AS kind, NULL::bigint AS axis_id, bool_or(provisional) AS provisional,
               round(sum(points), 10) AS points, sum(ceiling) AS ceiling
        FROM kind GROUP BY submission_id
    ),
    node AS (
        SELECT submission_id, kind, axis_id, provisional, points, ceiling FROM axis
        UNION ALL SELECT submission_id, kind, axis_id, provisional, points, ceiling FROM kind
        UNION ALL SELECT submission_id, kind, axis_id, provisional, points, ceiling FROM total
    )
    INSERT INTO submissions_nodescore (run_id, submission_id, kind, axis_id, points, ceiling, percent, is_provisional)
    SELECT %(run)s, submission_id, kind, axis_id, points, ceiling,
           CASE WHEN ceiling > 0 THEN round((points * 100)::numeric(80, 30) / ceiling, 10) ELSE 0 END, provisional
    FROM node
"""  # noqa: S608 -- put together from constants

_DIGEST = f"""
    SELECT encode(sha256(convert_to(COALESCE(string_agg(
        concat_ws('|', answer_id, ceiling, state, COALESCE(points::text, '')), ',' ORDER BY answer_id), ''), 'UTF8')
    ), 'hex')
    FROM ({_LINES}) line
"""  # noqa: S608 -- put together from constants


def _add_up(run: ScoreRun, submissions: Sequence[int]) -> str:
    """Write the totals of these submissions under a run and make it their current one; returns the input's digest."""
    params: dict[str, Any] = {
        "run": run.pk,
        "submissions": list(submissions),
        "under_review": LineState.UNDER_REVIEW.value,
        "not_applicable": LineState.NOT_APPLICABLE.value,
    }
    with connection.cursor() as cursor:
        NodeScore.objects.filter(run=run, submission__in=submissions).delete()
        cursor.execute(_NODES, params)
        cursor.execute(_DIGEST, params)
        digest: str = cursor.fetchone()[0]
    Submission.objects.filter(pk__in=submissions).update(current_run=run)
    return digest


def put(
    rows: Iterable[tuple[Answer, LineState, Decimal | None, str]], *, basis: str, by: User | None, at: datetime
) -> None:
    """Add a score to each line and make it the current one."""
    rows = list(rows)
    Score.objects.filter(answer__in=[row[0].pk for row in rows], is_current=True).update(is_current=False)
    Score.objects.bulk_create(
        (
            Score(answer=a, basis=basis, state=state, points=points, reason=reason, scored_by=by, scored_at=at)
            for a, state, points, reason in rows
        ),
        batch_size=2000,
    )


@transaction.atomic
def compute(submissions: Sequence[Submission], *, why: str, by: User | None, at: datetime) -> ScoreRun:
    """Compute the totals of submissions of one cycle now, as a run of their own."""
    run = request_run(submissions[0].cycle, why=why, by=by, at=at)
    return _finish(run, [s.pk for s in submissions], at=at)


def request_run(cycle: Cycle, *, why: str, by: User | None, at: datetime) -> ScoreRun:
    """Note that totals are to be computed; `tasks.compute_scores` does it."""
    return ScoreRun.objects.create(cycle=cycle, why=why, asked_by=by, asked_at=at)


@transaction.atomic
def compute_cycle(run: ScoreRun, *, at: datetime) -> ScoreRun:
    """Compute a requested run over every submission of its cycle; safe to repeat."""
    return _finish(run, list(Submission.objects.filter(cycle=run.cycle_id).values_list("pk", flat=True)), at=at)


def _finish(run: ScoreRun, submissions: Sequence[int], *, at: datetime) -> ScoreRun:
    run.input_digest = _add_up(run, submissions)
    run.submission_count, run.finished_at = len(submissions), at
    run.save(update_fields=["input_digest", "submission_count", "finished_at"])
    return run


def node_scores(submission: Submission) -> list[NodeScore]:
    """The current totals of a submission: total first, then each kind with its axes."""
    rows = NodeScore.objects.filter(run=F("submission__current_run"), submission=submission).select_related("axis")
    return sorted(rows, key=lambda n: (n.kind, n.axis is not None, n.axis.position if n.axis else 0))
