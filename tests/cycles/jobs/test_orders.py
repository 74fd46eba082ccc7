"""An order stands or falls with its act, and costs a person a second at most."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from cycles.jobs import actions, broker
from cycles.jobs.kinds import QUICK
from cycles.models import Job
from submissions.scoring import totals
from tests.cycles.jobs.handlers import SOON, handled_by, nothing, order_job, work
from tests.jobs import broker_at, failed_job, newest, work_off

# --- Orders -------------------------------------------------------------------------------------


def test_an_order_stands_or_falls_with_its_act(world):
    with handled_by(nothing):
        with transaction.atomic():
            order_job(world)
            transaction.set_rollback(True)

        assert not Job.objects.exists()


def test_a_second_order_is_answered_by_the_unfinished_job(world):
    with handled_by(nothing):
        first = order_job(world)
        assert order_job(world) == first
        work(world.at)

        assert order_job(world) != first


def test_a_job_names_its_kind_and_its_subject_in_both_languages(world):
    with handled_by(nothing):
        job = order_job(world)

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
        done = order_job(world)
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
    settings.EMBEDDED_REDIS = False
    with broker_at(f"redis://127.0.0.1:{port}/0"):
        begun = time.monotonic()
        answers = [broker.wake(QUICK) for _order in range(5)]
        taken = time.monotonic() - begun

    assert answers == [False] * 5
    assert taken < 2 * broker.PATIENCE


def test_a_broker_that_is_there_takes_the_message(asked_anew):
    for _attempt in range(5):  # a busy machine may need more than the second that an order waits
        broker._silent_until = 0.0
        if taken := broker.wake("nobody-serves-this-one"):
            break
    assert taken
