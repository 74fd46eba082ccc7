"""Processes that a test starts beside itself, and kills."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


@contextmanager
def process(*command: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A module run on the test's database in a process group of its own; killed when left."""
    given = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
    }
    started = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | given | env,
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        kill(started)


def worker(queue: str, concurrency: int) -> tuple[str, ...]:
    """The command of a Celery worker of one queue, as in production."""
    command = (
        "celery",
        "-A",
        "config",
        "worker",
        "--queues",
        queue,
        "--concurrency",
        str(concurrency),
    )
    return (*command, "--loglevel", "WARNING", "--without-gossip", "--without-mingle")


def kill(started: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process and all its children at once: nobody gets to clean up."""
    if started.poll() is None:
        os.killpg(started.pid, signal.SIGKILL)
    started.wait(timeout=10)


def children(pid: int) -> list[int]:
    """The processes that a process has started itself."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(done: Callable[[], Any], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)
