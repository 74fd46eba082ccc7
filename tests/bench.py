"""How fast the portal is, as ratios to a floor measured in the same run: `make bench` prints a table, writes JSON.

Each bench gives {"value", "floor", "ratio", "better", "unit", "queries", "size"}: value and floor are medians of RUNS
runs, the floor is the same work done bare, queries leave out session, user and savepoints.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after setup, as in every script of Django's
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import Client, RequestFactory, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from agencies.models import Agency, User  # noqa: E402
from config.cast import make_cast  # noqa: E402
from config.database import fresh_database  # noqa: E402
from config.desk import Desk  # noqa: E402
from config.rehearsal import Rehearsal  # noqa: E402
from cycles.calendar import Phase, windows_for  # noqa: E402
from cycles.resources import load_country  # noqa: E402

RUNS = 15
AGENCIES = 12
YEARS = (1404, 1405)
RESULT = Path(settings.VAR, "bench.json")
NOT_COUNTED = ("django_session", "agencies_user", "SAVEPOINT", "RELEASE SAVEPOINT")


def median_of(work: Callable[[], Any]) -> float:
    """Median milliseconds of RUNS runs, after two that warm up."""
    times = []
    for _run in range(RUNS + 2):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[2:])


def counted(captured: CaptureQueriesContext) -> int:
    """Queries without those of the session, of the user and of savepoints."""
    return sum(1 for q in captured.captured_queries if not any(word in q["sql"] for word in NOT_COUNTED))


def home_page(at: Any) -> dict[str, Any]:
    """The home page of a head with two living cycles; floor: the same template with the same rows from constants."""
    user = User.objects.filter(username__startswith="head-").order_by("pk").first()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def page() -> str:
        response = client.get("/fa/")
        assert response.status_code == 200
        return response.content.decode()

    with translation.override("fa"):
        desk = Desk(user, at)
        strips, tasks = desk.strips(), desk.tasks()
        request = RequestFactory().get("/fa/")
        request.at, request.user, request.session = at, user, {}
        user.memberships(at)
        constants = {"strips": strips, "tasks": tasks}

        def bare() -> str:
            return render_to_string("home.html", constants, request=request)

        html = page()
        assert len(strips) == len(YEARS)
        assert tasks
        for text in [strip.title for strip in strips] + [task.title for task in tasks]:
            assert text in html
            assert text in bare()
        with CaptureQueriesContext(connection) as captured:
            page()
        queries = counted(captured)  # before the next request empties the log
        value, floor = median_of(page), median_of(bare)
    size = f"{len(strips)} strips, {len(tasks)} tasks"
    return _row(value, floor, "lower", "ms", queries, size)


def _row(value: float, floor: float, better: str, unit: str, queries: int, size: str) -> dict[str, Any]:
    return {
        "value": round(value, 3),
        "floor": round(floor, 3),
        "ratio": round(value / floor, 3),
        "better": better,
        "unit": unit,
        "queries": queries,
        "size": size,
    }


def world() -> Any:
    """A database of its own with two cycles, standing in the middle of a self-assessment."""
    fresh_database("bench")
    load_country(provincial_units=[])
    agencies = list(Agency.objects.order_by("pk")[:AGENCIES])
    Agency.objects.exclude(pk__in=[a.pk for a in agencies]).update(is_active=False)
    window = next(w for w in windows_for("statutory_gregorian", YEARS[0]) if w.phase == Phase.SELF_ASSESSMENT)
    now = window.opens_at + (window.closes_at - window.opens_at) / 2
    cast = make_cast(agencies)
    for year in YEARS:
        Rehearsal(cast, year=year, now=now, say=lambda line: None).walk("submitted")
    return now


BENCHES: dict[str, Callable[[Any], dict[str, Any]]] = {"home_page": home_page}


def main() -> None:
    now = world()
    results = {}
    with override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        CLOCK_OFFSET=timedelta(seconds=int((now - timezone.now()).total_seconds())),
    ):
        for name, bench in BENCHES.items():
            results[name] = bench(now)
    print(f"{'bench':<20}{'value':>10}{'floor':>10}{'ratio':>8}  {'better':<8}{'unit':<6}{'queries':>8}  size")
    for name, r in results.items():
        print(
            f"{name:<20}{r['value']:>10}{r['floor']:>10}{r['ratio']:>8}  "
            f"{r['better']:<8}{r['unit']:<6}{r['queries']:>8}  {r['size']}"
        )
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
