"""Jobs in tests: done as a worker does them, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Max
from django.utils import timezone

from config.celery import app
from cycles.jobs import actions, runner
from cycles.jobs.kinds import HEAVY, KINDS, QUICK
from cycles.models import Job, Reason
from submissions.scoring import totals
from tests.factories import World


def do(kind: str, row: Any) -> None:
    """Have the handler of a kind do its work on a row, whether it was ordered or not."""
    KINDS[kind].handler(row.pk, lambda step, percent: None)


def work_off() -> int:
    """Do every job that waits, whenever it is due; how many attempts that took."""
    attempts = 0
    for queue in (QUICK, HEAVY):
        while runner.work(queue, worker="test", clock=_due):
            attempts += 1
            assert attempts < 1000, "a job comes again and again"
    return attempts


def _due() -> Any:
    return Job.objects.unfinished().aggregate(at=Max("not_before"))["at"] or timezone.now()


def newest(kind: str) -> Job:
    return Job.objects.filter(kind=kind).latest("pk")


def failed_job(world: World) -> Job:
    """A computation of scores that the administrator ordered and that ran
    out of memory each time.
    """
    found = Job.objects.filter(kind="scores", state="failed").first()
    if found is not None:
        return found
    run = totals.request_run(world.cycle, why="test", by=world.administrator, at=world.at)
    actions.order("scores", run, by=world.administrator, at=world.at)
    for _attempt in range(KINDS["scores"].attempts):
        job = actions.take(QUICK, worker="test", at=newest("scores").not_before)
        assert job is not None
        actions.note_failure(job, Reason.MEMORY, error="MemoryError", at=world.at)
    return newest("scores")


def waiting_job(world: World) -> Job:
    """A computation of scores that the administrator ordered and no worker has taken."""
    found = Job.objects.filter(kind="scores", state="waiting").first()
    if found is not None:
        return found
    run = totals.request_run(world.cycle, why="test", by=world.administrator, at=world.at)
    actions.order("scores", run, by=world.administrator, at=world.at)
    return newest("scores")


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Have this process send its messages there, and afterwards where it sent them before."""
    own = app.conf.broker_url
    try:
        _use(url)
        yield
    finally:
        _use(own)


def _use(url: str) -> None:
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    app.amqp._producer_pool = app._pool = None
