"""What stands in the broker: work that waits, when beat was last heard, what workers have done."""

import json
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 1.0
"""How long the broker is waited for; probes and tasks go on without it."""
BEAT, TASKS = "portal:beat", "portal:tasks"
QUEUED_AT = "queued_at"
"""The header by which a message says when it was sent."""


class Queue(NamedTuple):
    name: str
    length: int
    age: float | None
    """Seconds for which the oldest message has waited."""


def client() -> redis.Redis:
    """Open a connection of its own that is never waited for long."""
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace(
        "virtual_host=", "db="
    )
    retry = Retry(NoBackoff(), 0)
    if address.startswith("unix://"):  # such a connection knows no time to connect in
        return redis.Redis.from_url(address, socket_timeout=SECONDS, retry=retry)
    return redis.Redis.from_url(
        address, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=retry
    )


def queues(asked: redis.Redis) -> list[Queue]:
    """Read how much waits in each queue, and for how long; beat knows them all, for it has each
    worked off.
    """
    names = sorted(
        {
            entry["options"].get("queue", "celery")
            for entry in settings.CELERY_BEAT_SCHEDULE.values()
        }
    )
    asking: Any = asked.pipeline(transaction=False)
    for name in names:
        asking.llen(name).lindex(name, -1)
    answers = asking.execute()
    return [Queue(name, answers[2 * n], _age(answers[2 * n + 1])) for n, name in enumerate(names)]


def _age(message: bytes | None) -> float | None:
    try:
        sent = json.loads(message or b"{}").get("headers", {}).get(QUEUED_AT)
    except ValueError:
        return None
    return max(time.time() - sent, 0.0) if isinstance(sent, int | float) else None


def beat_age(asked: redis.Redis) -> float | None:
    """Count the seconds since beat last sent a task; None when it never did."""
    heard: Any = asked.get(BEAT)
    return max(time.time() - float(heard), 0.0) if heard else None


@dataclass(frozen=True)
class EndedTasks:
    """How often tasks of one name ended in one state, and the seconds they took together."""

    task: str
    state: str
    count: int
    seconds: float


def ended_tasks(asked: redis.Redis) -> list[EndedTasks]:
    counts: Any = asked.hgetall(TASKS)
    found = []
    for name, count in sorted(counts.items()):
        task, state, unit = name.decode().split(" ")
        if unit == "count":
            seconds = float(counts.get(f"{task} {state} seconds".encode(), 0))
            found.append(EndedTasks(task, state, int(count), seconds))
    return found


def note(task: str, state: str, seconds: float) -> None:
    """Count a task that has ended."""
    asking = client().pipeline(transaction=False)
    asking.hincrby(TASKS, f"{task} {state} count")
    asking.hincrbyfloat(TASKS, f"{task} {state} seconds", round(seconds, 3))
    asking.execute()


def note_beat() -> None:
    client().set(BEAT, int(time.time()))
