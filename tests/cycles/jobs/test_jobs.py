"""A job ends, goes on by itself or stands as failed with its reason; its order costs a person a
second at most.
"""

import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone, translation

from cycles.jobs import actions, broker, kinds, queries, runner
from cycles.jobs.kinds import QUICK, Kind, Later, Stopped
from cycles.models import Channel, Delivery, Entry, Job, Reason
from cycles.notices import delivery
from cycles.workflow import Refused
from submissions.scoring import totals
from tests.factories import World, build
from tests.jobs import failed_job, newest, work_off

SOON = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


@pytest.fixture
def world(db: None) -> World:
    return build("open")


@pytest.fixture
def visit(settings: Any) -> Callable[[World, Any], Client]:
    """Signs somebody in at the world's moment."""

    def visiting(world: World, person: Any) -> Client:
        settings.CLOCK_OFFSET = world.at - timezone.now()
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return visiting


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


def ordered(w: World) -> Job:
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


# --- Orders -------------------------------------------------------------------------------------


def test_an_order_stands_or_falls_with_its_act(world):
    with handled_by(nothing):
        with transaction.atomic():
            ordered(world)
            transaction.set_rollback(True)

        assert not Job.objects.exists()


def test_a_second_order_is_answered_by_the_unfinished_job(world):
    with handled_by(nothing):
        first = ordered(world)
        assert ordered(world) == first
        work(world.at)

        assert ordered(world) != first


def test_a_job_names_its_kind_and_its_subject_in_both_languages(world):
    with handled_by(nothing):
        job = ordered(world)

    assert job.title_fa.startswith("Test: ")
    assert job.title_fa != job.title_en
    with translation.override("en"):
        assert str(job) == job.title_en


def test_a_row_without_an_order_gets_one(world):
    run = totals.request_run(world.cycle, why="test", by=None, at=world.at)

    assert actions.order_missing(at=world.at) == 1
    assert actions.order_missing(at=world.at) == 0
    work_off()

    assert world.fresh(run).finished_at
    assert newest("scores").state == "done"


def test_jobs_that_were_done_long_ago_are_forgotten_and_those_that_failed_stay(world):
    failed = failed_job(world)
    with handled_by(nothing):
        done = ordered(world)
        work(world.at)
    ended = world.fresh(done).finished_at

    before = actions.clear_done(at=ended + actions.KEPT_FOR)
    gone = actions.clear_done(at=ended + actions.KEPT_FOR + SOON)

    assert (before, gone) == (0, 1)
    assert not Job.objects.filter(pk=done.pk).exists()
    assert Job.objects.filter(pk=failed.pk).exists()


def test_what_has_failed_is_not_ordered_again_by_itself(world):
    failed_job(world)

    assert actions.order_missing(at=world.at) == 0


# --- A broker that is away ----------------------------------------------------------------------


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        yield server.getsockname()[1]


@pytest.fixture
def asked_anew(monkeypatch: Any) -> None:
    """As if no broker had been away before."""
    monkeypatch.setattr(broker, "_silent_until", 0.0)
    monkeypatch.setattr(broker, "_connection", None)


@pytest.mark.parametrize("kind_of_absence", ("refuses", "says nothing"))
def test_a_broker_that_is_away_costs_an_order_a_second_once(
    asked_anew, silent_server, settings, kind_of_absence
):
    port = silent_server if kind_of_absence == "says nothing" else 9
    app = broker.current_app
    before, app.conf.broker_url = app.conf.broker_url, f"redis://127.0.0.1:{port}/0"
    settings.EMBEDDED_REDIS = False
    try:
        begun = time.monotonic()
        answers = [broker.wake(QUICK) for _order in range(5)]
        taken = time.monotonic() - begun
    finally:
        app.conf.broker_url = before

    assert answers == [False] * 5
    assert taken < 2 * broker.PATIENCE


def test_a_broker_that_is_there_takes_the_message(asked_anew):
    for _attempt in range(5):  # a busy machine may need more than the second that an order waits
        broker._silent_until = 0.0
        if taken := broker.wake("nobody-serves-this-one"):
            break
    assert taken


# --- The way of a job ---------------------------------------------------------------------------


def test_progress_is_seen_while_the_job_runs_and_its_end_is_written(world):
    seen = []

    def handler(key: int, tell: Any) -> None:
        tell("half", 50)
        job = newest("test")
        seen.append((job.state, job.step, job.percent, job.attempts, job.worker))

    with handled_by(handler):
        ordered(world)
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
        ordered(world)
        assert actions.take(QUICK, worker="dead", at=world.at)
        assert not work(world.at + LEASE, "two")

        assert work(world.at + LEASE + SOON, "two")

    job = newest("test")
    assert (job.state, job.attempts, job.worker) == ("done", 2, "two")


