"""No work outside the request without recovery: past the jobs nothing is sent, and a kind says how
it is recovered.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.celery import app
from cycles.jobs.kinds import KINDS, Kind
from cycles.models import Job

ROOT = Path(settings.BASE_DIR)
LAYERS = ("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config")
OURS = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]

SENDS = {"delay", "apply_async", "send_task"}
SPEAKS_CELERY = {
    "config/__init__.py",
    "config/celery.py",
    "config/monitoring/workers.py",
    "cycles/jobs/broker.py",
    "cycles/jobs/runner.py",
}


def sent_past_the_jobs(source: str) -> list[str]:
    """The calls that hand work to a worker without a row that outlives the worker."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call.func)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in SENDS
    ]


def without_recovery(tasks: Iterable[str], schedule: dict[str, Any]) -> list[str]:
    """The tasks of ours that nobody runs again by itself."""
    scheduled = {entry["task"] for entry in schedule.values()}
    return [
        name for name in sorted(tasks) if name.split(".")[0] in LAYERS and name not in scheduled
    ]


def test_nothing_is_sent_to_a_worker_but_the_message_that_wakes_it():
    found = {}
    for path in OURS:
        if calls := sent_past_the_jobs(path.read_text()):
            found[str(path.relative_to(ROOT))] = calls

    assert found == {"cycles/jobs/broker.py": ["current_app.send_task"]}


@pytest.mark.parametrize(
    "source",
    (
        "transaction.on_commit(lambda: tasks.scan.delay(document=1), robust=True)",
        "compute_scores.apply_async(kwargs={'run': 1})",
        "app.send_task('festival.tasks.draw_report')",
    ),
)
def test_a_job_sent_past_the_mechanism_is_found(source):
    assert len(sent_past_the_jobs(source)) == 1


def test_every_task_is_run_again_by_the_scheduler():
    app.loader.import_default_modules()

    assert without_recovery(app.tasks, app.conf.beat_schedule) == []


def test_a_task_that_nobody_runs_again_is_found():
    assert without_recovery([*app.tasks, "festival.tasks.once"], app.conf.beat_schedule) == [
        "festival.tasks.once"
    ]


def test_celery_is_known_to_tasks_and_to_what_wakes_them():
    speak = set()
    for path in OURS:
        lines = path.read_text().splitlines()
        if any(line.startswith(("from celery", "import celery")) for line in lines):
            speak.add(str(path.relative_to(ROOT)))

    assert {path for path in speak if not path.endswith("tasks.py")} <= SPEAKS_CELERY


def a_kind(**differently: Any) -> Kind:
    sound = {
        "name": "seeded",
        "label": "Seeded",
        "handler": print,
        "queue": "celery",
        "attempts": 3,
        "lease": 30,
    }
    return Kind(**{**sound, "unfinished": Job.objects.none, **differently})


def test_a_sound_kind_is_taken():
    assert a_kind().attempts == 3


@pytest.mark.parametrize(
    "unsound",
    ({"attempts": 0}, {"lease": 0}, {"lease": 3600}, {"queue": "nobody"}),
)
def test_a_kind_without_recovery_is_refused_where_it_is_registered(unsound):
    with pytest.raises(TypeError, match="seeded"):
        a_kind(**unsound)


def test_a_kind_that_leaves_its_recovery_out_cannot_be_written():
    with pytest.raises(TypeError, match="missing"):
        Kind(name="seeded", label="Seeded", handler=print, queue="celery")  # type: ignore[call-arg]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_finds_the_rows_that_need_it(name):
    assert not KINDS[name].unfinished().exists()
