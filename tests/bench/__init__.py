"""How fast the portal is, as ratios to a floor measured in the same run: `make bench` prints a
table, writes JSON.

Each bench takes the moment at which its world stands and gives {"value", "floor", "ratio",
"better", "unit", "queries", "size"}: value and floor are medians of several runs; the floor is the
same work done bare; queries leave out session, user, and the bounds of transactions.
"""

import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection, reset_queries
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django_htmx.middleware import HtmxDetails

NOT_COUNTED = (
    'FROM "django_session"',
    'FROM "agencies_user"',
    "SAVEPOINT",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
)


def medians_of(
    work: Callable[[], Any], floor: Callable[[], Any], runs: int = 15
) -> tuple[float, float]:
    """Median milliseconds of either, run in turns so that a busy machine slows both; two turns warm
    up.
    """
    turns = [(seconds(work) * 1000, seconds(floor) * 1000) for _run in range(runs + 2)][2:]
    return statistics.median(w for w, _f in turns), statistics.median(f for _w, f in turns)


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak() -> int:
    """The most memory that this process has held, in MB; `ru_maxrss` is inherited from whoever
    started it.
    """
    held = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert held is not None
    return int(held[1]) // 1024


def counted(captured: CaptureQueriesContext) -> int:
    """Queries without those of the session and of the user, and without the
    bounds of transactions.
    """
    return sum(
        1 for q in captured.captured_queries if not any(word in q["sql"] for word in NOT_COUNTED)
    )


def queries_of(work: Callable[[], Any]) -> int:
    reset_queries()  # a full log counts nothing
    with CaptureQueriesContext(connection) as captured:
        work()
        return counted(captured)  # before the next request empties the log


def row(
    value: float, floor: float, better: str, unit: str, queries: int, size: str
) -> dict[str, Any]:
    return {
        "value": round(value, 3),
        "floor": round(floor, 3),
        "ratio": round(value / floor, 3),
        "better": better,
        "unit": unit,
        "queries": queries,
        "size": size,
    }


def client_of(user: Any) -> Client:
    """A browser that this person has signed in with."""
    client = Client()
    client.force_login(user, backend="config.accounts.backends.PasswordBackend")
    return client


def request_of(user: Any, at: Any, address: str) -> Any:
    """A request of this person, for what takes one and is not asked through the portal."""
    request: Any = RequestFactory().get(address)
    request.at, request.user, request.session = at, type(user).objects.get(pk=user.pk), {}
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    request.user.memberships(at)
    return request
