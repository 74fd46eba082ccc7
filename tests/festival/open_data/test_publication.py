"""A publication of results: recomputed by engine and script from its files alone, and kept as it is."""

import csv
import hashlib
import importlib.util
import io
import json
import random
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Value
from django.db.models.functions import Concat
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Agency
from cycles.models import Entry
from cycles.spreadsheets import exports as spreadsheets_exports
from festival.models import DataFile
from festival.open_data import files as open_data_files
from festival.open_data.dictionary import TABLES
from festival.open_data.rows import ROWS, csv_text
from festival.open_data.verification import verify
from festival.results import actions as results
from indicators.models import Measure
from indicators.scoring.methods import METHODS, points
from submissions.models import Answer, Score
from tests.factories import build

pytestmark = pytest.mark.django_db

SCRIPT = Path(open_data_files.DATA, open_data_files.VERIFIER)


def script():
    spec = importlib.util.spec_from_file_location("published_verifier", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(world, folder):
    """The publication of a world's edition, as a folder that anybody may have downloaded."""
    for file in open_data_files.write(world.edition, at=world.at):
        with file.file.open("rb") as content:
            Path(folder, file.name).write_bytes(content.read())
    return folder


def rows_of(folder, name):
    return list(
        csv.DictReader(io.StringIO(Path(folder, f"{name}.csv").read_text("utf-8-sig"), newline=""))
    )


def both(folder):
    """What the engine and the stand-alone script say of a folder; they
    agree or the test ends here.
    """
    found = verify(lambda name: Path(folder, name).read_bytes())
    faults, figures = script().check(str(folder))
    assert (faults, figures) == (found.faults, found.figures)
    return faults


def with_digests(folder):
    """The manifest made right again, as somebody would who wants to hide a change."""
    path = Path(folder, "manifest.json")
    said = json.loads(path.read_text())
    for file in said["files"]:
        file["sha256"] = hashlib.sha256(Path(folder, file["name"]).read_bytes()).hexdigest()
    path.write_text(json.dumps(said))


def test_every_figure_of_a_publication_is_recomputed_by_engine_and_script_alike(
    scheduled, tmp_path
):
    folder = written(scheduled, tmp_path)

    assert both(folder) == []
    assert verify(lambda name: Path(folder, name).read_bytes()).figures > 50
    called = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(folder)], capture_output=True, text=True, check=True
    )
    assert "0 do not agree" in called.stdout


def test_guarded_codes_are_read_alike_and_a_digit_beside_them_is_still_found(scheduled, tmp_path):
    Measure.objects.update(code=Concat(Value("=1+"), "code"), title_fa=Value("@نام"))
    Agency.objects.update(code=Concat(Value("'-"), "code"))
    folder = written(scheduled, tmp_path)

    codes = {row["measure"] for row in rows_of(folder, "lines")} | {
        row["agency"] for row in rows_of(folder, "scores")
    }
    held = openpyxl.load_workbook(Path(folder, "lines.xlsx"), read_only=True).active
    cells = [cell for row in held.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {code[:3] for code in codes} == {"'=1", "''-"}
    assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value).startswith("=")]
    assert both(folder) == []

    with_another_digit(folder, "lines", "computed")
    with_digests(folder)
    [fault] = [
        fault for fault in both(folder) if "computed" in fault and fault.startswith("lines.csv")
    ][:1]
    assert "=1+" in fault
    assert "'=1+" not in fault


def test_numbers_below_zero_stay_numbers():
    assert [spreadsheets_exports.cell(value) for value in ("-0.5", "-12", "+3", -4, "-1+1", "–")] == [
        "-0.5", "-12", "'+3", -4, "'-1+1", "–",  # the sign of +3 would be lost
    ]  # fmt: skip


DIGITS = (
    ("lines", "computed"), ("lines", "points"), ("lines", "value"), ("measures", "points"),
    ("scores", "points"), ("scores", "ceiling"), ("scores", "percent"),
    ("rankings", "general"), ("rankings", "total"), ("rankings", "percent"), ("rankings", "general_percent"),
    ("rankings", "place"), ("rankings", "general_place"), ("rankings", "ceiling"),
)  # fmt: skip


