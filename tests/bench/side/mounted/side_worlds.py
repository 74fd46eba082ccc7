"""Lay the bench's worlds by the code of the checkout in which this runs.

`python -m side_worlds lay WORLD FILE` lays one in the database side_WORLD and writes what is in it
as JSON; `python -m side_worlds copy WORLD` makes side_run of it, for the acts of one run. Older
commits have other names for the same, so an import may name several places.
"""

import importlib
import json
import random
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.cache import cache  # noqa: E402 -- the apps are there from here on
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencies.models import Agency, Membership, User  # noqa: E402
from agencies.roles import HEADS  # noqa: E402
from config.database import as_owner, fresh_database  # noqa: E402
from cycles.calendar import Phase  # noqa: E402
from cycles.models import Window  # noqa: E402
from cycles.presets import windows_for  # noqa: E402
from indicators.models import QuarterReport, field_of  # noqa: E402
from submissions.models import Block, Submission  # noqa: E402

AGENCIES, YEAR, PRESET = 24, 1404, "statutory_gregorian"
LINES, BLOCKS = 48, 80
"""How many lines and blocks acts are done on, each once."""


def first_of(*places: str) -> Any:
    """Import the first of "module:name" that this commit has."""
    for place in places:
        module, _colon, name = place.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ModuleNotFoundError, AttributeError):
            continue
    raise ImportError(f"This commit has none of {', '.join(places)}.")


def lay_submitted() -> dict[str, Any]:
    """A year in the middle of its self-assessment, one agency with its scores already."""
    at = first_of("tests.bench.__main__:world")()
    scored = first_of("tests.bench.reports:_ninety")(at)
    submission, staff = first_of("tests.bench.workspace:_seventy")()
    lines = [a.pk for a in submission.answers.for_page() if not a.measure.is_stewarded]
    return {
        "at": at.isoformat(),
        "head": _head_of(submission).username,
        "staff": staff.username,
        "submission": submission.pk,
        "lines": lines[:LINES],
        "scored": scored.pk,
        "scored_head": _head_of(scored).username,
    }


def _head_of(submission: Submission) -> User:
    heads = Membership.objects.filter(agency=submission.agency_id, role__in=HEADS)
    return heads.select_related("user").order_by("pk")[0].user


def lay_quarters() -> dict[str, Any]:
    """The year itself: every plan is signed, no figure of the first quarter is entered."""
    load_country = first_of(
        "cycles.register.agency_sheets:load_country", "cycles.resources:load_country"
    )
    make_cast = first_of("config.rehearsal.people:make_cast", "config.cast:make_cast")
    rehearsal = first_of("config.rehearsal.year:Rehearsal", "config.rehearsal:Rehearsal")
    figures = first_of("config.rehearsal.values:figures", "config.plausible:figures")
    fresh_database("side_quarters")
    load_country(provincial_units=[])
    agencies = list(Agency.objects.order_by("pk")[:AGENCIES])
    Agency.objects.exclude(pk__in=[a.pk for a in agencies]).update(is_active=False)
    monitored = [w for w in windows_for(PRESET, YEAR) if w.phase == Phase.MONITORING]
    window = min(monitored, key=lambda w: w.opens_at)
    at = window.opens_at + (window.closes_at - window.opens_at) / 2
    walk = rehearsal(make_cast(agencies), year=YEAR, now=at, say=lambda line: None)
    walk.walk("monitored")
    chance = random.Random(82)
    reports = []
    for report in QuarterReport.objects.filter(cycle=walk.cycle, quarter=1).order_by("pk"):
        brought = figures(walk.planned[report.plan_id], 1, walk.skill[report.agency_id], chance)
        fields = {
            field_of(what, measure, 1): _as_typed(value)
            for measure, values in brought.items()
            for what, value in values.items()
        }
        people = walk.cast.staff[report.agency_id], walk.cast.heads[report.agency_id]
        staff, head = (person.username for person in people)
        reports.append({"pk": report.pk, "staff": staff, "head": head, "fields": fields})
    password = first_of("config.rehearsal.people:PASSWORD", "config.cast:PASSWORD")
    return {"at": at.isoformat(), "reports": reports, "password": password}


def _as_typed(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{round(value, 8).normalize():f}"
    return "" if value is None else str(value)


def lay_desks() -> dict[str, Any]:
    """The desks of 400 agencies, blocks of thirteen lines on each."""
    return _on_desks("side_desks", 400, 7, 13)


def lay_board() -> dict[str, Any]:
    """Two thousand agencies for the board, with fewer lines each."""
    return _on_desks("side_board", 2000, 10, 6)


def _on_desks(name: str, agencies: int, axes: int, measures: int) -> dict[str, Any]:
    on_desks = first_of("tests.worlds.bench:on_desks", "tests.bench.worlds:on_desks")
    with on_desks(agencies, axes, measures, timezone.now()) as cycle:
        opens = Window.objects.get(cycle=cycle, phase=Phase.SCORING).opens_at
        block = Block.objects.filter(cycle=cycle).select_related("assessor").order_by("pk")[400]
        own = Block.objects.filter(cycle=cycle, assessor=block.assessor).order_by("pk")
        laid = {
            "at": (opens + timedelta(days=1)).isoformat(),
            "cycle": cycle.pk,
            "assessor": block.assessor.username,
            "blocks": list(own.values_list("pk", flat=True)[:BLOCKS]),
        }
        _keep(name)
    return laid


def lay_appeals() -> dict[str, Any]:
    """Twenty agencies with their scores, one of which has filed thirty appeals."""
    communicated = first_of("tests.bench.hearings:communicated")
    drafts = first_of("tests.bench.hearings:_drafts")
    file = first_of("appeals.drafting.actions:file", "appeals.actions:file")
    with communicated(20, 7, 13, timezone.now()) as (_cycle, _administrator, at):
        submission = Submission.objects.select_related("cycle", "agency").order_by("pk")[0]
        head = User.objects.get(username=f"h{submission.agency_id}")
        file(drafts(submission, head, at), by=head, at=at)
        laid = {"at": at.isoformat(), "head": head.username, "submission": submission.pk}
        _keep("side_appeals")
    return laid


def _keep(name: str) -> None:
    """Keep under a name of its own a database that is dropped when its world is left."""
    laid = connection.settings_dict["NAME"]
    connection.close()
    fresh_database(name, like=laid)
    connection.close()
    connection.settings_dict["NAME"] = laid


def lay(world: str, file: Path) -> None:
    _use("postgres")  # there is always one of this name to go back to
    laid = globals()[f"lay_{world}"]()
    if world == "submitted":
        _keep("side_submitted")
    _use(f"side_{world}")
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    file.write_text(json.dumps(laid, ensure_ascii=False))


def copy(world: str) -> None:
    """Make side_run of a world. No statement is shared out to helpers there, whose time would not
    be counted.
    """
    _use("postgres")
    fresh_database("side_run", like=f"side_{world}")
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("ALTER DATABASE side_run SET max_parallel_workers_per_gather = 0")
    cache.clear()


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def main() -> None:
    command, world, *rest = sys.argv[1:]
    if command == "lay":
        lay(world, Path(rest[0]))
    else:
        copy(world)


if __name__ == "__main__":
    main()
