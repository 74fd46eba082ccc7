"""A kind of job of the tests' own, and a worker that does one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from cycles.jobs import actions, kinds, runner
from cycles.jobs.kinds import QUICK, Kind
from cycles.models import Job
from tests.factories import World
from tests.jobs import newest

SOON = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


@contextmanager
def handled_by(
    handler: Callable[[int, Any], None], *, attempts: int = 2, lease: int = 30
) -> Iterator[None]:
    """A kind of this test's own on cycles: what it does to the job is what is looked at."""
    of_test = Kind(
        name="test",
        label="Test",
        handler=handler,
        queue=QUICK,
        attempts=attempts,
        lease=lease,
        unfinished=lambda: Job.objects.none(),
    )
    kinds.KINDS["test"] = of_test
    try:
        yield
    finally:
        del kinds.KINDS["test"]


def order_job(w: World) -> Job:
    actions.order("test", w.cycle, by=w.administrator, at=w.at)
    return newest("test")


def work(at: Any, worker: str = "one") -> bool:
    return runner.work(QUICK, worker=worker, clock=lambda: at)


def nothing(key: int, tell: Any) -> None:
    """Does its work at once."""


def failing_with(error: BaseException) -> Callable[[int, Any], None]:
    def handler(key: int, tell: Any) -> None:
        raise error

    return handler