def test_a_job_that_kills_its_workers_fails_and_whoever_ordered_it_is_told(world):
    with handled_by(nothing):
        ordered(world)
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
        ordered(world)
        start = time.monotonic()
        runner.work(
            QUICK,
            worker="one",
            clock=lambda: world.at + timedelta(seconds=time.monotonic() - start),
        )

    assert leases[0] < leases[1]


def test_whoever_has_lost_a_job_can_neither_report_nor_end_it(world):
    with handled_by(nothing):
        ordered(world)
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
        actions.order_all("test", [world.cycle, world.power], by=None, at=world.at)
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
        ordered(world)
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
        actions.order_all("test", [world.cycle, world.power], by=None, at=world.at)
        for minute in range(5):
            assert work(world.at + timedelta(minutes=minute))
            assert not work(world.at + timedelta(minutes=minute))

    states = Job.objects.values_list("state", "reason", "attempts")
    assert set(states) == {("waiting", "scanner", 0)}


# --- Acts of people -----------------------------------------------------------------------------


def test_a_stopped_job_ends_at_its_next_step(world):
    steps = []

    def handler(key: int, tell: Any) -> None:
        tell("first", 10)
        steps.append("first")
        actions.stop(newest("test"), by=world.administrator, at=world.at)
        tell("second", 20)
        steps.append("second")

    with handled_by(handler):
        ordered(world)
        work(world.at)

    assert steps == ["first"]
    assert newest("test").state == "cancelled"
    assert Entry.objects.get(act="stop").actor_id == world.administrator.pk


def test_a_failed_job_that_is_tried_again_has_all_its_attempts(world):
    job = failed_job(world)

    again = actions.try_again(job, by=world.administrator, at=world.at)
    assert (again.state, again.attempts, again.reason, again.error) == ("waiting", 0, "", "")
    work_off()

    assert newest("scores").state == "done"


def test_what_was_ordered_anew_is_not_tried_again_beside_it(world):
    with handled_by(failing_with(ValueError()), attempts=1):
        ordered(world)
        work(world.at)
        failed = newest("test")
        ordered(world)

        with translation.override("en"), pytest.raises(Refused, match="ordered anew"):
            actions.try_again(failed, by=world.administrator, at=world.at)


# --- The page -----------------------------------------------------------------------------------


def test_the_page_lists_jobs_with_reason_attempts_and_a_button(world, visit):
    job = failed_job(world)
    page = visit(world, world.administrator).get("/en/cycles/jobs/?state=failed").content.decode()
    auditor = visit(world, world.auditor).get("/en/cycles/jobs/").content.decode()

    for shown in (page, auditor):
        assert job.title_en in shown
        assert "There was not enough memory." in shown
        assert "3 of 3" in shown
    address = f"/en/cycles/jobs/{job.pk}/try-again/"
    assert address in page
    assert address not in auditor


def test_trying_again_is_an_act_on_record(world, visit):
    job, client = failed_job(world), visit(world, world.administrator)

    client.post(f"/en/cycles/jobs/{job.pk}/try-again/", {"note": "more memory"})

    assert newest("scores").state == "waiting"
    assert Entry.objects.get(act="try_again").note == "more memory"


@pytest.mark.parametrize("count", (1, 8))
def test_the_page_takes_the_same_queries_for_any_number_of_jobs(
    world, visit, django_assert_num_queries, count
):
    for _job in range(count):
        run = totals.request_run(world.cycle, why="test", by=None, at=world.at)
        actions.order("scores", run, by=world.administrator, at=world.at)
    client = visit(world, world.administrator)
    client.get("/en/cycles/jobs/")

    with django_assert_num_queries(QUERIES):
        client.get("/en/cycles/jobs/")


QUERIES = 9


# --- Messages -----------------------------------------------------------------------------------


def given_up(w: World) -> Delivery:
    return Delivery.objects.create(
        recipient=w.staff,
        channel=Channel.MAIL,
        key="test",
        made_at=w.at,
        message_id="0198c0de-0000-7000-8000-000000000000@example.org",
        attempts=len(delivery.PAUSES),
        error="refused",
    )


def test_messages_stand_among_the_kinds_with_their_backlog(world):
    Delivery.objects.all().delete()
    given_up(world)

    [mails] = [backlog for backlog in queries.counts() if backlog.kind == queries.MAILS]

    assert (mails.state, mails.count, mails.age(world.at + SOON)) == ("failed", 1, SOON)


def test_messages_that_were_given_up_are_sent_again_as_the_same_messages(world, visit):
    given, client = given_up(world), visit(world, world.administrator)
    assert "/en/cycles/jobs/messages/" in client.get("/en/cycles/jobs/").content.decode()

    client.post("/en/cycles/jobs/messages/", {"note": ""})
    again = Delivery.objects.get(pk=given.pk)
    refused = client.post("/en/cycles/jobs/messages/", {"note": ""}).content.decode()

    assert (again.attempts, again.error, again.message_id) == (0, "", given.message_id)
    assert Entry.objects.get(act="send_again").params["count"] == 1
    assert "nothing to send again" in refused
