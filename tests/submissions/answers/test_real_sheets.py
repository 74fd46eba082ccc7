"""Self-assessments in files as people keep them: each case as it was brought, read right and
written as shown.
"""

from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.spreadsheets.sheets import read
from submissions.answers.forms import AnswerForm
from submissions.answers.sheet_columns import VALUES
from tests.factories import World, build
from tests.submissions.answers.test_sheets import address, line, sheet, upload, wrong

CASES = Path(__file__).parents[2] / "cases" / "spreadsheets"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def begun() -> World:
    return build("begun")


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def values(name: str) -> list[str]:
    return [row.cells["value"] for row in read(VALUES, case(name), name).rows]


def of_world(name: str, w: World) -> bytes:
    """The workbook of a case, its lines those of this world."""
    book = openpyxl.load_workbook(BytesIO(case(name)))
    lines = [line(w, code).measure for code in ("G1-1", "G2-1")]
    worksheet = book["Sheet"]
    for row in range(2, worksheet.max_row + 1):
        worksheet.cell(row, 2, str(lines[row - 2].lineage))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "read_as"),
    (
        ("percent-cell.xlsx", ["85%"]),
        ("hidden-first-sheet.xlsx", ["50"]),
        ("slash-as-decimal-sign.csv", ["23/5", "7/25"]),
        ("rows-that-end-early.csv", ["50"] * 30),
    ),
)
def test_a_file_as_it_was_brought_is_read(name, read_as):
    assert values(name) == read_as


def test_a_percent_cell_is_written_as_it_is_shown(begun, visit):
    client = visit(begun, begun.staff)

    page = upload(client, begun, of_world("percent-cell.xlsx", begun), "values.xlsx")
    client.post(address(begun), {"token": page.context["token"]})

    assert page.context["check"].errors == []
    assert line(begun, "G1-1").value == 85


def test_results_of_calculations_are_rounded_and_shown_as_rounded(begun, visit):
    client = visit(begun, begun.staff)

    page = upload(client, begun, of_world("computed-numbers.xlsx", begun), "values.xlsx")
    client.post(address(begun), {"token": page.context["token"]})

    assert [one["becomes"] for one in page.context["check"].rounded] == ["33.33333333"]
    assert "33.33333333333334" in page.content.decode()
    assert "they are taken rounded half-up" in page.content.decode()
    assert line(begun, "G1-1").value == Decimal("33.33333333")
    assert line(begun, "G2-1").value == Decimal("57.7")


@pytest.mark.parametrize(
    ("typed", "kept"), (("1.123456785", "1.12345679"), ("57.699999999999996", "57.7"))
)
def test_a_half_of_the_last_place_is_rounded_up(begun, visit, typed, kept):
    page = upload(visit(begun, begun.staff), begun, sheet(begun, ("G1-1", typed, "", "")))

    [change] = page.context["check"].changed[0]["changes"]
    assert change["after"] == kept


@pytest.mark.parametrize(
    ("typed", "value"), (("62%", 62), ("۶۲٪", 62), ("٪۶۲", 62), ("۲۳/۵", Decimal("23.5")))
)
def test_signs_of_persian_keyboards_are_read_in_a_file(begun, visit, typed, value):
    page = upload(visit(begun, begun.staff), begun, sheet(begun, ("G1-1", typed, "", "")))

    assert page.context["check"].errors == []
    assert page.context["check"].changed[0]["object"].value == value


@pytest.mark.parametrize(
    ("typed", "value"), (("23/5", "23.5"), ("۶۲٪", "62"), ("\u200e۷/۲۵\u200f", "7.25"))
)
def test_signs_of_persian_keyboards_are_read_in_the_field_of_a_line(begun, visit, typed, value):
    form = AnswerForm({"value": typed}, answer=line(begun, "G1-1"))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["value"] == Decimal(value)


def test_a_comma_between_two_figures_is_named_and_nothing_is_written(begun, visit):
    page = upload(visit(begun, begun.staff), begun, sheet(begun, ("G1-1", "12,5", "", "")))

    assert wrong(page) == [("2", "value")]
    assert "the sign “,” may part decimals or thousands" in page.content.decode()
    assert "write 12/5 or 12.5" in page.content.decode()
    assert line(begun, "G1-1").value is None


def test_the_refusal_of_a_comma_is_told_in_persian(begun, visit):
    file = SimpleUploadedFile("values.csv", sheet(begun, ("G1-1", "۱۲،۵", "", "")))

    page = visit(begun, begun.staff).post(address(begun).replace("/en/", "/fa/"), {"file": file})

    [error] = page.context["check"].errors
    assert (error["row"], error["column"]) == ("2", "value")
    assert "12/5" in error["message"]
    assert "نشانهٔ «،»" in error["message"]


def test_the_list_goes_out_with_numbers_from_right_to_left(visit):
    w = build("answered")

    content = visit(w, w.staff).get("/fa/submissions/export/").content

    worksheet = openpyxl.load_workbook(BytesIO(content)).active
    heading, first = list(worksheet.iter_rows(max_row=2))
    kinds = {title.value: cell.data_type for title, cell in zip(heading, first, strict=True)}
    assert (kinds["assessed_year"], kinds["lines_to_answer"], kinds["lines_answered"]) == (
        "n",
        "n",
        "n",
    )
    assert worksheet.sheet_view.rightToLeft
    assert worksheet.title == "خودارزیابی‌ها"


def test_the_register_goes_out_from_right_to_left(visit):
    w = build("answered")

    content = visit(w, w.administrator).get("/fa/cycles/agencies/export/xlsx/").content

    assert openpyxl.load_workbook(BytesIO(content)).active.sheet_view.rightToLeft
