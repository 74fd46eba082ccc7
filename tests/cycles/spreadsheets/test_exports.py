"""What goes out as a spreadsheet survives a spreadsheet program: opened, saved again and read, it
is the same.
"""

import csv
import re
import shutil
import subprocess
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agencies.persian import normalise
from cycles.register.agency_sheets import AGENCIES
from cycles.spreadsheets import exports as spreadsheets_exports
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.sheet_files import template, write_rows
from cycles.spreadsheets.sheets import read
from festival.improvement.tables import PLANS
from festival.indices.publishers import PUBLISHERS
from indicators.exchange.cells import NumberCell
from indicators.exchange.columns import APPLICABILITY, CELLS, MEASURES, TARGETS
from submissions.answers.sheet_columns import VALUES, AnswerLines
from submissions.stewards.sheets import FIGURES, FigureLines

FORMS = (
    AGENCIES,
    MEASURES,
    TARGETS,
    APPLICABILITY,
    VALUES,
    FIGURES,
    PLANS,
    *(p.form for p in PUBLISHERS.values()),
)
NUMBERS = {
    name
    for cells in (CELLS, AnswerLines.cells, FigureLines.cells)
    for name, cell in cells.items()
    if isinstance(cell, NumberCell)
}
NUMBERS |= {"score", "hdi", "egdi", "total"}
CODES = {"code", "country"}

LIBREOFFICE = shutil.which("soffice")
CHANGED = (
    "8-24",
    "1/2",
    "1404/03/10",
    "007",
    "1.10",
    "1E5",
    "12:30",
    "MAR-26",
    "3 SEP",
    "123456789012",
    "+98912",
    "(5)",
)
HOSTILE = (
    "=1+1",
    "+,",
    "-1,2",
    "+cmd",
    "-x",
    "@SUM(A1)",
    "'=1",
    "''8-24",
    "'tis",
    "＝1",
    "- فهرست",
    "می‌شود",
    'a,b;c\t"d"',
    "۱۲٪",
)

# Excel in Persian writes 28.5 as 28/5. A column of numbers is read so; of a text nothing says which
# was meant.
DECIMAL = re.compile(r"\s*[+-]?\d*\.?\d*(?:e[+-]?\d+)?\s*", re.IGNORECASE)

texts = (
    st.one_of(
        st.sampled_from(CHANGED + HOSTILE),
        st.text(alphabet=st.sampled_from("=+-@'/.:0123456789e آبپ‌\t;,\"%MARmar()"), max_size=12),
    )
    .map(normalise)
    .filter(lambda text: text in CHANGED or "." not in text or not DECIMAL.fullmatch(text))
)
numbers = st.decimals(-(10**12), 10**12, places=8, allow_nan=False).map(
    lambda number: Decimal(f"{number:.8f}").normalize()
)

# A form in the message of a failure takes minutes to make small.
SOME = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
HANDFUL_OF_TEXTS = st.lists(texts, min_size=3, max_size=7)
HANDFUL_OF_NUMBERS = st.lists(numbers, min_size=2, max_size=4)


def fill_rows(form, drawn_texts, drawn_numbers):
    """A few rows of a form, its cells from a handful of texts and numbers."""
    some_texts, some_numbers = cycle(drawn_texts), cycle([None, *drawn_numbers])
    rows = []
    for number in range(3):
        row = {}
        for column in form.columns:
            if column.name in NUMBERS:
                row[column.name] = next(some_numbers)
            else:
                row[column.name] = (
                    f"C{number}" if column.name in CODES else column.read(next(some_texts))
                )
        rows.append(row)
    return rows


def values_read(form, sheet):
    """What a sheet says, numbers by their value."""
    assert sheet.errors == []
    return [{name: _value(name, text) for name, text in row.cells.items()} for row in sheet.rows]


def _value(name, text):
    if name in NUMBERS:
        return NumberCell().clean(text)
    return text


