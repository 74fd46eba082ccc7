"""`python -m tests.bench [name ...]`: all benches, or those named, each printed when it is done;
the others' last figures stay in var/bench.json.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

import config.wsgi  # noqa: F401 -- sets up what a web process is
from agencies.models import Agency
from config.database import fresh_database
from config.rehearsal.people import make_cast
from config.rehearsal.year import Rehearsal
from cycles.calendar import Phase
from cycles.presets import windows_for
from cycles.register.agency_sheets import load_country
from tests.bench import (
    board,
    hearings,
    marking,
    pages,
    publics,
    record,
    rehearsals,
    reports,
    scores,
    sheets,
    stewards,
    uploads,
    workspace,
)
from tests.bench.growth import measure as growth

AGENCIES = 12
YEARS = (1404, 1405)
RESULT = Path(settings.VAR, "bench.json")

BENCHES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "home_page": pages.home_page,
    "workspace_page": workspace.workspace_page,
    "answer_save": workspace.answer_save,
    "marking_page": marking.marking_page,
    "mark_save": marking.mark_save,
    "marks_save_13": marking.marks_save_13,
    "progress_board": board.progress_board,
    "marks_export": board.marks_export,
    "score_cycle": scores.score_cycle,
    "score_cycle_10x": scores.score_cycle_10x,
    "score_report": reports.score_report,
    "kept_paper": reports.kept_paper,
    "communicate_2000": reports.communicate_2000,
    "appeal_page": hearings.appeal_page,
    "appeal_file_30": hearings.appeal_file_30,
    "like_case_2000": hearings.like_case_2000,
    "public_page": publics.public_page,
    "public_page_cached": publics.public_page_cached,
    "open_data_2000": publics.open_data_2000,
    "report_2000": publics.report_2000,
    "sheet_in": sheets.sheet_in,
    "sheet_empty_rows": sheets.sheet_empty_rows,
    "steward_supply_2000": stewards.steward_supply_2000,
    "upload": uploads.upload,
    "rehearsal_2000": rehearsals.rehearsal_2000,
    "growth": growth.bench,
    "ledger_append": record.ledger_append,
    "ledger_verify": record.ledger_verify,  # empties the record: last
}


def world() -> Any:
    """A database of its own with two cycles, standing in the middle of a self-assessment."""
    fresh_database("bench")
    load_country(provincial_units=[])
    agencies = list(Agency.objects.order_by("pk")[:AGENCIES])
    Agency.objects.exclude(pk__in=[a.pk for a in agencies]).update(is_active=False)
    window = next(
        w for w in windows_for("statutory_gregorian", YEARS[0]) if w.phase == Phase.SELF_ASSESSMENT
    )
    now = window.opens_at + (window.closes_at - window.opens_at) / 2
    cast = make_cast(agencies)
    for year in YEARS:
        Rehearsal(cast, year=year, now=now, say=lambda line: None).walk("submitted")
    return now


def _kept(names: list[str]) -> dict[str, Any]:
    """What stands in the file: of a whole run, what was measured beside another commit."""
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    return kept if names else {name: row for name, row in kept.items() if "beside" in row}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(BENCHES):
        raise SystemExit(
            f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}."
        )
    results = _kept(names)
    now = world()
    print(
        f"{'bench':<20}{'value':>12}{'floor':>12}{'ratio':>8}  "
        f"{'better':<8}{'unit':<8}{'queries':>8}  size"
    )
    RESULT.parent.mkdir(exist_ok=True)
    with override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        CLOCK_OFFSET=timedelta(seconds=int((now - timezone.now()).total_seconds())),
    ):
        for name, bench in BENCHES.items():
            if names and name not in names:
                continue
            r = results[name] = results.get(name, {}) | bench(now)
            print(
                f"{name:<20}{r['value']:>12}{r['floor']:>12}{r['ratio']:>8}  "
                f"{r['better']:<8}{r['unit']:<8}{r['queries']:>8}  {r['size']}",
                flush=True,
            )
            RESULT.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
