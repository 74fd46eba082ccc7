"""The portal's state in figures, read only when somebody asks for the metrics, and then for some
seconds not again.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.db import DatabaseError
from django.db.models import Count, Min, Q
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

from config.monitoring import broker, health
from cycles.calendar import Phase
from cycles.clock import now
from cycles.jobs.queries import counts
from cycles.models import Channel, Cycle, Delivery, Window
from cycles.workflow import CycleState
from submissions.models import IN_WORK, Document, Submission

logger = logging.getLogger(__name__)

KEPT = 15.0
"""Seconds for which figures are kept."""


class State:
    """A collector of Prometheus's: what the database and the broker know, and whether they could be
    asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._kept: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._kept = [*self._read()]
                self._until = time.monotonic() + KEPT
        yield from self._kept

    def forget(self) -> None:
        self._until = 0.0

    @staticmethod
    def _read() -> Iterator[Metric]:
        readable = GaugeMetricFamily(
            "portal_state_readable", "Whether the part could be asked", labels=["part"]
        )
        for part, read, faults in (
            ("database", _of_database, DatabaseError),
            ("broker", _of_broker, RedisError),
        ):
            try:
                found = [*read()]
            except faults as error:
                logger.warning("metrics without the %s: %s", part, type(error).__name__)
                readable.add_metric([part], 0)
            else:
                readable.add_metric([part], 1)
                yield from found
        yield readable


def _gauge(
    name: str,
    about: str,
    labels: tuple[str, ...],
    rows: Iterable[Sequence[str | float | Decimal | None]],
) -> GaugeMetricFamily:
    """Make a gauge of rows of labels and a figure; what is not known is left out."""
    gauge = GaugeMetricFamily(f"portal_{name}", about, labels=labels)
    for *label, value in rows:
        if value is not None:
            gauge.add_metric([str(part) for part in label], float(value))
    return gauge


def _of_broker() -> Iterator[Metric]:
    asked = broker.client()
    queues = broker.queues(asked)
    yield _gauge(
        "queue_length", "Messages that wait", ("queue",), [(q.name, q.length) for q in queues]
    )
    ages = [(q.name, q.age or 0) for q in queues]
    yield _gauge("queue_age_seconds", "How long the oldest message has waited", ("queue",), ages)
    yield _gauge("beat_age_seconds", "Time since beat sent a task", (), [(broker.beat_age(asked),)])
    tasks = CounterMetricFamily("portal_tasks", "Tasks ended", labels=["task", "state"])
    seconds = CounterMetricFamily(
        "portal_task_seconds", "Time that tasks took", labels=["task", "state"]
    )
    for ended in broker.ended_tasks(asked):
        tasks.add_metric([ended.task, ended.state], ended.count)
        seconds.add_metric([ended.task, ended.state], ended.seconds)
    yield tasks
    yield seconds


def _of_database() -> Iterator[Metric]:
    (unsealed, oldest), (newest,) = health.first_rows(health.UNSEALED, health.NEWEST_SEAL)
    yield _gauge("record_unsealed_rows", "Rows of the record without a seal", (), [(unsealed,)])
    yield _gauge(
        "record_unsealed_seconds", "How long the oldest of them has waited", (), [(oldest or 0,)]
    )
    yield _gauge("record_newest_seal_seconds", "Age of the newest seal", (), [(newest,)])
    yield from _jobs()
    yield from _backlogs()
    yield from _deadlines()


def _jobs() -> Iterator[Metric]:
    """Count jobs that are not done, by kind and state, and say when the oldest was ordered."""
    at, backlogs = now(), counts()
    numbers = [(backlog.kind, backlog.state, backlog.count) for backlog in backlogs]
    ages = [(backlog.kind, backlog.state, backlog.age(at).total_seconds()) for backlog in backlogs]
    yield _gauge("jobs", "Jobs that are not done, by kind and state", ("kind", "state"), numbers)
    yield _gauge(
        "jobs_age_seconds", "Time since the oldest of them was ordered", ("kind", "state"), ages
    )


def _backlogs() -> Iterator[Metric]:
    """Count files that wait for the scanner or their picture, and messages to be sent."""
    waiting, undrawn = Document.objects.waiting(), Document.objects.undrawn()
    files = [("scan", waiting.count()), ("preview", undrawn.count())]
    yield _gauge("files_waiting", "Files that are not scanned or not drawn", ("work",), files)
    unsent = Delivery.objects.filter(told_at=None).exclude(channel=Channel.INBOX)
    by_channel = [
        *unsent.values_list("channel")
        .annotate(n=Count("pk"), oldest=Min("made_at"))
        .order_by("channel")
    ]
    at = now()
    counts = [(channel, n) for channel, n, _oldest in by_channel]
    ages = [(channel, (at - oldest).total_seconds()) for channel, _n, oldest in by_channel]
    yield _gauge("messages_waiting", "Messages that are not sent", ("channel",), counts)
    yield _gauge(
        "messages_age_seconds", "How long the oldest message has waited", ("channel",), ages
    )


def _deadlines() -> Iterator[Metric]:
    """Count self-assessments in work, and the hours until their window closes; extensions move it
    agency by agency.
    """
    open_cycles = Cycle.objects.of_years().filter(state=CycleState.OPEN)
    of_year = Q(cycle__in=open_cycles, state__in=IN_WORK)
    in_work = (
        Submission.objects.active()
        .filter(of_year)
        .values_list("cycle__year")
        .annotate(n=Count("pk"))
    )
    yield _gauge(
        "submissions_in_work",
        "Self-assessments not signed",
        ("year",),
        in_work.order_by("cycle__year"),
    )
    windows = Window.objects.filter(cycle__in=open_cycles, phase=Phase.SELF_ASSESSMENT, agency=None)
    at = now()
    closing = []
    for year, closes_at in windows.order_by("cycle__year").values_list("cycle__year", "closes_at"):
        closing.append((year, (closes_at - at).total_seconds() / 3600))
    yield _gauge(
        "hours_to_closing", "Hours until self-assessment closes for all", ("year",), closing
    )
