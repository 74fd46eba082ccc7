"""The Celery application: work done outside the request, on the queues `celery` and `reports`."""

import os
import resource
from pathlib import Path

from celery import Celery, signals
from celery.beat import PersistentScheduler
from celery.signals import celeryd_init, worker_process_init
from django.conf import settings
from kombu.connection import Connection

from config.embedded import ensure_valkey
from config.monitoring import workers
from config.requests import timeouts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Portal(Celery):
    """Starts the embedded broker, when that is what the settings name, before anybody connects to
    it.
    """

    @staticmethod
    def wake_broker() -> None:
        if settings.EMBEDDED_REDIS:
            ensure_valkey()

    def connection_for_read(self, *args: object, **kwargs: object) -> Connection:
        self.wake_broker()
        connection: Connection = super().connection_for_read(*args, **kwargs)
        return connection

    def connection_for_write(self, *args: object, **kwargs: object) -> Connection:
        self.wake_broker()
        connection: Connection = super().connection_for_write(*args, **kwargs)
        return connection


class Scheduler(PersistentScheduler):
    """Beat's own, which shows with every tick that it lives."""

    def tick(self, *args: object, **kwargs: object) -> float:
        touch_alive_file()
        return float(super().tick(*args, **kwargs))


@signals.heartbeat_sent.connect
def touch_alive_file(**kwargs: object) -> None:
    """Touch the file whose age `config/probe.py` looks at: a worker that is connected to the broker
    beats every two seconds.
    """
    if path := os.environ.get("ALIVE_FILE"):
        Path(path).touch()


app = Portal("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.watchers = workers  # its signals are connected


@worker_process_init.connect
def limit_memory(**_kwargs: object) -> None:
    """Hold each process of a worker to its memory, so that a job that wants more fails alone and
    says so.
    """
    if settings.WORKER_MEMORY_MB:
        resource.setrlimit(resource.RLIMIT_DATA, (settings.WORKER_MEMORY_MB * 2**20,) * 2)


@celeryd_init.connect
def allow_jobs_their_time(**_: object) -> None:
    """Let a worker's statements take as long as its tasks."""
    timeouts.become("jobs")