def test_one_changed_digit_is_found_and_named_though_its_digest_was_made_right(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    for table, column in DIGITS:
        whole = {
            name: Path(folder, name).read_bytes() for name in (f"{table}.csv", "manifest.json")
        }
        agency = with_another_digit(folder, table, column)

        assert f"{table}.csv: its SHA-256 is not the one in the manifest" in both(folder), (
            table,
            column,
        )
        with_digests(folder)
        faults = both(folder)
        assert faults, (table, column)
        assert agency is None or any(agency in fault for fault in faults), (table, column)

        for name, body in whole.items():
            Path(folder, name).write_bytes(body)


def with_another_digit(folder, table, column):
    """Change the last digit of the first figure in a column; whose it is."""
    rows = rows_of(folder, table)
    row = next(r for r in rows if r[column] not in ("", "0"))
    row[column] = row[column][:-1] + ("1" if row[column][-1] == "2" else "2")
    with Path(folder, f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)
    return row.get("agency")


def test_one_changed_byte_in_any_file_is_found(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    names = [f["name"] for f in json.loads(Path(folder, "manifest.json").read_text())["files"]]
    for name in (n for n in names if not n.endswith(".csv") or n == "dictionary.csv"):
        path = Path(folder, name)
        body = path.read_bytes()
        place = random.Random(name).randrange(len(body))
        path.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])

        assert both(folder) == [f"{name}: its SHA-256 is not the one in the manifest"]
        path.write_bytes(body)


def test_a_row_that_was_taken_out_is_missed(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    path = Path(folder, "scores.csv")
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-1]) + "\n")
    with_digests(folder)

    assert any("it is missing" in fault for fault in both(folder))


