"""Benches of what the public reads: a year's ranking made anew and kept, and a publication of 2,000
agencies.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from agencies.models import User
from cycles.models import Cycle, Group, Participation, Window
from cycles.presets import windows_for
from cycles.workflow import CycleState
from festival.models import Edition, Standing
from festival.open_data import files as open_data_files
from festival.ranking import standings
from festival.workflow import EditionState
from submissions.models import Submission
from submissions.scoring import totals
from submissions.workflow import SubmissionState
from tests.bench import medians_of, peak, queries_of, row
from tests.bench.scores import AGENCIES, AXES, MEASURES_AN_AXIS
from tests.worlds.bench import PRESET, YEAR, marked

GROUPS, REPEATED = 40, 40
"""Groups among the agencies, and how often a kept page is asked for to tell how many a second there
are.
"""


@contextmanager
def ranked(agencies: int, axes: int, measures: int, at: Any) -> Iterator[tuple[Edition, Any]]:
    """A published edition of so many agencies in groups, a day ago."""
    with marked(agencies, axes, measures, at) as cycle:
        Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.OPEN)
        Window.objects.bulk_create(
            Window(cycle=cycle, phase=w.phase, quarter=w.quarter, opens_at=w.opens_at, closes_at=w.closes_at,
                   binding=w.binding)
            for w in windows_for(PRESET, YEAR)
        )  # fmt: skip
        edition = publish(cycle, at)
        with override_settings(
            CLOCK_OFFSET=timedelta(seconds=int((at - timezone.now()).total_seconds()))
        ):
            yield edition, at


def publish(cycle: Cycle, at: Any) -> Edition:
    """Publish a marked cycle with its agencies in groups, a day ago."""
    groups = Group.objects.bulk_create(
        Group(
            cycle=cycle,
            code=f"g{n}",
            name_fa=f"گروه {n}",
            name_en=f"Group {n}",
            sort_key=f"{n:03}",
        )
        for n in range(GROUPS)
    )
    through = Participation.groups.through
    taking_part = (
        Participation.objects.filter(cycle=cycle).order_by("pk").values_list("pk", flat=True)
    )
    through.objects.bulk_create(
        through(participation_id=pk, group=groups[n % GROUPS]) for n, pk in enumerate(taking_part)
    )
    signed = {"submitted_at": at, "submitted_by": User.objects.create(username="signer")}
    Submission.objects.update(state=SubmissionState.COMMUNICATED, communicated_at=at, **signed)
    run = totals.compute(list(Submission.objects.all()), why=totals.FINAL, by=None, at=at)
    out_at = at - timedelta(days=1)
    edition = Edition.objects.create(
        cycle=Cycle.objects.get(pk=cycle.pk),
        run=run,
        state=EditionState.SCHEDULED,
        ranked_at=at,
        publish_at=out_at,
    )
    found = standings.stand(edition)
    Edition.objects.filter(pk=edition.pk).update(digest=standings.digest(edition, found))
    return Edition.objects.select_related("cycle", "run").get(pk=edition.pk)


def _page(edition: Edition) -> Any:
    client, address = Client(), f"/fa/festival/{edition.cycle.year}/"

    def page() -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return page


def public_page(at: Any) -> dict[str, Any]:
    """The ranking of 2,000 agencies, made anew; floor: the bare query of its rows."""
    with ranked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as (edition, _at):
        page = _page(edition)

        def anew() -> str:
            cache.clear()
            return page()

        rows = (
            "SELECT * FROM festival_standing WHERE edition_id = %s ORDER BY group_id, "
            "place LIMIT 25"
        )

        def bare() -> None:
            with connection.cursor() as cursor:
                cursor.execute(rows, [edition.pk])
                cursor.fetchall()

        assert Standing.objects.filter(edition=edition).count() == AGENCIES
        anew()
        queries = queries_of(anew)
        value, floor = medians_of(anew, bare)
    return row(value, floor, "lower", "ms", queries, f"{AGENCIES} agencies")


def public_page_cached(at: Any) -> dict[str, Any]:
    """How many kept pages there are a second; floor: how many made anew."""
    with ranked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as (edition, _at):
        page = _page(edition)

        def anew() -> None:
            cache.clear()
            page()

        def kept() -> None:
            for _time in range(REPEATED):
                page()

        anew()
        queries = queries_of(page)
        many, one = medians_of(kept, anew)
    return row(1000 * REPEATED / many, 1000 / one, "higher", "1/s", queries, f"{AGENCIES} agencies")


def open_data_2000(at: Any) -> dict[str, Any]:
    """Everything published of 2,000 agencies and verified by the stand-alone script; floor: the
    script alone.
    """
    with (
        ranked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as (edition, now),
        TemporaryDirectory() as folder,
    ):
        before = peak()
        began = time.perf_counter()
        files = open_data_files.write(edition, at=now)
        wrote = time.perf_counter() - began
        grown = peak() - before
        for file in files:
            with file.file.open("rb") as content:
                Path(folder, file.name).write_bytes(content.read())
        began = time.perf_counter()
        faults, figures = _script(folder)
        verified = time.perf_counter() - began
        assert not faults, faults[:3]
        size = sum(file.size for file in files) // 2**20
        lines = next(f.rows for f in files if f.name == "lines.csv")
    text = f"{lines} lines, {figures} figures verified, {size} MB of files, {grown} MB more memory"
    return row(wrote, verified, "lower", "s", 0, text)


def _script(folder: str) -> tuple[list[str], int]:
    """What the published script says of a folder."""
    known: dict[str, Any] = {"__name__": "published"}
    exec(
        compile(
            Path(folder, open_data_files.VERIFIER).read_text(), open_data_files.VERIFIER, "exec"
        ),
        known,
    )
    assert (
        json.loads(Path(folder, open_data_files.MANIFEST).read_text())["form"]
        == open_data_files.FORM
    )
    faults, figures = known["check"](folder)
    return faults, figures


def report_2000(at: Any) -> dict[str, Any]:
    """The Article 82 report of 2,000 agencies in Persian, to read and for archives with its data;
    floor: WeasyPrint setting the same tables bare in one process. One after the other: the report
    takes two processors.
    """
    with ranked(AGENCIES, AXES, MEASURES_AN_AXIS, at) as (edition, now):
        open_data_files.write(edition, at=now)
        where = [connection.settings_dict["NAME"], str(edition.pk)]
        report, tables = (_drawing([what, *where]) for what in ("report", "tables"))
    sizes = f"{report['reading'] // 2**10} and {report['archive'] // 2**10} kB"
    memory = f"peak {report['peak']} MB and of its pieces {report['pieces']} MB"
    text = f"{AGENCIES} agencies, {report['pages']} pages, {sizes}, {memory}"
    return row(report["seconds"], tables["seconds"], "lower", "s", 0, text)


def _drawing(what: list[str]) -> Any:
    command = [sys.executable, "-m", "tests.bench.drawing", *what]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