def values_written(form, rows):
    return [
        {name: row[name] if name in NUMBERS else row[name] or "" for name in form.names}
        for row in rows
    ]


# --- A program that has Excel's habits ----------------------------------------------------------


def as_excel_takes(text):
    """What Excel takes a cell of CSV for, and how it writes that when it saves CSV again."""
    bare = text.strip()
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", bare, re.IGNORECASE) or re.fullmatch(
        r"\(\d+\)", bare
    ):
        number = float(bare.strip("()")) * (-1 if bare.startswith("(") else 1)
        return general(number)
    if re.fullmatch(r"\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?|\d{1,2}:\d{2}", bare):
        return "24-Aug"
    if re.fullmatch(
        r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]?\d+", bare, re.IGNORECASE
    ):
        return "26-Mar"
    if bare[:1] in ("=", "+", "-", "@") and bare[1:]:
        return "#NAME?"
    return text.upper() if text in ("true", "false") else text


def general(number):
    """A number in Excel's format "General": eleven signs."""
    if number == int(number) and abs(number) < 10**11:
        return str(int(number))
    text = (
        f"{number:.{max(0, 10 - len(str(int(abs(number)))))}f}"
        if 1e-4 < abs(number) < 10**11
        else f"{number:.5E}"
    )
    return text.rstrip("0").rstrip(".") if "E" not in text else text


def saved_by_excel(content, *, delimiter=";"):
    """A CSV opened and saved again: rows end early, the country's separator and decimal sign, all
    cells retyped.
    """
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    for row in rows:
        cells = [as_excel_takes(text) for text in row]
        cells = [re.sub(r"^(-?\d+)\.(\d+)$", r"\1/\2", text) for text in cells]
        while cells and not cells[-1]:
            cells.pop()
        writer.writerow(cells)
    return file.getvalue().encode("utf-8-sig")


def workbook_saved_by_excel(content):
    """A workbook saved again: percent formats, float noise, numbers as text, a sheet before it,
    rows that end early.
    """
    book = openpyxl.load_workbook(BytesIO(content))
    [worksheet] = book.worksheets
    assert worksheet.sheet_view.rightToLeft
    for count, cell in enumerate(cell for row in worksheet.iter_rows(min_row=2) for cell in row):
        if isinstance(cell.value, int | float):
            match count % 3:
                case 0 if abs(cell.value) < 10**6:
                    cell.value, cell.number_format = cell.value / 100, "[$-3000429]0%"
                case 1:
                    cell.value = f"{Decimal(repr(cell.value)):f}"
    book.create_sheet("فهرست", 0)["A1"] = "help"
    book.worksheets[0].sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("form", FORMS, ids=str)
@SOME
@given(drawn_texts=HANDFUL_OF_TEXTS, drawn_numbers=HANDFUL_OF_NUMBERS)
def test_a_csv_that_excel_saved_again_says_the_same(form, drawn_texts, drawn_numbers):
    rows = fill_rows(form, drawn_texts, drawn_numbers)

    sheet = read(form, saved_by_excel(write_rows(form, rows, "csv")), "a.csv")

    assert values_read(form, sheet) == values_written(form, rows)


@pytest.mark.parametrize("form", FORMS, ids=str)
@SOME
@given(drawn_texts=HANDFUL_OF_TEXTS, drawn_numbers=HANDFUL_OF_NUMBERS)
def test_a_workbook_that_excel_saved_again_says_the_same(form, drawn_texts, drawn_numbers):
    rows = fill_rows(form, drawn_texts, drawn_numbers)

    with translation.override("fa"):
        content = write_rows(form, rows, "xlsx")
    sheet = read(form, workbook_saved_by_excel(content), "a.xlsx")

    assert values_read(form, sheet) == values_written(form, rows)


# --- LibreOffice itself -------------------------------------------------------------------------


