"""A worker killed in the middle of a report, with a real database, broker and workers: the next one
ends it.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.celery import app
from cycles.clock import now
from cycles.jobs import broker
from cycles.models import Job
from festival.models import Report
from festival.report import actions as report_actions
from tests.factories import build
from tests.faults.parts.processes import kill, process, wait_for, worker

PAST_THE_LEASE = timedelta(seconds=60)


@contextmanager
def reports_worker(files: Path, offset: timedelta) -> Iterator[Any]:
    """The worker of reports, its clock moved by so much."""
    name = f"jobs-{os.getpid()}-{time.monotonic_ns()}@localhost"
    env = {"TEST_FILES": str(files), "TEST_CLOCK_OFFSET": str(offset.total_seconds())}
    with process(*worker("reports", 1), "--hostname", name, **env) as started:
        yield started


@pytest.mark.django_db(transaction=True)
def test_a_report_whose_worker_is_killed_in_the_middle_is_ended_by_the_next(
    tmp_path: Path, settings: Any
) -> None:
    app.control.purge()
    world = build("final")
    settings.CLOCK_OFFSET = offset = world.at - timezone.now()

    with reports_worker(tmp_path, offset) as first:
        report_actions.ask_for_report(
            world.edition, languages=["en"], by=world.administrator, at=now()
        )
        broker.wake("reports")
        wait_for(lambda: Job.objects.get().step in ("write", "style", "layout"))
        kill(first)
    left = Job.objects.get()
    with reports_worker(tmp_path, offset + PAST_THE_LEASE):
        broker.wake("reports")  # as the scheduler does every ten seconds
        wait_for(lambda: Job.objects.get().state == "done")

    assert (left.state, left.attempts) == ("running", 1)
    assert Job.objects.get().attempts == 2
    report = Report.objects.get()
    kept = sorted(
        path.relative_to(tmp_path / "media").as_posix() for path in tmp_path.rglob("*.pdf")
    )
    assert kept == sorted([report.file.name, report.archive.name])
