"""Real web and worker processes: whoever meets a held row waits for seconds, and all others wait
for nobody.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.celery import app
from submissions.models import Answer
from tests.factories import World, build
from tests.faults.parts import probes
from tests.faults.parts.away import held_row
from tests.faults.parts.processes import process, wait_for, worker
from tests.faults.test_last_hour import Person, answers, free_port

STUCK, AT_MOST = 5, 1.5
WEB = (
    "--worker-class=gthread",
    "--workers=2",
    "--threads=16",
    "--no-control-socket",
    "--log-level=warning",
)


@pytest.fixture
def w() -> World:
    return build("begun")


@pytest.fixture
def port(w: World, tmp_path: Path) -> Iterator[int]:
    """A web service of two processes, each with more threads than people wait for one row."""
    number = free_port()
    env = {
        "TEST_FILES": str(tmp_path),
        "TEST_CLOCK_OFFSET": str((w.at - timezone.now()).total_seconds()),
    }
    with process("gunicorn", "config.wsgi", f"--bind=127.0.0.1:{number}", *WEB, **env):
        wait_for(lambda: answers(number), 60)
        yield number


def person(user: Any, submission: Any, port: int) -> Person:
    client = Client()
    client.force_login(user, backend="config.accounts.backends.PasswordBackend")
    lines = Answer.objects.filter(submission=submission).exclude(measure__method="steward")
    return Person(
        client.cookies["sessionid"].value, lines.order_by("pk")[0].pk, port, random.Random(1)
    )


@pytest.mark.django_db(transaction=True)
def test_while_some_wait_for_a_held_row_others_save_at_once(w: World, port: int) -> None:
    stuck = [person(w.staff, w.submission, port) for _ in range(STUCK)]
    other = person(w.people["other_head"], w.other, port)
    other.save()  # the first page of a process takes longer
    waited: list[float] = []

    def wait(one: Person) -> None:
        begun = time.monotonic()
        one.save()
        waited.append(time.monotonic() - begun)

    with held_row("submissions_submission", w.submission.pk):
        threads = [threading.Thread(target=wait, args=[one]) for one in stuck]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        passed = []
        while len(passed) < 10:
            begun = time.monotonic()
            other.save()
            passed.append(time.monotonic() - begun)
        for thread in threads:
            thread.join(30)
    for one in (*stuck, other):
        one.hang_up()

    assert [sum(one.statuses.values()) for one in stuck] == [1] * STUCK
    assert all(one.statuses == {503: 1} for one in stuck)
    # whoever queues behind another waiter is given his place when he is sent away, and waits five
    # seconds for the row
    assert all(4.5 <= seconds < 14 for seconds in waited), waited
    assert sorted(waited)[len(waited) // 2] < 8, waited
    assert other.statuses == {200: 11}
    assert sorted(passed)[len(passed) // 2] < AT_MOST, passed


@pytest.mark.django_db(transaction=True)
def test_a_worker_s_connection_has_the_limits_of_jobs() -> None:
    queue = f"probe-{os.getpid()}"
    with process(
        *worker(queue, 1),
        "--include",
        "tests.faults.parts.probes",
        "--hostname",
        f"{queue}@localhost",
    ):
        probes.limits.apply_async(queue=queue)
        wait_for(lambda: cache.get(probes.ANSWER), 60)

    assert cache.get(probes.ANSWER) == ("15min", "1min")
    assert app.conf.task_time_limit == 15 * 60
