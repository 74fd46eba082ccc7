"""Tasks travel through the real broker to a real worker; what beat sends may run twice, at once, or
never.
"""

import threading
from datetime import timedelta

import pytest
from celery import shared_task
from django.db import connections
from django.utils import timezone

from config.celery import app
from cycles.calendar import Phase
from cycles.models import Entry, Fault
from tests.factories import build
from tests.guard.test_closed import snapshot


@shared_task(ignore_result=False)
def add(*, a, b):
    return a + b


@pytest.mark.parametrize("queue", ("celery", "reports"))
def test_a_task_sent_to_either_queue_is_done(celery_worker, queue):
    sent = add.apply_async(kwargs={"a": 1, "b": 2}, queue=queue)

    assert sent.get(timeout=20) == 3


def test_every_task_that_is_scheduled_exists():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled <= set(app.tasks)


LAST = ("order_jobs", "work", "tell", "seal")
"""What the other tasks leave to be ordered, done, told and sealed comes last, in this order."""


def turn(name):
    """Where a scheduled task stands in a round."""
    task = app.conf.beat_schedule[name]["task"]
    return max((number for number, part in enumerate(LAST, 1) if part in task), default=0), name


SCHEDULED = sorted(app.conf.beat_schedule, key=turn)


@pytest.fixture(autouse=True)
def _sealed_in_time(settings):
    """A world may have been walked long before in this run, and wait for its first seal since."""
    settings.SEALED_WITHIN_MINUTES = 24 * 60


@pytest.fixture(autouse=True)
def all_tasks_known():
    """Before threads ask for them at once."""
    app.loader.import_default_modules()


def run(name):
    """As a worker runs it, with a connection of its own thread."""
    entry = app.conf.beat_schedule[name]
    app.tasks[entry["task"]].apply(kwargs=entry.get("kwargs", {}), throw=True)


def moments(world):
    """When each job has something to do: lines to open, a deadline near, drafts overdue, a
    publication due.
    """
    return {
        "communicated": world.opens(Phase.SELF_ASSESSMENT) + timedelta(minutes=1),
        "begun": world.closes(Phase.SELF_ASSESSMENT) - timedelta(hours=20),
        "submitted": world.opens(Phase.SCORING) + timedelta(minutes=1),
        "drafted_appeal": world.at + timedelta(days=12),
        "scheduled": world.opens(Phase.FESTIVAL) + timedelta(days=4),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "stage", ("communicated", "begun", "submitted", "drafted_appeal", "scheduled")
)
def test_a_second_run_of_every_scheduled_job_changes_nothing(stage, settings):
    world = build(stage)
    settings.CLOCK_OFFSET = moments(world)[stage] - timezone.now()
    before = snapshot()

    for name in SCHEDULED:
        run(name)
    first = snapshot()
    for name in SCHEDULED:
        run(name)
    second = snapshot()

    assert first != before
    # only a row that the first run itself wrote may be sealed by the second, once its transaction
    # is surely past
    changed = {table for table in first if first[table] != second[table]}
    assert changed <= {"cycles_seal"}, list(Fault.objects.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", ("communicated", "begun", "submitted", "scheduled"))
def test_every_scheduled_job_run_by_two_workers_at_once_does_its_work_once(stage, settings):
    world = build(stage)
    settings.CLOCK_OFFSET = moments(world)[stage] - timezone.now()
    failed = []

    def work(name, start):
        try:
            start.wait(timeout=30)
            run(name)
        except Exception as error:
            failed.append((name, error))
        finally:
            connections.close_all()

    for name in SCHEDULED:
        start = threading.Barrier(2)
        threads = [threading.Thread(target=work, args=(name, start)) for _worker in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    done = Entry.objects.filter(actor_id=None).values_list("workflow", "act", "object_pk")

    assert failed == []
    assert len(done) == len(set(done))
