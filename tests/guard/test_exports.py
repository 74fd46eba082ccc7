"""Every file of a table that anybody can load down: a spreadsheet program runs no cell of it."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Concat
from django.test import Client

from agencies.models import Agency, Province
from cycles.models import Participation
from cycles.spreadsheets import exports as spreadsheets_exports
from indicators.models import Axis, Indicator, Measure
from tests.guard.test_authorization import ROWS, _real_now, address, world_at

ROOT = Path(settings.BASE_DIR)
SHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ARE_FILES = re.compile(r"export|_file|template|register_load|ceremony_list_file")
KINDS = {"csv": "xlsx"}
FORMULA = "=HYPERLINK(1)"
NAMED = {
    Agency: ("name_fa", "name_en"), Participation: ("name_fa", "name_en"), Province: ("name_fa", "name_en"),
    Axis: ("title_fa", "title_en"), Indicator: ("title_fa", "title_en"), Measure: ("title_fa", "title_en", "unit_fa"),
}  # fmt: skip
WRITTEN_BY = {"cycles/spreadsheets/exports.py"}
RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")

assert world_at  # the fixture of the walk serves here as well


def runs(text: str) -> bool:
    """Whether a spreadsheet program would reckon with a text."""
    return bool(RUNS.match(text)) and not spreadsheets_exports.is_number(text)


def cells(content: bytes, kind: str) -> Iterator[str]:
    """The cells of a file that a program may run: in a workbook formulas alone."""
    if kind == SHEETS[0]:
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from row
        return
    for worksheet in openpyxl.load_workbook(io.BytesIO(content)):
        for row in worksheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (isinstance(cell.value, str) and runs(cell.value)):
                    yield str(cell.value)


def named_to_harm() -> None:
    """Give everything that has a name one that a spreadsheet program would run."""
    for model, names in NAMED.items():
        for name in names:
            kind = (
                TextField() if isinstance(model._meta.get_field(name), TextField) else CharField()
            )
            model.objects.update(**{name: Concat(Value(FORMULA), F(name), output_field=kind)})


FILES = sorted(
    {
        (name, stage)
        for name, methods, stage, _allowed in ROWS
        if "GET" in methods and ARE_FILES.search(name)
    }
)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "stage"), FILES)
def test_no_file_of_a_table_holds_a_cell_that_runs(name, stage, world_at, settings):
    allowed = next(allowed for n, _m, s, allowed in ROWS if (n, s) == (name, stage))
    if not allowed:
        pytest.skip("open to nobody at this stage")
    world = world_at(stage)
    url = address(name, world)
    named_to_harm()
    settings.CLOCK_OFFSET = world.at - _real_now()
    client = Client()
    if "public" not in allowed:
        client.force_login(
            world.people[sorted(allowed)[0]], backend="config.accounts.backends.PasswordBackend"
        )

    harmful = []
    for place in {url, url.replace("/csv/", "/xlsx/").replace(".csv", ".xlsx")}:
        answer = client.get(place)
        kind = answer.get("Content-Type", "").split(";")[0]
        if answer.status_code == 200 and kind in SHEETS:
            harmful += [text for text in cells(b"".join(answer), kind) if runs(text)]
        for (
            close
        ) in answer._resource_closers:  # closing the answer would close the test's connection too
            close()

    assert harmful == []


def test_a_file_written_past_the_writer_would_be_found():
    row = ["MOE", FORMULA]
    bare = io.StringIO()
    csv.writer(bare).writerow(row)
    book = openpyxl.Workbook()
    book.active.append(row)
    held = io.BytesIO()
    book.save(held)

    assert [text for text in cells(bare.getvalue().encode(), SHEETS[0]) if runs(text)] == [FORMULA]
    assert [text for text in cells(held.getvalue(), SHEETS[1]) if runs(text)] == [FORMULA]
    assert [
        text
        for text in cells(spreadsheets_exports.csv_text([row]).encode(), SHEETS[0])
        if runs(text)
    ] == []
    assert [
        text
        for text in cells(spreadsheets_exports.xlsx(row, [row], title="agencies"), SHEETS[1])
        if runs(text)
    ] == []


def past_the_writer(source: str) -> list[str]:
    """Where a source writes a table by itself: a writer of CSV, an export of tablib's, a cell of
    its own.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute | ast.Call):
            continue
        said = ast.unparse(node)
        if isinstance(node, ast.Attribute):
            wrong = said in ("csv.writer", "csv.DictWriter") or (
                node.attr in ("csv", "xlsx") and said != "exports.xlsx"
            )
        else:
            is_export = (
                isinstance(node.func, ast.Attribute)
                and node.func.attr == "export"
                and len(node.args) == 1
            )
            wrong = is_export and ast.unparse(node.args[0]) in ("'csv'", "'xlsx'", "form", "kind")
        if wrong:
            found.append(f"{node.lineno} {said}")
    return found


def test_no_module_but_the_writer_writes_a_table():
    wrong = []
    for app in ("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config"):
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name not in WRITTEN_BY:
                wrong += [f"{name}:{place}" for place in past_the_writer(path.read_text())]

    assert wrong == []


@pytest.mark.parametrize(
    "seeded",
    (
        "import csv\ncsv.writer(file).writerow(row)",
        "data.export('csv')",
        "resource.export(rows).xlsx",
        "d.export(form)",
    ),
)
def test_an_export_without_guard_would_be_found(seeded):
    assert past_the_writer(seeded) != []
