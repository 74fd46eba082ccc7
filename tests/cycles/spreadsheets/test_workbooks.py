"""Workbooks as people and their programs make them: read as they are shown, or refused with the
cell named.
"""

import re
import time
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from statistics import median

import openpyxl
import pytest
from django.utils import translation

from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.sheets import read
from cycles.spreadsheets.workbooks import read_xlsx
from tests.cycles.spreadsheets.sheet_makers import (
    FORM,
    SHEET,
    as_csv,
    as_xlsx,
    places,
    repack,
    with_row,
    workbook,
)

CASES = Path(__file__).parents[2] / "cases" / "spreadsheets"
EMPTY_ROW = '<row r="{number}" ht="15" customHeight="1" spans="1:4"/>'

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def formatted_workbook(*cells):
    """A workbook with one row a value, each in a cell of its own number format."""

    def give(book):
        for row, (value, number_format) in enumerate(cells, start=2):
            book.active.cell(row, 2, f"C{row}")
            book.active.cell(row, 3, "x")
            cell = book.active.cell(row, 4, value)
            cell.number_format = number_format

    return workbook(change=give)


def points(sheet):
    return [row.cells["points"] for row in sheet.rows]


# --- Percent ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number_format", "read_as"),
    (
        (0.85, "0%", "85%"),
        (0.625, "0%", "62.5%"),
        (0.57, "0.00%", "57%"),
        (1, "0%", "100%"),
        (-0.031, "0.0%", "-3.1%"),
        (0, "0%;[Red]-0%;0%", "0%"),
        (0.62, "[$-3000429]0%", "62%"),
        (0.62, "[$-fa-IR,96]0.0%", "62%"),
        (0.62, '0.0 "درصد"%', "62%"),
        (0.62, "General", "0.62"),
        (62, '0"%"', "62"),
        (62, "0\\%", "62"),
        (62, "0٪", "62"),
    ),
)
def test_a_percent_cell_is_read_as_it_is_shown(value, number_format, read_as):
    assert points(as_xlsx(formatted_workbook((value, number_format)))) == [read_as]


@pytest.mark.parametrize("number_format", ("0٪", "0.0٪", "[$-3000429]0.00٪", "٪0"))
def test_a_percent_sign_that_does_not_count_is_named(number_format):
    sheet = as_xlsx(formatted_workbook((0.62, number_format)))

    assert places(sheet) == [("2", "D", "points")]
    assert "“٪”" in sheet.errors[0]["message"]
    assert "0.62 or 62 percent" in sheet.errors[0]["message"]


# --- Which sheet --------------------------------------------------------------------------------


def test_the_visible_sheet_is_read_though_a_hidden_one_stands_before_it():
    def hide(book):
        book.create_sheet("lists", 0)["A1"] = "help"
        book.worksheets[0].sheet_state = "hidden"

    assert len(as_xlsx(workbook(["", "A", "B", 1], change=hide)).rows) == 1


def test_the_sheet_whose_first_cell_names_the_form_is_read_wherever_it_stands():
    def surround(book):
        book.create_sheet("راهنما", 0)["A1"] = "این برگه را بخوانید"
        book.create_sheet("last")["A1"] = "end"

    assert len(as_xlsx(workbook(["", "A", "B", 1], change=surround)).rows) == 1


def test_a_refusal_names_the_sheet_where_there_are_several():
    def rename(book):
        book.active["A1"] = "help"
        book.create_sheet("Sheet2")

    with pytest.raises(Unreadable, match=r"\(A1\) must say.*This is about the sheet “Sheet”"):
        as_xlsx(workbook(change=rename))


# --- Every program's workbooks ------------------------------------------------------------------


