"""One whole year through the actions, from an empty database to both reports."""

import csv
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

from tests.bench.rehearsals import misprinted

AGENCIES = 12


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("rehearsal")
    database = f"rehearsal_{settings.DATABASES['default']['NAME']}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    command = [
        sys.executable,
        "manage.py",
        "rehearse",
        "--agencies",
        str(AGENCIES),
        "--out",
        str(out),
    ]
    environment = {
        **os.environ,
        "DEBUG": "1",
        "MEDIA_ROOT": str(out / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run = subprocess.run(
        [*command, "--database", database],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return out, run.stdout


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_rehearsal_walks_every_phase_and_meets_the_refusals_it_requires(
    rehearsed: tuple[Path, str],
) -> None:
    _out, said = rehearsed

    assert "Every check held." in said
    assert f"{AGENCIES - 1} of {AGENCIES} submitted" in said
    for stage in (
        "planned",
        "proposed",
        "approved",
        "submitted",
        "marked",
        "communicated",
        "appealed",
        "decided",
    ):
        assert stage in said


def test_the_tables_have_the_columns_promised_and_agree_with_each_other(
    rehearsed: tuple[Path, str],
) -> None:
    out, _said = rehearsed
    ranking, lines = rows(out / "ranking.csv"), rows(out / "scores.csv")

    assert list(ranking[0]) == [
        "group",
        "place",
        "code",
        "name_en",
        "name_fa",
        "general",
        "specific",
        "total",
        "percent",
        "band",
    ]
    assert list(lines[0]) == [
        "code",
        "kind",
        "axis",
        "indicator",
        "measure",
        "value",
        "points",
        "ceiling",
        "state",
    ]
    assert len(ranking) == AGENCIES
    assert {r["code"] for r in ranking} == {line["code"] for line in lines}
    for row in ranking:
        assert abs(
            Decimal(row["general"]) + Decimal(row["specific"]) - Decimal(row["total"])
        ) <= Decimal("0.02")
        assert 0 <= Decimal(row["percent"]) <= 100
    for line in lines:
        assert (line["points"] != "") == (line["state"] == "scored")
        assert not line["points"] or 0 <= Decimal(line["points"]) <= Decimal(line["ceiling"])


def test_tied_agencies_share_a_place(rehearsed: tuple[Path, str]) -> None:
    out, _said = rehearsed
    found = [
        (r["group"], r["percent"], r["place"])
        for r in rows(out / "ranking.csv")
        if Decimal(r["percent"])
    ]

    tied = [row for row in found if found.count(row) > 1]

    assert len(tied) >= 2
    assert len({(group, percent) for group, percent, _place in found}) == len(set(found))


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_report_shows_every_agency_with_the_totals_of_the_ranking(
    rehearsed: tuple[Path, str], language: str
) -> None:
    out, _said = rehearsed
    text = " ".join(
        page.extract_text() for page in PdfReader(out / f"article-82-1404-{language}.pdf").pages
    )
    digits = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789.")
    plain = text.translate(digits).replace(",", "").replace("٬", "")

    for row in rows(out / "ranking.csv"):
        assert row["code"] in text
        forms = (row["total"], row["total"][::-1])  # pypdf reverses runs of Persian digits
        assert any(form in plain for form in forms), f"{row['code']}: {row['total']}"


def test_a_changed_digit_in_a_published_file_is_named_by_engine_and_script(
    rehearsed: tuple[Path, str],
) -> None:
    out, _said = rehearsed

    named = dict(misprinted(out / "data"))

    assert {
        "measures.csv",
        "lines.csv",
        "scores.csv",
        "rankings.csv",
        "rankings.xlsx",
        "manifest.json",
    } <= set(named)
    assert all(named.values()), named
