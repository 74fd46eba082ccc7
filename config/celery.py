"""The Celery application: work done outside the request, on the queues `celery` and `reports`."""

import os
import resource
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

from config.embedded import ensure_valkey

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Portal(Celery):
    """Starts the embedded broker, when that is what the settings name, before anybody connects to it."""

    @staticmethod
    def wake_broker() -> None:
        if settings.EMBEDDED_REDIS:
            ensure_valkey()

    def connection_for_read(self, *args: Any, **kwargs: Any) -> Any:
        self.wake_broker()
        return super().connection_for_read(*args, **kwargs)

    def connection_for_write(self, *args: Any, **kwargs: Any) -> Any:
        self.wake_broker()
        return super().connection_for_write(*args, **kwargs)


app = Portal("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def limit_memory(**_kwargs: Any) -> None:
    """Hold each process of a worker to its memory, so that a job that wants more fails alone and says so."""
    if settings.WORKER_MEMORY_MB:
        resource.setrlimit(resource.RLIMIT_DATA, (settings.WORKER_MEMORY_MB * 2**20,) * 2)
