"""The report goes to a real worker, which tells how far it is, keeps the file once, and says in words when it fails."""

import hashlib
import time
from datetime import timedelta

import pytest

from festival import article82, tasks
from festival.models import STEPS, Report
from tests.factories import build


@pytest.fixture
def asked(transactional_db):
    """A report that was asked for and that nobody draws up yet."""
    world = build("final")
    [report] = article82.ask_for_report(world.edition, languages=["en"], by=world.administrator, at=world.at)
    world.report = report
    return world


def _watch(report, *, until, seconds=60):
    """Look at the row, as the page does, until something holds; answers with the row and the steps seen on the way."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        row = Report.objects.get(pk=report.pk)
        if row.step and (row.step, row.percent_done) not in seen:
            seen.append((row.step, row.percent_done))
        if until(row):
            return row, seen
        time.sleep(0.01)
    pytest.fail(f"still {row.step} {row.percent_done} after {seconds} s")


def _content(report):
    with report.file.open("rb") as file:
        return file.read()


def test_a_report_is_drawn_up_with_progress_and_kept(celery_worker, asked):
    tasks.render_report.delay(report_id=asked.report.pk)

    report, seen = _watch(asked.report, until=lambda row: row.finished_at)

    assert {step for step, _percent in seen} <= set(STEPS)
    assert len(seen) >= 2
    assert [percent for _step, percent in seen] == sorted(percent for _step, percent in seen)
    content = _content(report)
    assert content.startswith(b"%PDF-")
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    assert (report.percent_done, report.error) == (100, "")


def test_a_finished_report_is_left_alone_when_the_job_comes_twice(celery_worker, asked):
    kept = article82.keep_report(asked.report, pdf=b"%PDF-1.7 first", at=asked.at)
    [other] = article82.ask_for_report(asked.edition, languages=["en"], by=asked.administrator, at=asked.at)

    tasks.render_report.delay(report_id=kept.pk)
    tasks.render_report.delay(report_id=other.pk)  # one worker: when this one is done, so is the one before
    _watch(other, until=lambda row: row.finished_at)

    again = Report.objects.get(pk=kept.pk)
    assert (again.sha256, again.finished_at) == (kept.sha256, kept.finished_at)
    assert _content(again) == b"%PDF-1.7 first"


def test_two_workers_that_finish_the_same_report_keep_the_first_file(asked):
    first = article82.keep_report(asked.report, pdf=b"%PDF-1.7 first", at=asked.at)
    second = article82.keep_report(asked.report, pdf=b"%PDF-1.7 second", at=asked.at + timedelta(hours=1))

    assert (second.sha256, second.finished_at) == (first.sha256, asked.at)


def test_a_failure_is_shown_in_words_and_the_next_try_clears_it(celery_worker, asked, reports_folder, client, clock):
    obstacle = reports_folder / str(asked.cycle.year)
    moved = obstacle.exists() and obstacle.rename(obstacle.with_suffix(".aside"))
    obstacle.write_text("a file where the folder should be")
    clock(asked.at)
    client.force_login(asked.administrator)
    try:
        tasks.render_report.delay(report_id=asked.report.pk)
        failed, _seen = _watch(asked.report, until=lambda row: row.error)
        page = client.get(f"/en/festival/manage/reports/{failed.uuid}/").content.decode()
    finally:
        obstacle.unlink()
        if moved:
            moved.rename(obstacle)

    assert "The report could not be drawn up." in page
    assert "ask for it once more" in page
    assert 'hx-trigger="every 2s"' not in page

    tasks.render_report.delay(report_id=asked.report.pk)
    report, _seen = _watch(asked.report, until=lambda row: row.finished_at)
    assert report.error == ""


def test_what_is_due_is_published_by_the_job(celery_worker, transactional_db, clock):
    world = build("scheduled")
    clock(world.edition.publish_at + timedelta(minutes=1))

    tasks.publish_due.delay()

    end = time.monotonic() + 20
    while time.monotonic() < end and world.fresh(world.edition).state != "published":
        time.sleep(0.05)
    assert world.fresh(world.edition).state == "published"