@pytest.mark.skipif(
    LIBREOFFICE is None, reason="LibreOffice Calc is not installed (Debian: libreoffice-calc-nogui)"
)
@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_every_form_that_libreoffice_saved_again_says_the_same(kind, tmp_path):
    rows = {form: _sample(form) for form in FORMS}
    for form in FORMS:
        with translation.override("fa"):
            (tmp_path / f"{form.name}.{kind}").write_bytes(write_rows(form, rows[form], kind))

    _save_again(tmp_path, kind)

    for form in FORMS:
        sheet = read(form, (tmp_path / "saved" / f"{form.name}.{kind}").read_bytes(), f"a.{kind}")
        assert values_read(form, sheet) == values_written(form, rows[form]), form


def _sample(form):
    """A row for every text that programs are known to change, with numbers of many places."""
    rows = []
    for number, text in enumerate(map(normalise, CHANGED + HOSTILE)):
        row = {}
        for column in form.columns:
            if column.name in NUMBERS:
                row[column.name] = Decimal(number) / 8 + Decimal("0.00000001")
            else:
                row[column.name] = f"C{number}" if column.name in CODES else column.read(text)
        rows.append(row)
    return rows


def _save_again(folder: Path, kind: str) -> None:
    filters = {
        "csv": ("44,34,76,1", "csv:Text - txt - csv (StarCalc):44,34,76,1"),
        "xlsx": ("", "xlsx"),
    }
    read_as, write_as = filters[kind]
    command = [LIBREOFFICE, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    if read_as:
        command.append(f"--infilter=CSV:{read_as}")
    files = sorted(map(str, folder.glob(f"*.{kind}")))
    done = subprocess.run(
        [*command, "--convert-to", write_as, "--outdir", str(folder / "saved"), *files],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# --- The writer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", (*CHANGED, *HOSTILE, "'8-24", "plain", ""))
def test_an_apostrophe_is_put_on_in_csv_and_taken_off_exactly(text):
    assert spreadsheets_exports.unguard(spreadsheets_exports.guard_in_csv(text)) == text
    assert spreadsheets_exports.unguard(spreadsheets_exports.guard(text)) == text
    assert spreadsheets_sheets.why_refused(spreadsheets_exports.guard_in_csv(text)) == ""


@given(texts)
def test_guarding_is_undone_whatever_the_text(text):
    assert spreadsheets_exports.unguard(spreadsheets_exports.guard_in_csv(text)) == text
    assert spreadsheets_exports.unguard(spreadsheets_exports.guard(text)) == text


@pytest.mark.parametrize(("language", "is_from_the_right"), (("fa", True), ("en", False)))
def test_sheets_are_named_and_persian_ones_open_from_right_to_left(language, is_from_the_right):
    with translation.override(language):
        files = [
            template(VALUES, "xlsx"),
            spreadsheets_exports.xlsx(["code"], [["MOE"]], title="رتبه/بندی: ۱۴۰۵ [نهایی]"),
        ]
    books = [openpyxl.load_workbook(BytesIO(content)) for content in files]

    assert [book.sheetnames for book in books] == [["values"], ["رتبه بندی  ۱۴۰۵  نهایی "]]
    assert {bool(book.active.sheet_view.rightToLeft) for book in books} == {is_from_the_right}


def test_numbers_are_numeric_cells_and_texts_are_texts():
    content = spreadsheets_exports.xlsx(
        ["a", "b", "c", "d"], [[1, Decimal("95.20"), "12", None]], title="x"
    )

    [cells] = openpyxl.load_workbook(BytesIO(content)).active.iter_rows(min_row=2)

    assert [cell.data_type for cell in cells] == ["n", "n", "s", "n"]
    assert [cell.value for cell in cells] == [1, 95.2, "12", None]


def test_a_csv_begins_with_its_mark_and_writes_numbers_in_full():
    lines = list(
        spreadsheets_exports.csv_lines(
            [["a", Decimal("1E+2"), True, 7, None, spreadsheets_exports.Verbatim("8-24"), "8-24"]]
        )
    )

    assert "".join(lines) == "\ufeffa,100,true,7,,8-24,'8-24\r\n"
