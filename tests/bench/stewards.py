"""The bench of a steward who signs: one measure of two thousand agencies becomes scores, totals and
complete dossiers.

The floor is a bare INSERT of the same rows (scores, totals, entries of the record) into tables that
check nothing.
"""

import statistics
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, reset_queries, transaction

from agencies.models import Clearance, Membership, User
from agencies.roles import Role
from config.database import as_owner
from cycles.calendar import Binding, Phase
from cycles.models import Cycle, Entry, Window
from indicators.models import Measure
from submissions.models import Answer, NodeScore, Score, StewardFigure, Stewardship, Submission
from submissions.stewards import supply
from submissions.workflow import SubmissionState
from tests.bench import queries_of, row, seconds
from tests.bench.scores import AGENCIES, AXES, MEASURES_AN_AXIS
from tests.worlds.bench import marked

RUNS = 5


def steward_supply_2000(at: Any) -> dict[str, Any]:
    """`supply` for 2,000 agencies, every one of which it completes; each run is taken back."""
    with marked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as cycle:
        held = _in_hand(cycle, at)
        reset_queries()  # or the log is full of those that made the world
        queries = queries_of(lambda: _supplied(held, at))
        _bare_tables(held, at)
        times = [
            (seconds(lambda: _supplied(held, at)), seconds(_bare)) for _run in range(RUNS + 1)
        ][1:]
    value, floor = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return row(
        value,
        floor,
        "lower",
        "ms",
        queries,
        f"{AGENCIES} agencies, {AXES * MEASURES_AN_AXIS} lines each",
    )


def _in_hand(cycle: Cycle, at: Any) -> Stewardship:
    """The last measure of the cycle with every figure and its source, its lines the only ones
    without a score.
    """
    steward = User.objects.create(username="steward")
    Membership.objects.create(user=steward, role=Role.STEWARD, valid_from=at - timedelta(days=1))
    Clearance.objects.create(user=steward, kind=Clearance.Kind.INTERESTS, year=cycle.year, since=at)
    opens = {
        "opens_at": at - timedelta(days=1),
        "closes_at": at + timedelta(days=1),
        "binding": Binding.DUTY,
    }
    Window.objects.create(cycle=cycle, phase=Phase.SCORING, **opens)
    measure = Measure.objects.order_by("-pk")[0]
    Measure.objects.filter(pk=measure.pk).update(method="steward")
    Score.objects.filter(answer__measure=measure).update(is_current=False)
    Submission.objects.update(state=SubmissionState.SUBMITTED)
    sourced = {"source_title": "x", "source": "x", "source_name": "x.pdf"}
    held = Stewardship.objects.create(cycle=cycle, measure=measure, steward=steward, **sourced)
    facts = {"stewardship": held, "percent": 50, "entered_by": steward, "entered_at": at}
    lines = Answer.objects.filter(measure=measure)
    StewardFigure.objects.bulk_create(
        (StewardFigure(answer=a, **facts) for a in lines), batch_size=2000
    )
    return held


def _supplied(held: Stewardship, at: Any) -> None:
    with transaction.atomic():
        supply.supply(held, by=held.steward, at=at)
        assert Submission.objects.filter(state=SubmissionState.MARKED).count() == AGENCIES
        transaction.set_rollback(True)


def _bare_tables(held: Stewardship, at: Any) -> None:
    """What one supplying writes, kept in tables of its own, and empty tables to write it to."""
    with as_owner() as owned, owned.cursor() as cursor:
        for model in (Score, NodeScore, Entry):
            table = model._meta.db_table
            for name in (f"kept_{table}", f"bare_{table}"):
                cursor.execute(f"CREATE TABLE {name} (LIKE {table})")
                cursor.execute(f"GRANT ALL ON {name} TO {settings.DATABASES['default']['USER']}")
    since = {
        m: m.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for m in (Score, NodeScore, Entry)
    }
    supply.supply(held, by=held.steward, at=at)
    with connection.cursor() as cursor:
        for model, last in since.items():
            table = model._meta.db_table
            cursor.execute(f"INSERT INTO kept_{table} SELECT * FROM {table} WHERE id > %s", [last])
    Stewardship.objects.filter(pk=held.pk).update(state="open")
    Submission.objects.update(state=SubmissionState.SUBMITTED)
    Score.objects.filter(answer__measure=held.measure_id).update(is_current=False)


def _bare() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Score, NodeScore, Entry):
            table = model._meta.db_table
            cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM kept_{table}")
        transaction.set_rollback(True)
