"""What Celery's processes tell: which task runs, when a message was sent, that beat is alive."""

import contextlib
import time

from celery import Task as CeleryTask
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    task_postrun,
    task_prerun,
)
from redis.exceptions import RedisError

from config.monitoring import broker
from config.monitoring.context import Task, current_task

_began: dict[str, float] = {}


@before_task_publish.connect
def _stamp(headers: dict[str, object] | None = None, **kwargs: object) -> None:
    if headers is not None:
        headers[broker.QUEUED_AT] = time.time()


@beat_init.connect
def _become_beat(**kwargs: object) -> None:
    """Count this process as beat: whatever it sends from now on shows that it is alive."""
    after_task_publish.connect(_note_beat, weak=False)


def _note_beat(**kwargs: object) -> None:
    with contextlib.suppress(RedisError):
        broker.note_beat()


@task_prerun.connect
def _begin(
    task_id: str, task: CeleryTask, kwargs: dict[str, object] | None = None, **rest: object
) -> None:
    _began[task_id] = time.monotonic()
    job = {name: key for name, key in (kwargs or {}).items() if isinstance(key, int)}
    current_task.set(Task(task.name, task_id, job))


@task_postrun.connect
def _end(task_id: str, task: CeleryTask, state: str | None = None, **rest: object) -> None:
    began = _began.pop(task_id, None)
    current_task.set(None)
    if began is not None:
        with contextlib.suppress(RedisError):
            broker.note(task.name, (state or "unknown").lower(), time.monotonic() - began)
