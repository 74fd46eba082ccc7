"""Whether the portal's parts work: each is asked at the same time, and none is waited for long."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from config.monitoring import broker
from config.requests.timeouts import PROCESSES
from cycles.clock import now
from cycles.ui import files as ui_files

SECONDS = 3.0
"""How long all parts together are waited for."""
MOST_SILENT = 120
"""Seconds for which nothing is heard of beat, which sends every ten."""

UNSEALED = """
    SELECT count(*), extract(epoch FROM now() - min(e.recorded_at))
    FROM cycles_unsealed u JOIN cycles_entry e ON e.id = u.entry_id
"""
"""Rows of the record that wait for their seal, and how old the oldest is."""
OLDEST_DUE_JOB = """
    SELECT extract(epoch FROM %s - min(asked_at))
    FROM cycles_job WHERE state = 'waiting' AND not_before <= %s
"""
NEWEST_SEAL = (
    "SELECT extract(epoch FROM now() - sealed_at) FROM cycles_seal ORDER BY id DESC LIMIT 1"
)


Figures = dict[str, int | None]
"""What a part tells of itself, by name."""


class Unfit(Exception):
    """A part that answers, but not as it should."""


@dataclass
class Answer:
    """What is found of one part: in order or not, with figures."""

    fault: str = ""
    figures: Figures = field(default_factory=dict)


class Probe:
    """A question to one part. One that has not come back is not asked again: threads do not pile
    up.
    """

    def __init__(self, name: str, ask: Callable[[], Figures]) -> None:
        self.name, self._ask = name, ask
        self._ended = threading.Event()
        self._ended.set()
        self._answer = Answer()
        self._starting = threading.Lock()

    def start(self) -> None:
        with self._starting:
            if not self._ended.is_set():
                return
            self._ended.clear()
        threading.Thread(target=self._run, name=f"probe {self.name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._answer = Answer(figures=self._ask())
        except Unfit as error:
            self._answer = Answer(fault=str(error))
        except Exception as error:
            self._answer = Answer(
                fault=type(error).__name__
            )  # its words may hold an address with its password
        finally:
            self._ended.set()

    def wait(self, seconds: float) -> Answer:
        return (
            self._answer if self._ended.wait(max(seconds, 0)) else Answer(fault="no answer in time")
        )


def first_rows(*statements: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Read the first row of each statement, by a connection of its own that is never waited for
    long.
    """
    own = connection.copy()
    own.settings_dict["OPTIONS"] = (
        own.settings_dict["OPTIONS"] | PROCESSES["probe"].connection_options
    )
    try:
        with own.cursor() as cursor:
            rows = []
            for statement in statements:
                cursor.execute(statement, params)
                rows.append(cursor.fetchone() or (None,))
            return rows
    finally:
        own.close()


def check_database() -> Figures:
    first_rows("SELECT 1")
    return {}


def check_record() -> Figures:
    """Check that no rows wait for a seal for too long; tell how old the newest seal is."""
    (waiting, oldest), (newest,) = first_rows(UNSEALED, NEWEST_SEAL)
    if waiting and oldest > settings.SEALED_WITHIN_MINUTES * 60:
        raise Unfit(f"{waiting} rows without a seal, the oldest for {oldest:.0f} s")
    return {
        "unsealed": waiting,
        "newest_seal_seconds": None if newest is None else round(float(newest)),
    }


def check_cache() -> Figures:
    cache.set("portal:probe", 1, 10)
    if cache.get("portal:probe") != 1:
        raise Unfit("what was written cannot be read")
    return {}


def check_queues() -> Figures:
    """Check that nothing waits in the broker for too long; tell how much waits in each queue."""
    waiting = broker.queues(broker.client())
    for queue in waiting:
        if queue.age is not None and queue.age > settings.MOST_QUEUED_MINUTES * 60:
            raise Unfit(f"{queue.length} in {queue.name}, the oldest for {queue.age:.0f} s")
    return {queue.name: queue.length for queue in waiting}


def check_jobs() -> Figures:
    """Check that no job that could be done has been waiting for a worker for too long."""
    at = now()
    [(oldest,)] = first_rows(OLDEST_DUE_JOB, params=[at, at])
    if oldest is not None and oldest > settings.MOST_QUEUED_MINUTES * 60:
        raise Unfit(f"the oldest job has waited for {oldest:.0f} s")
    return {"oldest_seconds": None if oldest is None else round(float(oldest))}


def check_beat() -> Figures:
    age = broker.beat_age(broker.client())
    if age is None or age > MOST_SILENT:
        raise Unfit("never heard" if age is None else f"last heard {age:.0f} s ago")
    return {"seconds": round(age)}


def check_disk() -> Figures:
    """Check that there is free space where files and uploads lie."""
    free = {}
    for name, place in (("media", settings.MEDIA_ROOT), ("uploads", settings.UPLOAD_DIR)):
        free[name] = ui_files.free_bytes(Path(place)) // 2**20
    for name, megabytes in free.items():
        if megabytes < settings.LEAST_FREE_MEGABYTES:
            raise Unfit(f"{megabytes} MB free for {name}")
    return {f"{name}_free_megabytes": megabytes for name, megabytes in free.items()}


def check_broker() -> Figures:
    broker.client().ping()
    return {}


PROBES = {
    "database": Probe("database", check_database),
    "cache": Probe("cache", check_cache),
    "broker": Probe("broker", check_broker),
    "disk": Probe("disk", check_disk),
    "record": Probe("record", check_record),
    "beat": Probe("beat", check_beat),
    "queue": Probe("queue", check_queues),
    "jobs": Probe("jobs", check_jobs),
}


def answers(
    names: Sequence[str] = tuple(PROBES), *, clock: Callable[[], float]
) -> dict[str, Answer]:
    """Ask each part, and answer after three seconds at the latest."""
    until = clock() + SECONDS
    for name in names:
        PROBES[name].start()
    return {name: PROBES[name].wait(until - clock()) for name in names}
