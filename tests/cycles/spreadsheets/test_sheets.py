"""Files that people and other programs send: read to the letter, or
refused with the place named.
"""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.persian import normalise
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets import workbooks
from cycles.spreadsheets.exports import guard, unguard
from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.sheet_files import template, write_rows
from cycles.spreadsheets.sheets import read
from tests.cycles.spreadsheets.sheet_makers import (
    FORM,
    HEADER,
    as_csv,
    as_xlsx,
    places,
    with_row,
    workbook,
)

pytestmark = pytest.mark.usefixtures("english")


# --- What is read -------------------------------------------------------------------------------


def test_a_row_keeps_its_number_and_a_column_its_letter_past_empty_rows_and_remarks():
    sheet = as_csv(HEADER + "# fa,x,y,z\n,,,\nmy note,APPLE,سيب,۱۲٫۵\n")

    [row] = sheet.rows
    assert row.number == 4
    assert row.cells == {"code": "APPLE", "title": "سیب", "points": normalise("۱۲٫۵")}
    assert sheet.letters["points"] == "D"
    assert sheet.errors == []


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16"))
@pytest.mark.parametrize("delimiter", (",", ";", "\t"))
def test_csv_of_every_spreadsheet_program_is_read(encoding, delimiter):
    text = (HEADER + ",PEAR,گلابی,5\n").replace(",", delimiter)

    sheet = as_csv(text, encoding)

    assert sheet.rows[0].cells == {"code": "PEAR", "title": "گلابی", "points": "5"}


def test_big_endian_utf_16_with_its_mark_is_read():
    sheet = as_csv(("\ufeff" + HEADER + ",PEAR,گلابی,5\n").encode("utf-16-be"))

    assert sheet.rows[0].cells["title"] == "گلابی"


def test_cells_of_a_workbook_become_text_as_one_would_write_it():
    sheet = as_xlsx(
        workbook(["", "A", True, 0.1], ["", "B", date(2026, 3, 21), 1200.0], ["", "C", "x", -3])
    )

    assert [tuple(row.cells.values()) for row in sheet.rows] == [
        ("A", "true", "0.1"),
        ("B", "2026-03-21", "1200"),
        ("C", "x", "-3"),
    ]


def test_prose_keeps_its_lines_and_verbatim_columns_their_digits():
    content = write_rows(
        FORM, [{"code": "A", "title": "ب", "prose": "یک\nدو", "params": '{"a": "۱  ۲"}'}], "csv"
    )

    [row] = read(FORM, content, "a.csv").rows

    assert row.cells["prose"] == "یک\nدو"
    assert row.cells["params"] == '{"a": "۱  ۲"}'


# --- Out and in again ---------------------------------------------------------------------------

HOSTILE = (
    "=1+1",
    "+cmd",
    "-x",
    "@SUM(A1)",
    "'=1",
    "''=1",
    "'tis",
    "＝1",
    "- فهرست",
    "می‌شود",
    'a,b;c\t"d"',
    "-5",
    "+98912",
)


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_what_goes_out_comes_in_as_it_was(kind):
    rows = [
        {"code": f"C{n}", "title": normalise(text), "points": Decimal(n) / 8}
        for n, text in enumerate(HOSTILE)
    ]
    rows += [{"code": "EXACT", "title": "x", "points": Decimal("12345678901234567890.12345678")}]

    sheet = read(FORM, write_rows(FORM, rows, kind), f"fruit.{kind}")

    assert sheet.errors == []
    assert [row.cells["title"] for row in sheet.rows] == [row["title"] for row in rows]
    assert [Decimal(row.cells["points"]) for row in sheet.rows] == [row["points"] for row in rows]


def test_no_cell_that_goes_out_is_run_by_a_spreadsheet_program():
    rows = [{"code": "C", "title": text} for text in HOSTILE]

    lines = list(csv.reader(StringIO(write_rows(FORM, rows, "csv").decode("utf-8-sig"))))
    book = openpyxl.load_workbook(BytesIO(write_rows(FORM, rows, "xlsx")))

    assert not [row[2] for row in lines if row[2][:1] in "=@＝" or row[2] in ("+cmd", "-x")]
    assert {
        cell.data_type for row in book.active.iter_rows(min_row=2, max_col=3) for cell in row
    } <= {"s", "n"}
    assert not [
        cell.value
        for row in book.active.iter_rows()
        for cell in row
        if str(cell.value).startswith(("=", "@"))
    ]


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r＝ a1۱."), max_size=6).map(normalise))
def test_the_apostrophe_is_put_on_and_taken_off_exactly(text):
    assert unguard(guard(text)) == text


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r＝ a1۱."), max_size=6).map(normalise))
def test_what_is_guarded_is_never_refused(text):
    assert spreadsheets_sheets.why_refused(guard(text)) == ""


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_a_template_explains_its_columns_in_both_languages_and_is_read_without_rows(
    kind,
):
    content = template(FORM, kind)

    with pytest.raises(Unreadable, match="no rows"):
        read(FORM, content, f"fruit.{kind}")


def test_a_template_names_the_allowed_codes():
    text = template(FORM, "csv").decode("utf-8-sig")

    assert "stone = Stone fruit; pome = Pome" in text
    assert text.startswith("fruit/2,code,title,points,kind,prose,params\r\n# fa,")


