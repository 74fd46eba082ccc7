"""Settings of the cache, of Celery and of what runs by the clock."""

import os
from typing import NotRequired, TypedDict

from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from config import embedded
from config.cache import ANSWERS_WITHIN
from config.embedded.valkey import Connection as EmbeddedConnection

REDIS_URL = os.environ.get("REDIS_URL", "").rstrip("/")
EMBEDDED_REDIS = not REDIS_URL


def broker(number: int) -> str:
    if EMBEDDED_REDIS:
        return f"redis+socket://{embedded.valkey_socket()}?virtual_host={number}"
    return f"{REDIS_URL}/{number}"


def cache(number: int) -> dict[str, object]:
    location = (
        f"unix://{embedded.valkey_socket()}?db={number}"
        if EMBEDDED_REDIS
        else f"{REDIS_URL}/{number}"
    )
    options: dict[str, object] = {
        "socket_timeout": ANSWERS_WITHIN,
        "socket_connect_timeout": ANSWERS_WITHIN,
        "retry": Retry(
            NoBackoff(), 1, (RedisConnectionError,)
        ),  # a kept connection may have been closed meanwhile
    }
    if EMBEDDED_REDIS:
        options["connection_class"] = EmbeddedConnection
    return {"BACKEND": "config.cache.Cache", "LOCATION": location, "OPTIONS": options}


CACHES = {"default": cache(1)}

CELERY_BROKER_URL = CELERY_RESULT_BACKEND = broker(0)
CELERY_BEAT_SCHEDULER = "config.celery:Scheduler"
# Jobs are rows (cycles.jobs); messages only wake a worker, and the scheduler comes by where none
# got through.
_PERIODIC = (
    ("cycles.tasks.work", 10),
    ("cycles.tasks.order_jobs", 15),
    ("cycles.tasks.seal_ledger", 10),
    ("cycles.tasks.watch", 10),
    ("cycles.tasks.order_verification", 60 * 60),
    ("cycles.tasks.clear_jobs", 60 * 60),
    ("cycles.tasks.tell", 30),
    ("cycles.tasks.send_letters", 10),
    ("cycles.tasks.change_register", 60),
    ("submissions.tasks.end_with_agencies", 60),
    ("appeals.tasks.end_with_agencies", 60),
    ("indicators.tasks.remind", 5 * 60),
    ("submissions.tasks.remind", 5 * 60),
    ("appeals.tasks.remind", 5 * 60),
    ("appeals.tasks.share_out", 60),
    ("submissions.tasks.begin_due", 60),
    ("submissions.tasks.lapse_overdue", 60),
    ("submissions.tasks.clear_uploads", 60 * 60),
    ("festival.tasks.publish_due", 60),
)


class MessageOptions(TypedDict):
    """Say how a task's message is sent."""

    expires: int
    queue: NotRequired[str]


class PeriodicTask(TypedDict):
    """A task that the scheduler sends again and again, as Celery reads it."""

    task: str
    schedule: int
    kwargs: NotRequired[dict[str, str]]
    options: MessageOptions


CELERY_BEAT_SCHEDULE: dict[str, PeriodicTask] = {
    task: {
        "task": task,
        "schedule": seconds,
        "options": {"expires": seconds},
    }  # the next run does what this one would
    for task, seconds in _PERIODIC
}
# A long report takes half a gigabyte and gives none back: its own worker, a fresh process for each.
CELERY_BEAT_SCHEDULE["reports"] = {
    "task": "cycles.tasks.work",
    "schedule": 10,
    "kwargs": {"queue": "reports"},
    "options": {"expires": 10, "queue": "reports"},
}
SEALED_WITHIN_MINUTES = int(
    os.environ.get("SEALED_WITHIN_MINUTES", "5")
)  # else whoever audits is told
# What a worker's process may take of memory, in MB; 0: as much as there is. A job that wants more
# fails alone.
WORKER_MEMORY_MB = int(os.environ.get("WORKER_MEMORY_MB", "0"))
# submissions added up in one transaction, after which the page says how far a computation is
SCORE_CHUNK = 4000
CELERY_TASK_IGNORE_RESULT = True  # what a task did is in the database
CELERY_TASK_ACKS_LATE = True  # every task is safe to run twice, so a worker that dies loses none
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60  # time enough to write down why a job ends
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for as long as it likes
CELERY_TIMEZONE = "Asia/Tehran"
