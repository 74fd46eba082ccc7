"""A job goes on by itself, ends, or stands as failed with its reason."""

import errno
import os
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from cycles.jobs import actions, kinds, runner
from cycles.jobs.kinds import QUICK, Later, Stopped
from cycles.models import Channel, Delivery, Entry, Job, Reason
from tests.cycles.jobs.handlers import (
    LEASE,
    SOON,
    failing_with,
    handled_by,
    nothing,
    order_job,
    work,
)
from tests.factories import build
from tests.jobs import newest

# --- The way of a job ---------------------------------------------------------------------------


def test_progress_is_seen_while_the_job_runs_and_its_end_is_written(world):
    seen = []

    def handler(key: int, tell: Any) -> None:
        tell("half", 50)
        job = newest("test")
        seen.append((job.state, job.step, job.percent, job.attempts, job.worker))

    with handled_by(handler):
        order_job(world)
        assert work(world.at)
        assert not work(world.at)

    job = newest("test")
    assert seen == [("running", "half", 50, 1, "one")]
    assert (job.state, job.percent, job.finished_at, job.lease_until) == (
        "done",
        100,
        world.at,
        None,
    )


def test_a_worker_that_died_is_followed_by_another_when_its_lease_has_run_out(world):
    with handled_by(nothing):
        order_job(world)
        assert actions.take(QUICK, worker="dead", at=world.at)
        assert not work(world.at + LEASE, "two")

        assert work(world.at + LEASE + SOON, "two")

    job = newest("test")
    assert (job.state, job.attempts, job.worker) == ("done", 2, "two")


def test_a_job_that_kills_its_workers_fails_and_whoever_ordered_it_is_told(world):
    with handled_by(nothing):
        order_job(world)
        at = world.at
        for _worker in range(2):
            assert actions.take(QUICK, worker="dead", at=at)
            at += LEASE + SOON

        assert not work(at)

    job = newest("test")
    assert (job.state, job.reason, job.attempts) == ("failed", "killed", 2)
    entry = Entry.objects.get(act="fail")
    told = Delivery.objects.get(entry=entry, channel=Channel.INBOX)
    assert (entry.actor_id, told.recipient) == (None, world.administrator)


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_the_handler_works():
    world, leases = build("open"), []

    def handler(key: int, tell: Any) -> None:
        begun = newest("test").lease_until
        end = time.monotonic() + 15
        while newest("test").lease_until == begun and time.monotonic() < end:
            time.sleep(0.05)
        leases.extend([begun, newest("test").lease_until])

    with handled_by(handler, lease=kinds.SHORTEST_LEASE):
        order_job(world)
        start = time.monotonic()
        runner.work(
            QUICK,
            worker="one",
            clock=lambda: world.at + timedelta(seconds=time.monotonic() - start),
        )

    assert leases[0] < leases[1]


def test_whoever_has_lost_a_job_can_neither_report_nor_end_it(world):
    with handled_by(nothing):
        order_job(world)
        slow = actions.take(QUICK, worker="slow", at=world.at)
        quick = actions.take(QUICK, worker="quick", at=world.at + LEASE + SOON)

        with pytest.raises(Stopped):
            actions.note_progress(slow, step="late", percent=99, at=world.at)
        actions.finish(slow, at=world.at)
        actions.note_failure(slow, Reason.ERROR, error="late", at=world.at)

    job = newest("test")
    assert (job.state, job.worker, job.step) == ("running", quick.worker, "")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_two_jobs_and_never_the_same():
    world = build("open")
    taken, start = [], threading.Barrier(2)

    def one_worker(name: str) -> None:
        start.wait(timeout=30)
        job = actions.take(QUICK, worker=name, at=world.at)
        taken.append(job and job.pk)
        connection.close()

    with handled_by(nothing):
        actions.order_all("test", [world.health, world.power], by=None, at=world.at)
        threads = [threading.Thread(target=one_worker, args=[name]) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))


# --- Failures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    (
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "disk"),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), "disk"),
        (OperationalError("server closed the connection"), "database"),
        (ValueError("nonsense"), "error"),
    ),
)
def test_a_failed_attempt_is_followed_by_another_and_the_last_one_says_why(world, error, reason):
    with handled_by(failing_with(error)):
        order_job(world)
        work(world.at)
        first = newest("test")
        assert not work(world.at)
        work(first.not_before)

    job = newest("test")
    assert (first.state, first.reason, first.attempts) == ("waiting", reason, 1)
    assert SOON < first.not_before - world.at < timedelta(minutes=1)
    assert (job.state, job.reason, job.attempts) == ("failed", reason, 2)
    assert type(error).__name__ in job.error
    assert type(error).__name__ not in str(Entry.objects.get(act="fail").params)


def test_the_reason_is_found_behind_the_error_that_hides_it():
    hidden = RuntimeError("could not write")
    hidden.__cause__ = OSError(errno.ENOSPC, "full")

    assert runner.reason_of(hidden) == Reason.DISK


def test_what_is_away_counts_no_attempt_and_keeps_all_of_its_kind_waiting(world):
    with handled_by(failing_with(Later(Reason.SCANNER))):
        actions.order_all("test", [world.health, world.power], by=None, at=world.at)
        for minute in range(5):
            assert work(world.at + timedelta(minutes=minute))
            assert not work(world.at + timedelta(minutes=minute))

    states = Job.objects.values_list("state", "reason", "attempts")
    assert set(states) == {("waiting", "scanner", 0)}