# --- Refused as a whole -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, why",
    (
        ("", "first row is empty"),
        ("\n" + HEADER, "first row is empty"),
        ("code,title\nA,B\n", r"\(A1\) must say “fruit/2”.*says “code”"),
        ("fruit/1,code,title\n,A,B\n", "must say “fruit/2”.*says “fruit/1”.*template"),
        ("fish/2,code,title\n,A,B\n", "says “fish/2”"),
        ("fruit/2,code\n,A\n", "missing: title"),
        ("fruit/2,code,title,colour\n,A,B,C\n", r"not known: colour \(D\)"),
        ("fruit/2,code,title,=cmd\n,A,B,C\n", r"not known: =cmd \(D\)"),
        ("fruit/2,code,title,code\n,A,B,C\n", r"stand twice: code \(B\), code \(D\)"),
        (HEADER + ",A,B,1,2\n", "Cell E2 holds something"),
        ("fruit/2,code,title,\n,A,B,C\n", "Cell D2 holds something"),
        (HEADER + ',A,"B,1\n', "Line 2 cannot be read"),
        (HEADER + ',A,"B"x,1\n', "Line 2 cannot be read"),
        (HEADER + ",A,B\x00,1\n", "Line 2 holds a NUL"),
        (HEADER + ",A,B,1\n," + "x" * 2**20 + ",B,1\n", "Line 3 cannot be read"),
        (HEADER, "no rows"),
        (
            ",".join(["fruit/2", *(f"c{n}" for n in range(20_000))]) + "\n",
            "Row 1 has more than 100 columns",
        ),
        (
            HEADER + ",A,B,1\n" * (workbooks.MOST_ROWS + 1),
            "From row 10,002 on the file is too long",
        ),
    ),
)
def test_a_bad_csv_is_refused_with_the_place_named(text, why):
    with pytest.raises(Unreadable, match=why):
        as_csv(text)


def test_windows_1256_is_named_with_its_line_and_how_to_save():
    with pytest.raises(
        Unreadable, match=r"From line 3 .* Windows-1256.*Save the sheet as XLSX or as “CSV UTF-8"
    ):
        as_csv((HEADER + ",A,B,1\n,B,شماره,1\n").encode("windows-1256"))


def test_another_encoding_is_refused_with_its_line():
    with pytest.raises(Unreadable, match=r"Line 2 is not in UTF-8. Save the file"):
        as_csv((HEADER + ",A,Äpfel,1\n").encode("latin-1"))


def test_half_a_utf_16_letter_is_refused_with_its_line():
    with pytest.raises(Unreadable, match="Line 2 is not in UTF-8"):
        as_csv((HEADER + ",A,B,1").encode("utf-16")[:-1])


def test_a_file_beyond_the_limit_is_not_even_opened():
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        as_xlsx(b"PK\x03\x04" + b"x" * spreadsheets_sheets.MOST_BYTES)


# --- Refused by the cell ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ("=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(1)", "\t=1", "  =1", "\u200e=1", "＝1", "-")
)
def test_text_that_a_spreadsheet_program_would_run_is_refused_and_its_cell_named(text):
    file = StringIO(newline="")
    csv.writer(file).writerows([["fruit/2", "code", "title"], ["", "A", "right"], ["", "B", text]])

    sheet = as_csv(file.getvalue())

    assert places(sheet) == [("3", "C", "title")]
    assert "apostrophe" in sheet.errors[0]["message"]
    assert sheet.rows[1].cells["title"] == ""


@pytest.mark.parametrize("text", ("-5", "+5", "−5", "-۵٫۲", "'=1", "a=b", "—"))
def test_numbers_and_guarded_text_are_not(text):
    assert as_csv(f"fruit/2,code,title\n,A,{text}\n").errors == []


def test_a_formula_in_a_workbook_is_refused_and_its_cell_named():
    content = workbook(
        ["", "A", "right", 1], ["", "B", "wrong", "=1+1"], ["", "C", '=HYPERLINK("http://x")', 2]
    )

    sheet = as_xlsx(content)

    assert places(sheet) == [("3", "D", "points"), ("4", "C", "title")]
    assert "formula" in sheet.errors[0]["message"]


@pytest.mark.parametrize(
    "cell, why",
    (
        ('<c r="D2"><f t="array" ref="D2">SUM(1)</f><v>1</v></c>', "formula"),
        ('<c r="D2"><f t="shared" si="0" ref="D2"/><v>1</v></c>', "formula"),
        ('<c r="D2" t="str"><f>1</f><v>x</v></c>', "formula"),
        ('<c r="D2" t="e"><v>#REF!</v></c>', "error of the spreadsheet program"),
        (f'<c r="D2"><v>{"9" * 5000}</v></c>', "error of the spreadsheet program"),
        ('<c r="D2" t="inlineStr"><is><t>=1+1</t></is></c>', "apostrophe"),
        (
            f'<c r="D2" t="inlineStr"><is><t>{"x" * 20_000}</t></is></c>',
            "more than 10,000 characters",
        ),
        ('<c r="D2" t="inlineStr"><is><t>a&#x7F;b</t></is></c>', "cannot be shown"),
    ),
)
def test_a_cell_of_a_workbook_that_is_not_taken_is_named(cell, why):
    sheet = as_xlsx(
        with_row(f'<row r="2"><c r="B2" t="inlineStr"><is><t>A</t></is></c>{cell}</row>')
    )

    assert places(sheet) == [("2", "D", "points")]
    assert why in sheet.errors[0]["message"]
