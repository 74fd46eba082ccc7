"""Benches of a cycle's totals: two thousand agencies with seventy measures each, and ten times as many.

Each builds a database of its own: the portal's own tables with rows made by `generate_series`, as the year leaves them
when every line has been marked. The floor of the first is the bare statement: the same lines by the same joins, summed
by submission into a table that checks nothing. The floor of the second is the first, measured right before it.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from agencies.models import Agency, Level, Sector
from config.database import as_owner, fresh_database
from cycles.models import Cycle, Participation
from indicators.models import Axis, Indicator, IndicatorSet, Kind, Measure
from submissions import totals
from submissions.models import Answer, NodeScore, Score, ScoreRun, Submission
from submissions.workflow import SubmissionState
from tests.bench import queries_of, row, seconds

AGENCIES, AXES, MEASURES_AN_AXIS = 2000, 10, 7
TIMES, RUNS, RUNS_OF_MANY = 10, 9, 3
TABLES = (Agency, Participation, Submission, Axis, Indicator, Measure, Answer, Score, NodeScore, ScoreRun)

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
    """The totals of 2,000 agencies; floor: one INSERT ... SELECT that sums the same lines by submission."""
    with _world(AGENCIES, at) as cycle:
        times = _in_turns([_computing(cycle, at, RUNS), _bare], RUNS)
        _check(cycle)
        run = totals.request_run(cycle, why="bench", by=None, at=at)
        queries = queries_of(lambda: totals.compute_cycle(run, at=at))
    return row(*times, "lower", "ms", queries, _size(AGENCIES))


def score_cycle_10x(at: Any) -> dict[str, Any]:
    """The totals of ten times the agencies; floor: those of 2,000, computed just before."""
    with _world(AGENCIES, at) as cycle:
        [floor] = _in_turns([_computing(cycle, at, RUNS)], RUNS)
    with _world(AGENCIES * TIMES, at) as cycle:
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
    times: list[list[float]] = [[seconds(work) * 1000 for work in works] for _run in range(runs + 1)]
    return [statistics.median(column) for column in zip(*times[1:], strict=True)]


def _computing(cycle: Cycle, at: Any, runs: int) -> Callable[[], Any]:
    """Computes the next of so many runs, and one to warm up, that have been asked for."""
    asked = iter([totals.request_run(cycle, why="bench", by=None, at=at) for _run in range(runs + 1)])
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


@contextmanager
def _world(agencies: int, at: Any) -> Iterator[Cycle]:
    """A database with a marked cycle of so many agencies, dropped again afterwards."""
    before = connection.settings_dict["NAME"]
    fresh_database("bench_scores")
    try:
        yield _fill(agencies, at)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with as_owner() as owned, owned.cursor() as cursor:
            cursor.execute("DROP DATABASE bench_scores WITH (FORCE)")


def _fill(agencies: int, at: Any) -> Cycle:
    """Every line with a self score and an agreed one; one in thirty does not apply, one in thirty is not answered."""
    cycle = Cycle.objects.create(year=1405, preset="statutory_gregorian")
    general = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL)
    axes = Axis.objects.bulk_create(
        Axis(set=general, code=f"G{n}", title_fa="محور", points=100, position=n) for n in range(AXES)
    )
    indicators = Indicator.objects.bulk_create(
        Indicator(axis=axis, code=f"{axis.code}-{n}", title_fa="شاخص", points=10, position=n)
        for axis in axes
        for n in range(MEASURES_AN_AXIS)
    )
    Measure.objects.bulk_create(
        Measure(indicator=i, code=i.code, title_fa="سنجه", points=10, unit_fa="درصد", method="survey")
        for i in indicators
    )
    state = "CASE WHEN a.id %% 30 = 0 THEN 'not_applicable' WHEN a.id %% 30 = 1 THEN 'not_answered' ELSE 'scored' END"
    points = "CASE WHEN a.id %% 30 > 1 THEN a.id %% 997 * 10.0 / 997 END"
    with as_owner() as owned:
        with owned.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
        names = {"name_fa": "'دستگاه ' || n", "name_en": "'Agency ' || n", "sector": f"'{Sector.HEALTH_WELFARE}'"}
        names |= {"level": f"'{Level.MINISTRY}'"}
        rows = "generate_series(1, %(agencies)s) n"
        given = {"agencies": agencies, "cycle": cycle.pk, "at": at}
        _insert(Agency, rows, given, id="n", code="'A' || n", sort_key="n::text", search_key="n::text", **names)
        _insert(Participation, rows, given, id="n", cycle_id="%(cycle)s", agency_id="n", **names)
        _insert(
            Submission, rows, given, id="n", cycle_id="%(cycle)s", agency_id="n", participation_id="n",
            state=f"'{SubmissionState.MARKED}'",
        )  # fmt: skip
        lines = "submissions_submission s CROSS JOIN indicators_measure m ORDER BY s.id, m.id"
        _insert(Answer, lines, given, submission_id="s.id", measure_id="m.id", value="50")
        every = {"answer_id": "a.id", "state": state, "points": points, "scored_at": "%(at)s"}
        lines = "submissions_answer a ORDER BY a.id"
        _insert(Score, lines, given, basis="'self'", is_current="false", **every)
        _insert(Score, lines, given, basis="'agreed'", is_current="true", **every)
        with owned.cursor() as cursor:
            cursor.execute("CREATE TABLE bare_total (submission_id bigint, points numeric, ceiling numeric)")
            cursor.execute(f"GRANT ALL ON bare_total TO {settings.DATABASES['default']['USER']}")
            for model in TABLES:
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return cycle


def _insert(model: type[Model], rows: str, given: dict[str, Any], **values: str) -> None:
    """Rows by one statement; columns that are not named are empty or what a new object has."""
    for field in model._meta.concrete_fields:
        if field.column in values or field.primary_key or field.null:
            continue
        default = field.get_default()
        if isinstance(default, list):
            values[field.column] = "'{}'"
        else:
            values[field.column] = f"'{default}'" if isinstance(default, str | bool | int) else "gen_random_uuid()"
    columns, facts = ", ".join(values), ", ".join(values.values())
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {facts} FROM {rows}", given)
