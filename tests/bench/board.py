"""Benches of the coordinator: the board of two thousand agencies, and the
file of all their marks.
"""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from agencies.models import User
from cycles.calendar import Phase
from cycles.models import Cycle, Window
from cycles.ui.pages import PER_PAGE
from submissions.models import SEEN_AFTER_SIGNING, Mark, Submission
from submissions.progress import agency_rows
from submissions.progress import queries as progress_queries
from submissions.progress import views as progress_views
from tests.bench import client_of, medians_of, queries_of, row, seconds
from tests.worlds.bench import on_desks

AGENCIES, AXES, MEASURES = 2000, 10, 6
FEW, MORE = 50, 300
"""Agencies by which it is looked at whether memory grows with the file."""


@contextmanager
def _cycle(agencies: int) -> Iterator[tuple[Cycle, datetime]]:
    with on_desks(agencies, AXES, MEASURES, timezone.now()) as cycle:
        at = Window.objects.get(cycle=cycle, phase=Phase.SCORING).opens_at + timedelta(days=1)
        with override_settings(
            CLOCK_OFFSET=timedelta(seconds=int((at - timezone.now()).total_seconds()))
        ):
            yield cycle, at


def progress_board(at: Any, agencies: int = AGENCIES) -> dict[str, Any]:
    """The board of 2,000 agencies; floor: its bare SQL, and the same page
    from rows that are known.
    """
    with _cycle(agencies) as (cycle, now):
        administrator = User.objects.get(username="administrator")
        client, address = client_of(administrator), f"/fa/submissions/board/{cycle.pk}/"

        def page() -> str:
            response = client.get(address)
            assert response.status_code == 200
            return response.content.decode()

        given = {
            "cycle": cycle.pk,
            "provinces": None,
            "since": now - agency_rows.WEEK,
            "due": list(SEEN_AFTER_SIGNING),
            "name": "",
            "state": None,
        }
        tallies = progress_queries.tallies(cycle, provinces=None, at=now)
        assert sum(tally.agencies for tally in tallies) == agencies
        shown = agency_rows.of_agencies(cycle, provinces=None, at=now)[:PER_PAGE]
        submissions = Submission.objects.select_related("agency__province", "cycle").in_bulk(
            [row.submission for row in shown]
        )

        def bare() -> str:
            with connection.cursor() as cursor:
                cursor.execute(
                    progress_queries._TALLIES.format(agencies=agency_rows.AGENCIES), given
                )
                cursor.fetchall()
            with (
                patch.object(progress_queries, "tallies", return_value=tallies),
                patch.object(agency_rows.AgencyRows, "__getitem__", return_value=shown),
                patch.object(progress_views, "_submissions_on", return_value=submissions),
            ):
                return page()

        assert page().count("data-label=") == bare().count("data-label=")
        queries = queries_of(page)
        value, floor = medians_of(page, bare)
    return row(
        value,
        floor,
        "lower",
        "ms",
        queries,
        f"{agencies} agencies, {agencies * AXES * MEASURES} lines",
    )


def marks_export(at: Any) -> dict[str, Any]:
    """The file of 120,000 marks; floor: the bare SELECT of its columns, fetched. Memory is that of
    a short file.
    """
    peaks = []
    for agencies in (FEW, MORE):
        with _cycle(agencies) as (cycle, _now):
            peaks.append(_peak(cycle))
    few, more = peaks
    assert more < few * 1.5, f"{few} KB for {FEW} agencies, {more} KB for {MORE}"
    with _cycle(AGENCIES) as (cycle, _now):
        client, address = _client(cycle)
        queries = queries_of(lambda: _read(client, address))
        times = [
            (seconds(lambda: _read(client, address)) * 1000, seconds(_bare) * 1000)
            for _run in range(4)
        ][1:]
    value, floor = (sorted(column)[1] for column in zip(*times, strict=True))
    size = (
        f"{AGENCIES * AXES * MEASURES} marks; at most {few} KB for {FEW} agencies, {more} "
        f"KB for {MORE}"
    )
    return row(value, floor, "lower", "ms", queries, size)


def _client(cycle: Cycle) -> tuple[Any, str]:
    return client_of(
        User.objects.get(username="administrator")
    ), f"/fa/submissions/board/{cycle.pk}/marks/"


def _read(client: Any, address: str) -> int:
    """The bytes of the file, let go of as they come."""
    response = client.get(address)
    assert response.status_code == 200
    return sum(len(part) for part in response.streaming_content)


def _peak(cycle: Cycle) -> int:
    """Kilobytes of Python's own memory at most while the file is read."""
    client, address = _client(cycle)
    _read(client, address)
    tracemalloc.start()
    _read(client, address)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak // 1024


def _bare() -> None:
    columns = (
        "block__agency__code", "block__agency__name_fa", "block__agency__name_en", "block__axis__code",
        "answer__measure__code", "answer__measure__title_fa", "answer__measure__title_en", "answer__value",
        "answer__measure__points", "block__is_second", "block__assessor__username", "points", "is_not_applicable",
        "reason", "marked_at", "block__state",
    )  # fmt: skip
    for _row in (
        Mark.objects.order_by("block__agency__code", "block__axis", "answer")
        .values_list(*columns)
        .iterator()
    ):
        pass