def test_files_of_earlier_years_whose_sums_had_empty_parts_are_verified_too(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    path = Path(folder, "scores.csv")
    path.write_bytes(path.read_bytes().replace(b",*,*,", b",,,"))
    with_digests(folder)

    assert b"*" not in path.read_bytes()
    assert [fault for fault in both(folder) if not fault.startswith("manifest.json")] == []


def test_the_three_formats_say_the_same(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    for table in TABLES:
        rows = rows_of(folder, table.name)
        data = json.loads(Path(folder, f"{table.name}.json").read_text())
        sheet = openpyxl.load_workbook(Path(folder, f"{table.name}.xlsx"), read_only=True).active
        cells = list(sheet.iter_rows(values_only=True))

        assert data["columns"] == [c.name for c in table.columns] == list(cells[0]) == list(rows[0])
        assert (
            len(rows)
            == len(data["rows"])
            == len(cells) - 1
            == DataFile.objects.get(name=f"{table.name}.csv").rows
        )
        for row, other in zip(rows, data["rows"], strict=True):
            said = ["" if v is None else csv_text(v) for v in other]
            assert list(row.values()) == said


def test_every_column_is_explained_in_both_languages(scheduled, tmp_path):
    rows = rows_of(written(scheduled, tmp_path), "dictionary")

    assert [(r["table"], r["column"]) for r in rows] == [
        (t.name, c.name) for t in TABLES for c in t.columns
    ]
    assert all(
        r["meaning_fa"] and r["meaning_en"] and r["meaning_fa"] != r["meaning_en"] for r in rows
    )
    assert set(ROWS) == {table.name for table in TABLES}


def test_the_files_are_written_once_and_their_manifest_stands_on_record(scheduled):
    first = open_data_files.write(scheduled.edition, at=scheduled.at)
    second = open_data_files.write(scheduled.edition, at=scheduled.at + timedelta(days=1))

    assert [f.pk for f in first] == [f.pk for f in second]
    [entry] = Entry.objects.of(scheduled.edition).filter(act="write_data")
    assert (
        entry.params["manifest"]
        == first[-1].sha256
        == DataFile.objects.get(name="manifest.json").sha256
    )


def test_the_files_of_a_corrected_edition_say_what_is_right_and_those_before_it_stay(
    published, tmp_path
):
    before = {f.name: f.sha256 for f in open_data_files.write(published.edition, at=published.at)}
    answer = Answer.objects.get(submission=published.submission, measure__code="G1-1")
    at = published.at + timedelta(days=1)
    right = {answer.pk: Decimal("7.25")}
    published.edition = results.revise(
        published.edition, right, reason="x", by=published.administrator, at=at
    )
    published.at = at

    folder = written(published, tmp_path)

    assert both(folder) == []
    [row] = [r for r in rows_of(folder, "lines") if (r["agency"], r["measure"]) == ("MOE", "G1-1")]
    assert (row["points"], row["basis"]) == ("7.25", "correction")
    assert {f.name: f.sha256 for f in DataFile.objects.filter(edition__number=1)} == before


def test_an_edition_whose_files_come_late_still_says_what_it_rests_on(published, tmp_path):
    first = published.edition
    answer = Answer.objects.get(submission=published.submission, measure__code="G1-1")
    stood = Score.objects.get(answer=answer, is_current=True)
    at = published.at + timedelta(days=1)
    results.revise(
        first, {answer.pk: Decimal("7.25")}, reason="x", by=published.administrator, at=at
    )

    folder = written(published, tmp_path)

    assert both(folder) == []
    [row] = [r for r in rows_of(folder, "lines") if (r["agency"], r["measure"]) == ("MOE", "G1-1")]
    assert (Decimal(row["points"]), row["basis"]) == (stood.points, stood.basis)


def test_the_command_names_what_does_not_agree(scheduled, tmp_path, capsys):
    folder = written(scheduled, tmp_path)
    call_command("verify_publication", str(folder))
    assert "0 do not agree" in capsys.readouterr().out

    Path(folder, "licence.txt").write_text("mine")
    with pytest.raises(CommandError, match="1 do not agree"):
        call_command("verify_publication", str(folder))
    with pytest.raises(CommandError, match="manifest"):
        call_command("verify_publication", str(tmp_path / "elsewhere"))


PARAMS = {
    "linear": {"target": "70.5"},
    "inverse_linear": {"target": "12"},
    "range": {"floor": "10", "target": "90"},
    "growth": {"base": "40", "target": "25"},
    "points": {"maximum": "30"},
    "survey": {},
    "steward": {},
    "checklist": {"items": [{"weight": 2}, {}, {"weight": "0.5"}]},
    "levels": {"levels": [{"percent": 0}, {"percent": "33.3"}, {"percent": 100}]},
    "options": {"options": [{"percent": 100}, {"percent": 40}]},
    "bands": {"bands": [["1", 100], ["7", 70], ["14", "40.5"]], "direction": "lower"},
    "interpolation": {"targets": [["95", 100], ["80", 90], ["60", 60]]},
    "minmax": {"min": "100", "max": "75000", "log": True},
}


def test_the_script_knows_every_method():
    assert set(PARAMS) == set(METHODS)


@given(
    st.sampled_from(sorted(PARAMS)),
    st.decimals(-5, 100, places=4, allow_nan=False),
    st.decimals("0.5", 300, places=4, allow_nan=False),
)
def test_the_script_gives_every_value_the_engine_s_points(method, value, ceiling):
    if METHODS[method].rows:
        value = Decimal(int(abs(value)) % len(PARAMS[method][METHODS[method].rows]))
    other = script()
    share = min(max(other.METHODS[method](other.Fraction(str(value)), PARAMS[method]), 0), 1)

    assert other.rounded(other.Fraction(str(ceiling)) * share, 10) == other.Fraction(
        points(method, value, ceiling=ceiling, params=PARAMS[method])
    )


def test_writing_takes_the_same_queries_for_any_number_of_agencies(django_assert_max_num_queries):
    world = build("final")

    with django_assert_max_num_queries(60):
        open_data_files.write(world.edition, at=world.at)


def test_lines_that_somebody_sorted_otherwise_are_verified_to_the_same(scheduled, tmp_path):
    folder = written(scheduled, tmp_path)
    path = Path(folder, "lines.csv")
    head, *own = path.read_bytes().splitlines(keepends=True)
    others = [b"ZZZ," + line.split(b",", 1)[1] for line in own]
    found = []

    for lines in (own + others, [line for pair in zip(own, others, strict=True) for line in pair]):
        path.write_bytes(head + b"".join(lines))
        with_digests(folder)
        found.append(sorted(both(folder)))

    assert found[0] == found[1]
    assert any("ZZZ" in fault for fault in found[0])
