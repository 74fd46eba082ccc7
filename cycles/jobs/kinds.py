"""What kinds of jobs there are; each app's `tasks` registers its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise

from cycles.models import Job, Reason

QUICK, HEAVY = "celery", "reports"
"""The queues: many small jobs side by side; one at a time, each in a process of its own."""

SHORTEST_LEASE, LONGEST_LEASE = 10, 45
"""Seconds. With the scheduler's pause a job whose worker has died goes on within a minute."""

Tell = Callable[[str, int], None]
"""Hears the step and the percent done; raises `Stopped` where the job is
no longer this worker's.
"""


class Stopped(Exception):
    """Told to whoever works on a job that was stopped meanwhile or given to another worker."""


class Later(Exception):
    """Raised by a handler that can do nothing yet: something it needs is away. No attempt is
    counted.

    What keeps one job waiting keeps all of its kind, so that each need not find out by itself.
    """

    pause = timedelta(seconds=30)

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.label)


@dataclass(frozen=True)
class Kind:
    """One kind of job: who does it, how often it is tried, and which rows ought to have one.

    `unfinished` answers with the rows that still need the work: whoever wrote such a row without an
    order, or restored it from a backup, loses nothing. The handler takes the key of the row and is
    safe to run twice. A kind that `yields` is done when nothing else waits in its queue.
    """

    name: str
    label: str | Promise
    handler: Callable[[int, Tell], None]
    queue: str
    attempts: int
    lease: int
    unfinished: Callable[[], QuerySet]
    yields: bool = False
    steps: Mapping[str, str | Promise] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise TypeError(f"{self.name}: a kind says how often it is tried")
        if not SHORTEST_LEASE <= self.lease <= LONGEST_LEASE:
            raise TypeError(
                f"{self.name}: a lease lasts {SHORTEST_LEASE} to {LONGEST_LEASE} seconds"
            )
        if self.queue not in (QUICK, HEAVY):
            raise TypeError(f"{self.name}: no worker serves the queue {self.queue}")


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    label: str | Promise,
    queue: str,
    attempts: int,
    lease: int,
    unfinished: Callable[[], QuerySet],
    yields: bool = False,
    steps: Mapping[str, str | Promise] | None = None,
) -> Callable[[Callable[[int, Tell], None]], Callable[[int, Tell], None]]:
    """Register a function as the handler of a kind."""

    def register(handler: Callable[[int, Tell], None]) -> Callable[[int, Tell], None]:
        if name in KINDS:
            raise TypeError(f"{name}: a kind stands twice")
        KINDS[name] = Kind(
            name=name,
            label=label,
            handler=handler,
            queue=queue,
            attempts=attempts,
            lease=lease,
            unfinished=unfinished,
            yields=yields,
            steps=steps or {},
        )
        return handler

    return register


def of_queue(queue: str) -> list[str]:
    """List the names of the kinds that a queue's workers do."""
    return [name for name, known in KINDS.items() if known.queue == queue]


def words(job: Job) -> str:
    """Say what is being done on a job now, in the reader's words."""
    known = KINDS.get(job.kind)
    step = known.steps.get(job.step) if known else None
    return str(step or job.get_state_display())
