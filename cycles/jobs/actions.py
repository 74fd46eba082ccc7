"""Every write on a job: its order, its way through a worker's hands, and
the acts of people on it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Model, QuerySet, When
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.administration_workflow import JOBS, JobState
from cycles.engine.perform import perform
from cycles.jobs import broker
from cycles.jobs.kinds import KINDS, Kind, Later, Stopped, of_queue
from cycles.models import Job, Reason
from cycles.workflow import Refused

PAUSE = timedelta(seconds=15)
"""After the first failed attempt; after the second twice as long, and so on."""

AT_ONCE = 500

KEPT_FOR = timedelta(days=90)
"""Jobs that were done: two for each file of evidence, millions a year. Those that failed or were
stopped stay.
"""


# --- Orders -------------------------------------------------------------------------------------


def order(name: str, subject: Model, *, by: User | None, at: datetime) -> None:
    """Order a job in the transaction of the act that asks for it; one that is unfinished answers
    this order, too.
    """
    order_all(name, [subject], by=by, at=at)


@transaction.atomic
def order_all(name: str, subjects: Iterable[Model], *, by: User | None, at: datetime) -> None:
    """Order a job of one kind on each of these rows."""
    kind = KINDS[name]
    jobs = [_new_job(kind, subject, by=by, at=at) for subject in subjects]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
    transaction.on_commit(lambda: broker.wake(kind.queue), robust=True)


def _new_job(kind: Kind, subject: Model, *, by: User | None, at: datetime) -> Job:
    titles = {}
    for language in ("fa", "en"):
        with translation.override(language):
            named = str(subject).startswith(str(kind.label))
            titles[language] = str(subject)[:300] if named else f"{kind.label}: {subject}"[:300]
    return Job(
        kind=kind.name,
        subject=subject.pk,
        title_fa=titles["fa"],
        title_en=titles["en"],
        asked_by=by,
        asked_at=at,
        not_before=at,
    )


def order_missing(*, at: datetime) -> int:
    """Order a job on every row that needs one and has none: restored, or written by other means;
    how many.
    """
    count = 0
    for name, kind in KINDS.items():
        known = Job.objects.filter(kind=name).exclude(state=JobState.DONE)
        missing = list(
            kind.unfinished().exclude(pk__in=known.values("subject")).order_by("pk")[:AT_ONCE]
        )
        if missing:
            order_all(name, missing, by=None, at=at)
            count += len(missing)
    return count


def clear_done(*, at: datetime) -> int:
    """Forget jobs that were done long ago; what they did stands with their subjects. How many were
    forgotten.
    """
    gone, _by_model = Job.objects.filter(
        state=JobState.DONE, finished_at__lt=at - KEPT_FOR
    ).delete()
    return gone


@transaction.atomic
def withdraw(name: str, subject: Model, *, at: datetime) -> bool:
    """Stop the unfinished job on a row, as part of an act on that row; whether there was one."""
    rows = Job.objects.unfinished().filter(kind=name, subject=subject.pk)
    return bool(rows.update(state=JobState.CANCELLED, lease_until=None, finished_at=at))


# --- In a worker's hands ------------------------------------------------------------------------


@transaction.atomic
def take(queue: str, *, worker: str, at: datetime) -> Job | None:
    """Put the next due job of a queue into a worker's hands; one that has killed too many workers
    fails instead.
    """
    due = Job.objects.due(at).filter(kind__in=of_queue(queue)).order_by(_yields(), "asked_at", "pk")
    while job := locked(due, skip_locked=True).first():
        was_left_behind = job.state == JobState.RUNNING
        if was_left_behind and job.attempts >= KINDS[job.kind].attempts:
            _fail(job, Reason.KILLED, error="", at=at)
            continue
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            worker=worker[:100],
            lease_until=_lease(job, at),
            step="",
            percent=0,
            reason=Reason.KILLED if was_left_behind else job.reason,
        )
        return Job.objects.get(pk=job.pk)
    return None


def _yields() -> Case:
    """Tell the jobs of kinds that yield from all others, which come first."""
    yielding = [name for name, kind in KINDS.items() if kind.yields]
    return Case(When(kind__in=yielding, then=1), default=0)


def _lease(job: Job, at: datetime) -> datetime:
    return at + timedelta(seconds=KINDS[job.kind].lease)


def _in_hand(job: Job) -> QuerySet[Job]:
    """Select the row as long as it is in the hands of this worker: an attempt's number is given
    once.
    """
    return Job.objects.filter(
        pk=job.pk, state=JobState.RUNNING, attempts=job.attempts, worker=job.worker
    )


def renew(job: Job, *, at: datetime) -> bool:
    """Say that the worker is alive; whether the job is still its own."""
    return bool(_in_hand(job).update(lease_until=_lease(job, at)))


def note_progress(job: Job, *, step: str, percent: int, at: datetime) -> None:
    """Say how far a job is, seen at once by whoever watches; raises `Stopped` where it is no longer
    this worker's.
    """
    if not _in_hand(job).update(step=step, percent=percent, lease_until=_lease(job, at)):
        raise Stopped


def finish(job: Job, *, at: datetime) -> None:
    _in_hand(job).update(
        state=JobState.DONE,
        lease_until=None,
        step="",
        percent=100,
        reason="",
        error="",
        finished_at=at,
    )


@transaction.atomic
def put_off(job: Job, later: Later, *, at: datetime) -> None:
    """Have a job wait for what is away, and the others of its kind with it; the attempt does not
    count.
    """
    until = at + later.pause
    _in_hand(job).update(
        state=JobState.WAITING,
        attempts=F("attempts") - 1,
        lease_until=None,
        not_before=until,
        reason=later.reason,
    )
    others = Job.objects.filter(kind=job.kind, state=JobState.WAITING, not_before__lt=until)
    others.update(not_before=until, reason=later.reason)


@transaction.atomic
def note_failure(job: Job, reason: Reason, *, error: str, at: datetime) -> None:
    """Have a failed attempt followed by another, or, after the last one, by the job's failure."""
    held = locked(_in_hand(job)).first()
    if held is None:
        return
    if held.attempts >= KINDS[job.kind].attempts:
        _fail(held, reason, error=error, at=at)
        return
    _in_hand(job).update(
        state=JobState.WAITING,
        lease_until=None,
        not_before=at + PAUSE * held.attempts,
        reason=reason,
        error=error[:300],
    )


def _fail(job: Job, reason: Reason, *, error: str, at: datetime) -> None:
    """Give a job up, on record, and tell whoever ordered it; what the error says is for operators
    alone.
    """
    perform(JOBS, [job], "fail", by=None, at=at, reason=reason.value)
    if error:
        Job.objects.filter(pk=job.pk).update(error=error[:300])


# --- Acts of people -----------------------------------------------------------------------------


@transaction.atomic
def try_again(job: Job, *, by: User, at: datetime, note: str = "") -> Job:
    """Have a job that failed or was stopped done after all."""
    newer = Job.objects.unfinished().filter(kind=job.kind, subject=job.subject).exclude(pk=job.pk)
    if newer.exists():
        raise Refused(
            _("The same work was ordered anew meanwhile; that job stands in the list, too.")
        )
    [job] = perform(JOBS, [job], "try_again", by=by, at=at, note=note)
    transaction.on_commit(lambda: broker.wake(KINDS[job.kind].queue), robust=True)
    return job


@transaction.atomic
def stop(job: Job, *, by: User, at: datetime, note: str = "") -> Job:
    """Stop a job; its worker ends at its next step and keeps nothing."""
    [job] = perform(JOBS, [job], "stop", by=by, at=at, note=note)
    return job
