"""In which request or task something happens: what a line of the log and a report of an error say
of it.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest

from cycles.clock import request_id


@dataclass(frozen=True)
class Task:
    """A task that a worker runs, with the keys of what it works on."""

    name: str
    key: str
    job: dict[str, int]


current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
current_task: ContextVar[Task | None] = ContextVar("current_task", default=None)


def describe_place() -> dict[str, object]:
    """Say in which request or task this runs: nothing that was typed, and of people only keys."""
    found: dict[str, object] = {}
    if name := request_id.get():
        found["request_id"] = name
    if (request := current_request.get()) is not None:
        address = getattr(request, "address", None)
        found |= {"person": person(request), "address": address, "view": view(request)}
    if (task := current_task.get()) is not None:
        found |= {"task": task.name, "task_id": task.key, "job": task.job}
    return found


def person(request: HttpRequest) -> int | None:
    """Find the key of the signed-in user; None also where nobody has asked yet, for asking would
    cost a query.
    """
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


def view(request: HttpRequest) -> str:
    """Find the name of the page; never its address, which may hold a key to a new password."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else ""
