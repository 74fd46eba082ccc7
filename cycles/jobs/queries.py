"""What there is of jobs: the newest on a row, and how many of each kind
wait, run and have failed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.db.models import Count, Min

from cycles.administration_workflow import JobState
from cycles.jobs import kinds
from cycles.models import Job
from cycles.notices import delivery

MAILS = "mails"
"""The kind under which messages are counted, which have an outbox of their own (`deliveries`)."""


def latest(name: str, subject: int) -> Job | None:
    """Find the newest job of a kind on a row."""
    return by_subject(name, [subject]).get(subject)


def by_subject(name: str, subjects: Iterable[int]) -> dict[int, Job]:
    """Find the newest job of a kind on each of these rows; one query."""
    rows = Job.objects.filter(kind=name, subject__in=list(subjects))
    found = {}
    for job in rows.order_by("subject", "-pk").distinct("subject"):
        job.words = kinds.words(job)
        found[job.subject] = job
    return found


class JobSubject(Protocol):
    """A row on which jobs are done."""

    job: Job | None

    @property
    def pk(self) -> int: ...


SubjectT = TypeVar("SubjectT", bound=JobSubject)


def with_jobs(name: str, rows: Iterable[SubjectT]) -> list[SubjectT]:
    """Set the newest job of a kind on each row as `job`; one query."""
    rows = list(rows)
    found = by_subject(name, [row.pk for row in rows])
    for row in rows:
        row.job = found.get(row.pk)
    return rows


def is_any_due(queue: str, *, at: datetime) -> bool:
    """Say whether a worker of the queue would find something to do."""
    return Job.objects.due(at).filter(kind__in=kinds.of_queue(queue)).exists()


@dataclass(frozen=True)
class Backlog:
    """How many jobs of a kind are in a state, and when the oldest of them was ordered."""

    kind: str
    state: str
    count: int
    oldest: datetime

    def age(self, at: datetime) -> timedelta:
        """Measure for how long the oldest job has been waiting or standing there."""
        return max(at - self.oldest, timedelta(0))


def counts() -> list[Backlog]:
    """Count all jobs that are not done, by kind and state, messages among them; three small
    queries.
    """
    rows = (
        Job.objects.exclude(state=JobState.DONE).order_by("kind", "state").values("kind", "state")
    )
    found = [
        Backlog(kind=row["kind"], state=row["state"], count=row["count"], oldest=row["oldest"])
        for row in rows.annotate(count=Count("pk"), oldest=Min("asked_at"))
    ]
    for state, outbox in (
        (JobState.WAITING, delivery.waiting()),
        (JobState.FAILED, delivery.given_up()),
    ):
        summary = outbox.aggregate(count=Count("pk"), oldest=Min("made_at"))
        if summary["oldest"]:
            count = summary["count"]
            found.append(Backlog(kind=MAILS, state=state, count=count, oldest=summary["oldest"]))
    return found


@dataclass
class KindRow:
    """A kind as the page of jobs sums it up."""

    label: str
    waiting: int = 0
    running: int = 0
    failed: int = 0
    cancelled: int = 0
    waiting_since: datetime | None = None
    is_mail: bool = False


def summary() -> list[KindRow]:
    """Sum up what is not done of each kind, messages last."""
    rows = {name: KindRow(label=str(kind.label)) for name, kind in kinds.KINDS.items()}
    rows[MAILS] = KindRow(label=str(delivery.LABEL), is_mail=True)
    for backlog in counts():
        row = rows.setdefault(backlog.kind, KindRow(label=backlog.kind))
        setattr(row, backlog.state, backlog.count)
        if backlog.state == JobState.WAITING:
            row.waiting_since = backlog.oldest
    return list(rows.values())