def strict(content):
    """The same workbook as "Strict Open XML" names its elements."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            text = text.replace(
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            text = text.replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            new.writestr(name, text)
    return file.getvalue()


def test_a_strict_workbook_is_read_with_its_percents():
    content = strict(formatted_workbook((0.62, "0%")))

    assert points(as_xlsx(content)) == ["62%"]


def test_elements_with_a_prefix_and_cells_without_a_place_are_read():
    def prefixed(data):
        text = data.decode()
        text = re.sub(r"<(/?)(\w)", r"<\1x:\2", text).replace(
            "<x:worksheet xmlns=", "<x:worksheet xmlns:x="
        )
        return text.replace(' r="B2"', "").replace(' r="C2"', "").replace(' r="D2"', "").encode()

    content = workbook(["", "A", "B", 1])

    assert points(as_xlsx(repack(content, {SHEET: prefixed}))) == ["1"]


def test_dates_count_from_1904_where_the_workbook_says_so():
    def count(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active["C2"] = date(2026, 3, 21)

    assert as_xlsx(workbook(["", "A", "B", 1], change=count)).rows[0].cells["title"] == "2026-03-21"


def test_a_workbook_under_the_name_of_a_csv_and_the_reverse_are_read():
    content = workbook(["", "A", "B", 1])

    assert points(read(FORM, content, "fruit.csv")) == ["1"]
    assert points(as_xlsx(b"fruit/2,code,title,points\n,A,B,1\n")) == ["1"]


def test_what_is_read_is_what_was_checked():
    """A panic of the library's is a refusal, and a part that is no XML never reaches it."""
    with pytest.raises(Unreadable):
        as_xlsx(repack(workbook(), {"xl/workbook.xml": b"<workbook/>"}))
    with pytest.raises(Unreadable, match="not well-formed"):
        as_xlsx(with_row('<row r="2"><c r="B2"><v>1</v></row>'))


# --- A million empty rows -----------------------------------------------------------------------


def with_empty_rows(content, count):
    """A workbook below whose table stand rows with a height and no cells, as some programs leave
    behind.
    """
    rows = "".join(EMPTY_ROW.format(number=number) for number in range(4000, 4000 + count))
    return repack(
        content,
        {SHEET: lambda data: data.replace(b"</sheetData>", rows.encode() + b"</sheetData>")},
    )


def test_a_million_empty_rows_are_passed_over():
    content = with_empty_rows(workbook(["", "A", "B", 1]), 1_000_000)

    assert len(as_xlsx(content).rows) == 1


def test_empty_rows_cost_little_beside_two_thousand_full_ones():
    full = workbook(*(["", f"C{n}", "عنوان", Decimal(n) / 8] for n in range(2000)))
    trailed = with_empty_rows(full, 100_000)
    tries = [(_seconds(full), _seconds(trailed)) for _try in range(3)]

    assert median(after / before for before, after in tries) < 2


def _seconds(content):
    started = time.process_time()
    as_xlsx(content)
    return time.process_time() - started


def test_formatted_rows_beyond_what_is_read_say_what_they_are(monkeypatch):
    monkeypatch.setattr("cycles.spreadsheets.safety.MOST_SHEET", 2**20)
    file = BytesIO(with_empty_rows(workbook(["", "A", "B", 1]), 30_000))

    # In this process: the one that reads files apart may have started with the true limit.
    with pytest.raises(
        Unreadable, match="Rows or columns that look empty hold formats: copy the table itself"
    ):
        read_xlsx(file, str(FORM))


# --- CSV ----------------------------------------------------------------------------------------


def test_cells_that_are_missing_at_the_end_of_a_row_are_empty():
    sheet = as_csv("fruit/2,code,title,points\n,A,B\n,C,D,5\n,E,F,,,,\n")

    assert points(sheet) == ["", "5", ""]


@pytest.mark.parametrize("told", ("sep=;\r\n", "\ufeffsep=;\r\n", '"sep=;"\r\n', "SEP=;\n"))
def test_the_line_that_tells_the_separator_is_read(told):
    sheet = as_csv(told + "fruit/2;code;title;points\r\n;A;a, b, c, d;23/5\r\n")

    assert sheet.rows[0].cells == {"code": "A", "title": "a, b, c, d", "points": "23/5"}
    assert sheet.rows[0].number == 2


@pytest.mark.parametrize("delimiter", (";", "\u061b", "|"))
def test_cells_may_be_parted_as_the_country_parts_them(delimiter):
    sheet = as_csv("fruit/2,code,title,points\n,A,B,1\n".replace(",", delimiter))

    assert points(sheet) == ["1"]


def test_unseen_signs_spoil_no_heading_code_or_number():
    sheet = as_csv(
        "\u200efruit/2,\u200fcode\u200c,title,points\u00a0\n,MOE\u200c-1,B,\u202b۱۲٫۵\u202c\n"
    )

    assert sheet.rows[0].cells == {"code": "MOE-1", "title": "B", "points": "12٫5"}
