"""Benches of a cycle's totals: two thousand agencies with seventy measures each, and ten times as
many.

Each builds a database of its own, as the year leaves it when every line has been marked. The floor
of the first is the bare statement: the same lines by the same joins, summed by submission into a
table that checks nothing. The floor of the second is the first, measured right before it.
"""

import statistics
from collections.abc import Callable
from typing import Any

from django.db import connection

from cycles.models import Cycle
from submissions.models import NodeScore, ScoreRun, Submission
from submissions.scoring import totals
from tests.bench import queries_of, row, seconds
from tests.worlds.bench import marked

AGENCIES, AXES, MEASURES_AN_AXIS = 2000, 10, 7
TIMES, RUNS, RUNS_OF_MANY = 10, 9, 3

BARE = """
    INSERT INTO bare_total
    SELECT a.submission_id, sum(sc.points), sum(m.points)
    FROM submissions_answer a
    JOIN indicators_measure m ON m.id = a.measure_id
    JOIN indicators_indicator i ON i.id = m.indicator_id
    JOIN indicators_axis x ON x.id = i.axis_id
    JOIN indicators_indicatorset s ON s.id = x.set_id
    LEFT JOIN submissions_score sc ON sc.answer_id = a.id AND sc.is_current AND sc.basis <> 'self'
    GROUP BY a.submission_id
"""


def score_cycle(at: Any) -> dict[str, Any]:
    """The totals of 2,000 agencies; floor: one INSERT ... SELECT that sums the same lines by
    submission.
    """
    with marked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as cycle:
        times = _in_turns([_computing(cycle, at, RUNS), _bare], RUNS)
        _check(cycle)
        run = totals.request_run(cycle, why="bench", by=None, at=at)
        queries = queries_of(lambda: totals.compute_cycle(run, at=at))
    return row(*times, "lower", "ms", queries, _size(AGENCIES))


def score_cycle_10x(at: Any) -> dict[str, Any]:
    """The totals of ten times the agencies; floor: those of 2,000, computed just before."""
    with marked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as cycle:
        [floor] = _in_turns([_computing(cycle, at, RUNS)], RUNS)
    with marked(AGENCIES * TIMES, AXES, MEASURES_AN_AXIS, at) as cycle:
        [value] = _in_turns([_computing(cycle, at, RUNS_OF_MANY)], RUNS_OF_MANY)
        _check(cycle)
        run = totals.request_run(cycle, why="bench", by=None, at=at)
        queries = queries_of(lambda: totals.compute_cycle(run, at=at))
    return row(value, floor, "lower", "ms", queries, _size(AGENCIES * TIMES))


def _size(agencies: int) -> str:
    lines = agencies * AXES * MEASURES_AN_AXIS
    return f"{agencies} agencies, {lines} lines, {2 * lines} scores"


def _in_turns(works: list[Callable[[], Any]], runs: int) -> list[float]:
    """Median milliseconds of each, done in turns after one that warms up."""
    times: list[list[float]] = [
        [seconds(work) * 1000 for work in works] for _run in range(runs + 1)
    ]
    return [statistics.median(column) for column in zip(*times[1:], strict=True)]


def _computing(cycle: Cycle, at: Any, runs: int) -> Callable[[], Any]:
    """Computes the next of so many runs, and one to warm up, that have been asked for."""
    asked = iter(
        [totals.request_run(cycle, why="bench", by=None, at=at) for _run in range(runs + 1)]
    )
    return lambda: totals.compute_cycle(next(asked), at=at)


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)


def _check(cycle: Cycle) -> None:
    """Every submission has the totals of the last run, and some were spread."""
    run = ScoreRun.objects.filter(cycle=cycle).latest("pk")
    found = NodeScore.objects.filter(run=run)
    agencies = Submission.objects.filter(current_run=run).count()
    assert run.done_count == agencies == Submission.objects.count()
    assert found.count() == agencies * (AXES + 2)
    assert not found.filter(is_provisional=True).exists()
    assert not found.filter(axis=None).exclude(ceiling=AXES * MEASURES_AN_AXIS * 10).exists()
