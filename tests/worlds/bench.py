"""A marked cycle of any size in a database of its own: the portal's tables with rows made by
`generate_series`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from agencies.models import Agency, Clearance, Level, Membership, Sector, User
from agencies.roles import Role
from config.database import as_owner, fresh_database
from cycles.calendar import Phase
from cycles.models import Cycle, Participation, Window
from cycles.presets import windows_for
from cycles.workflow import CycleState
from indicators.models import Axis, Indicator, IndicatorSet, Kind, Measure
from submissions.models import Answer, Block, Mark, NodeScore, Score, ScoreRun, Submission
from submissions.workflow import BlockState, SubmissionState

TABLES = (
    Agency, Participation, Submission, Axis, Indicator, Measure, Answer, Score, NodeScore, ScoreRun, Block, Mark,
)  # fmt: skip
YEAR, PRESET = 1405, "statutory_gregorian"


@contextmanager
def marked(agencies: int, axes: int, measures: int, at: Any) -> Iterator[Cycle]:
    """A database with a marked cycle of so many agencies, axes, and measures an axis; dropped again
    afterwards.
    """
    before = connection.settings_dict["NAME"]
    _migrated()
    fresh_database("bench_cycle", like="bench_empty")
    try:
        yield _fill(agencies, axes, measures, at)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with as_owner() as owned, owned.cursor() as cursor:
            cursor.execute("DROP DATABASE bench_cycle WITH (FORCE)")


@cache
def _migrated() -> None:
    """Migrate once what every world of this run is copied from, and leave it."""
    before = connection.settings_dict["NAME"]
    fresh_database("bench_empty")
    connection.close()
    connection.settings_dict["NAME"] = before


@contextmanager
def on_desks(
    agencies: int, axes: int, measures: int, at: Any, *, assessors: int = 20
) -> Iterator[Cycle]:
    """The same with its windows, every axis of every agency on one of the assessors' desks, and
    every line marked.
    """
    with marked(agencies, axes, measures, at) as cycle:
        Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.OPEN)
        cycle = Cycle.objects.get(pk=cycle.pk)
        Window.objects.bulk_create(
            Window(cycle=cycle, phase=w.phase, quarter=w.quarter, opens_at=w.opens_at, closes_at=w.closes_at,
                   binding=w.binding)
            for w in windows_for(PRESET, YEAR)
        )  # fmt: skip
        scoring = Window.objects.get(cycle=cycle, phase=Phase.SCORING).opens_at
        people = [_officer(f"assessor{n}", Role.ASSESSOR, at) for n in range(assessors)]
        _officer("administrator", Role.ADMINISTRATOR, at)
        for person in people:
            Clearance.objects.create(
                user=person, kind=Clearance.Kind.INTERESTS, year=YEAR, since=at
            )
        given = {"cycle": cycle.pk, "at": scoring, "first": people[0].pk, "of": assessors}
        with as_owner() as owned:
            with owned.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
            desks = "submissions_submission s CROSS JOIN indicators_axis x ORDER BY s.id, x.id"
            insert(
                Block, desks, given, cycle_id="%(cycle)s", agency_id="s.agency_id", submission_id="s.id",
                axis_id="x.id", assessor_id="%(first)s + s.id %% %(of)s", state=f"'{BlockState.OPEN}'",
            )  # fmt: skip
            lines = """
                submissions_answer a JOIN indicators_measure m ON m.id = a.measure_id
                JOIN indicators_indicator i ON i.id = m.indicator_id
                JOIN submissions_block b ON b.submission_id = a.submission_id AND b.axis_id = i.axis_id ORDER BY a.id
            """
            insert(
                Mark, lines, given, answer_id="a.id", block_id="b.id", assessor_id="b.assessor_id", points="5",
                reason="'چون سند نیمی از سال را نشان می‌دهد.'", marked_at="%(at)s",
            )  # fmt: skip
            with owned.cursor() as cursor:
                for model in (Block, Mark, Answer, Score):
                    cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
        yield cycle


def _officer(name: str, role: str, at: Any) -> User:
    user = User.objects.create(
        username=name, email=f"{name}@example.org", name_fa=f"کاربر {name}", name_en=name
    )
    Membership.objects.create(
        user=user, role=role, valid_from="2020-01-01T00:00Z", is_outsider=role == Role.ASSESSOR
    )
    return user


STATE = (
    "CASE WHEN a.id %% 30 = 0 THEN 'not_applicable' WHEN a.id %% 30 = 1 THEN "
    "'not_answered' ELSE 'scored' END"
)
POINTS = "CASE WHEN a.id %% 30 > 1 THEN a.id %% 997 * 10.0 / 997 END"


def _fill(agencies: int, axes_of: int, measures: int, at: Any) -> Cycle:
    """Give every line a self score and an agreed one; one in thirty does not apply, one in thirty
    is not answered.
    """
    cycle = Cycle.objects.create(year=YEAR, preset=PRESET)
    _create_measures(cycle, axes_of, measures)
    with as_owner() as owned:
        with owned.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
        given = {"agencies": agencies, "cycle": cycle.pk, "at": at}
        _insert_submissions(given)
        _insert_scores(given)
        with owned.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bare_total (submission_id bigint, points numeric, ceiling numeric)"
            )
            cursor.execute(f"GRANT ALL ON bare_total TO {settings.DATABASES['default']['USER']}")
            for model in TABLES:
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return cycle


def _create_measures(cycle: Cycle, axes_of: int, measures: int) -> None:
    """Create the general set of a cycle: its axes, as many indicators in each, a measure of each."""
    general = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL)
    axes = Axis.objects.bulk_create(
        Axis(set=general, code=f"G{n}", title_fa="محور", points=100, position=n)
        for n in range(axes_of)
    )
    indicators = Indicator.objects.bulk_create(
        Indicator(axis=axis, code=f"{axis.code}-{n}", title_fa="شاخص", points=10, position=n)
        for axis in axes
        for n in range(measures)
    )
    Measure.objects.bulk_create(
        Measure(
            indicator=i, code=i.code, title_fa="سنجه", points=10, unit_fa="درصد", method="survey"
        )
        for i in indicators
    )


def _insert_submissions(given: dict[str, Any]) -> None:
    """Insert the agencies, their part in the cycle and their marked self-assessments."""
    names = {
        "name_fa": "'دستگاه ' || n",
        "name_en": "'Agency ' || n",
        "sector": f"'{Sector.HEALTH_WELFARE}'",
        "level": f"'{Level.MINISTRY}'",
    }
    rows = "generate_series(1, %(agencies)s) n"
    keys = {"id": "n", "sort_key": "n::text", "search_key": "n::text"}
    insert(Agency, rows, given, code="'A' || n", **keys, **names)
    insert(Participation, rows, given, id="n", cycle_id="%(cycle)s", agency_id="n", **names)
    insert(
        Submission, rows, given, id="n", cycle_id="%(cycle)s", agency_id="n", participation_id="n",
        state=f"'{SubmissionState.MARKED}'",
    )  # fmt: skip


def _insert_scores(given: dict[str, Any]) -> None:
    """Insert a line for each measure and self-assessment, with its two scores."""
    lines = "submissions_submission s CROSS JOIN indicators_measure m ORDER BY s.id, m.id"
    insert(Answer, lines, given, submission_id="s.id", measure_id="m.id", value="50")
    every = {"answer_id": "a.id", "state": STATE, "points": POINTS, "scored_at": "%(at)s"}
    lines = "submissions_answer a ORDER BY a.id"
    insert(Score, lines, given, basis="'self'", is_current="false", **every)
    insert(Score, lines, given, basis="'agreed'", is_current="true", **every)


def insert(model: type[Model], rows: str, given: dict[str, Any], **values: str) -> None:
    """Rows by one statement; columns that are not named are empty or what a new object has."""
    for field in model._meta.concrete_fields:
        if field.column in values or field.primary_key or field.null:
            continue
        default = field.get_default()
        if isinstance(default, list):
            values[field.column] = "'{}'"
        else:
            values[field.column] = (
                f"'{default}'" if isinstance(default, str | bool | int) else "gen_random_uuid()"
            )
    columns, facts = ", ".join(values), ", ".join(values.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {facts} FROM {rows}", given
        )
