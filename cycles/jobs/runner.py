"""How a worker does a job: taken up, kept alive while it is worked on, and brought to its end
whatever happens.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connections

from cycles.jobs import actions
from cycles.jobs.kinds import KINDS, Later, Stopped
from cycles.models import Job, Reason
from cycles.ui.files import FULL_DISK

logger = logging.getLogger(__name__)

DISK_FULL = "53100"
"""What PostgreSQL calls a disk without room, by its SQLSTATE."""

Clock = Callable[[], datetime]


def work(queue: str, *, worker: str, clock: Clock) -> bool:
    """Do the next due job of a queue; False where there is none. Whatever the job comes to is
    written on its row.
    """
    job = actions.take(queue, worker=worker, at=clock())
    if job is None:
        return False
    logger.info("job %s begins: %s, attempt %s", job.pk, job.kind, job.attempts)
    failure = _attempt(job, clock)
    # here the failed attempt has let go of all that it held, so that there is memory to say so
    if failure is not None:
        reason, error = failure
        actions.note_failure(job, reason, error=error, at=clock())
    return True


def _attempt(job: Job, clock: Clock) -> tuple[Reason, str] | None:
    """Have the handler do its work; what it failed of, None where it ended,
    was stopped or put off.
    """

    def tell(step: str, percent: int) -> None:
        actions.note_progress(job, step=step, percent=percent, at=clock())

    try:
        with _kept_alive(job, clock):
            KINDS[job.kind].handler(job.subject, tell)
    except Stopped:
        logger.info("job %s was stopped", job.pk)
    except Later as later:
        logger.info("job %s waits: %s", job.pk, later.reason)
        actions.put_off(job, later, at=clock())
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        return reason_of(error), f"{type(error).__name__}: {error}".removesuffix(": ")
    else:
        actions.finish(job, at=clock())
    return None


@contextmanager
def _kept_alive(job: Job, clock: Clock) -> Iterator[None]:
    """Renew the lease of a job from a thread of its own for as long as the handler works."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(KINDS[job.kind].lease / 3):
                _renew(job, clock)
        finally:
            connections.close_all()

    thread = threading.Thread(target=beat, name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(job: Job, clock: Clock) -> None:
    try:
        actions.renew(job, at=clock())
    except DatabaseError as error:
        logger.warning("the lease of job %s was not renewed: %s", job.pk, error)
        connections.close_all()


def reason_of(error: BaseException) -> Reason:
    """Find out why an attempt failed, by the first error in the chain that says so."""
    seen: BaseException | None = error
    while seen is not None:
        if reason := _reason(seen):
            return reason
        seen = seen.__cause__ or seen.__context__
    return Reason.ERROR


def _reason(error: BaseException) -> Reason | None:
    if isinstance(error, MemoryError):
        return Reason.MEMORY
    if isinstance(error, SoftTimeLimitExceeded):
        return Reason.TIME
    if isinstance(error, OSError) and error.errno in FULL_DISK:
        return Reason.DISK
    if isinstance(error, Error) and getattr(error.__cause__, "pgcode", "") == DISK_FULL:
        return Reason.DISK
    if isinstance(error, (OperationalError, InterfaceError)):
        return Reason.DATABASE
    return None
