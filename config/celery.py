"""The Celery application: work done outside the request, on the queues `celery` and `reports`."""

import os
from typing import Any

from celery import Celery
from django.conf import settings

from config.embedded import ensure_valkey
from config.monitoring import workers

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
app.watchers = workers  # its signals are connected
