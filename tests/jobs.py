"""Jobs in tests: done as a worker does them, in this process."""

from typing import Any

from django.db.models import Max

from cycles.jobs import runner
from cycles.jobs.kinds import HEAVY, KINDS, QUICK
from cycles.models import Job


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
    return Job.objects.unfinished().aggregate(at=Max("not_before"))["at"] or Job.objects.latest("pk").asked_at


def newest(kind: str) -> Job:
    return Job.objects.filter(kind=kind).latest("pk")
