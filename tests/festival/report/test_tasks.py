"""The report goes to a real worker, which tells how far it is, keeps the file once, and says in
words when it fails.
"""

import hashlib
import resource
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from cycles.jobs import broker
from cycles.jobs.actions import order
from cycles.models import Job
from festival import tasks
from festival.models import STEPS, Report
from festival.report import actions as report_actions
from tests.factories import build
from tests.jobs import newest


@pytest.fixture
def asked(transactional_db, settings):
    """A report that was asked for and that nobody draws up yet."""
    world = build("final")
    settings.CLOCK_OFFSET = world.at - timezone.now()
    [report] = report_actions.ask_for_report(
        world.edition, languages=["en"], by=world.administrator, at=world.at
    )
    world.report = report
    return world


def _watch(report, *, until, seconds=60):
    """Look at the job, as the page does, until something holds; answers with the job and the steps
    seen on the way.
    """
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        job = Job.objects.filter(kind="report", subject=report.pk).latest("pk")
        if job.step and (job.step, job.percent) not in seen:
            seen.append((job.step, job.percent))
        if until(job):
            return job, seen
        time.sleep(0.01)
    pytest.fail(f"still {job.state} {job.step} {job.percent} after {seconds} s")


def _is_done(job):
    return job.state == "done"


def _content(report):
    with report.file.open("rb") as file:
        return file.read()


def test_a_report_is_drawn_up_with_progress_and_kept(asked, celery_worker):
    broker.wake("reports")

    job, seen = _watch(asked.report, until=_is_done)

    assert {step for step, _percent in seen} <= set(STEPS)
    assert len(seen) >= 2
    assert [percent for _step, percent in seen] == sorted(percent for _step, percent in seen)
    report = Report.objects.get(pk=asked.report.pk)
    content = _content(report)
    assert content.startswith(b"%PDF-")
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    assert (job.percent, job.reason, job.attempts) == (100, "", 1)


def test_a_finished_report_is_left_alone_when_the_job_comes_twice(asked, celery_worker):
    kept = report_actions.store_report(asked.report, pdf=b"%PDF-1.7 first", at=asked.at)

    order("report", kept, by=None, at=asked.at)  # wakes the worker
    _watch(kept, until=_is_done)

    again = Report.objects.get(pk=kept.pk)
    assert (again.sha256, again.finished_at) == (kept.sha256, kept.finished_at)
    assert _content(again) == b"%PDF-1.7 first"


def test_two_workers_that_finish_the_same_report_keep_the_first_file(asked):
    first = report_actions.store_report(asked.report, pdf=b"%PDF-1.7 first", at=asked.at)
    second = report_actions.store_report(
        asked.report, pdf=b"%PDF-1.7 second", at=asked.at + timedelta(hours=1)
    )

    assert (second.sha256, second.finished_at) == (first.sha256, asked.at)


def test_a_disk_that_is_full_leaves_no_part_of_a_file(asked, reports_folder):
    before = sorted(reports_folder.rglob("*.pdf"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            report_actions.store_report(
                asked.report, pdf=b"%PDF-1.7 kept", archive=bytes(2**21), at=asked.at
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert sorted(reports_folder.rglob("*.pdf")) == before
    assert report_actions.store_report(asked.report, pdf=b"%PDF-1.7 kept", at=asked.at).finished_at


def test_what_a_killed_worker_left_of_a_file_is_replaced(asked, reports_folder):
    half = reports_folder / str(asked.cycle.year) / f"{asked.report.uuid}.pdf"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"%PDF-1.7 ha")

    kept = report_actions.store_report(asked.report, pdf=b"%PDF-1.7 kept", at=asked.at)

    assert half.read_bytes() == b"%PDF-1.7 kept"
    assert kept.file.name.endswith(half.name)


def test_a_failure_is_shown_in_words_and_trying_again_clears_it(
    asked, celery_worker, reports_folder, client, clock
):
    obstacle = reports_folder / str(asked.cycle.year)
    moved = obstacle.exists() and obstacle.rename(obstacle.with_suffix(".aside"))
    obstacle.write_text("a file where the folder should be")
    clock(asked.at)
    client.force_login(asked.administrator)
    address = f"/en/festival/manage/reports/{asked.report.uuid}/"
    try:
        for minute in range(3):
            settings.CLOCK_OFFSET = asked.at + timedelta(minutes=minute) - timezone.now()
            broker.wake("reports")
            job, _seen = _watch(
                asked.report,
                until=lambda job, tries=minute + 1: job.attempts == tries and job.error,
            )
            waiting = client.get(address).content.decode() if minute == 1 else ""
            assert ("tried again by itself" in waiting) == (minute == 1)
            _watch(asked.report, until=lambda job: job.state in ("waiting", "failed"))
        page = client.get(address).content.decode()
    finally:
        obstacle.unlink()
        if moved:
            moved.rename(obstacle)

    assert newest("report").state == "failed"
    assert "The report could not be drawn up." in page
    assert "It failed after 3 attempts." in page
    assert 'hx-trigger="every 2s"' not in page

    client.post(f"/en/cycles/jobs/{job.pk}/try-again/", {"note": ""})
    job, _seen = _watch(asked.report, until=_is_done)
    assert (job.reason, job.error) == ("", "")
    assert Report.objects.get(pk=asked.report.pk).finished_at


def test_what_is_due_is_published_by_the_job(celery_worker, transactional_db, clock):
    world = build("scheduled")
    clock(world.edition.publish_at + timedelta(minutes=1))

    tasks.publish_due.delay()

    end = time.monotonic() + 20
    while time.monotonic() < end and world.fresh(world.edition).state != "published":
        time.sleep(0.05)
    assert world.fresh(world.edition).state == "published"
