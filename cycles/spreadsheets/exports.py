"""How rows leave the portal as CSV or XLSX: the one writer.

No spreadsheet program runs a cell, nor changes one when it opens the file and saves it again:
numbers are numbers, sheets have names, and Persian sheets open from right to left.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import islice
from typing import Any, Protocol

import openpyxl
import tablib
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from agencies.persian import language, parse_decimal

MARK = "\ufeff"
"""By which spreadsheet programs know that a CSV is UTF-8."""
MOST_SHOWN = 11
"""Of so many figures and points a spreadsheet program shows a number without a format, and saves as
CSV.
"""
LONGEST_TITLE = 31
LINES_AT_ONCE = 200
"""Of CSV that leaves as it is written: each piece costs a web server a call."""

_RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+\-\u2212]?(?:\d+|\d{1,3}(?:[,٬]\d{3})+)(?:[.٫]\d+)?")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What a spreadsheet program takes for a date, a time or a number that is written otherwise.
_CHANGES = re.compile(
    r"\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?|\d{1,4}\.\d{1,2}\.\d{1,4}"
    rf"|{_MONTH}[-./ ]?\d{{1,4}}|\d{{1,4}}[-./ ]?{_MONTH}"
    r"|\d{1,4}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?"
    r"|-?0?\.000\d+|[+-]?0\d+(?:\.\d*)?|[+-]?\d*\.\d*0|\d+\.|\+\d+(?:\.\d+)?|\(\d+(?:\.\d+)?\)"
    rf"|[+-]?\d[\d,]*(?:\.\d+)?e[+-]?\d+|-?(?=[\d.]{{{MOST_SHOWN + 1},}})\d*\.?\d+",
    re.IGNORECASE,
)
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


class Verbatim(str):
    """A text of a file that stands letter for letter, because a digest is taken of it or it is no
    text.
    """


def is_number(text: str) -> bool:
    try:
        parse_decimal(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def guard(text: str) -> str:
    """Put an apostrophe, which `unguard` takes off, before a text that a spreadsheet program would
    run.
    """
    bare = text.lstrip("'")
    if bare == text:
        is_risky = bool(_RUNS.match(text)) and not _PLAIN_NUMBER.fullmatch(text)
    else:
        is_risky = bool(_RUNS.match(bare) or _CHANGES.fullmatch(bare))
    return f"'{text}" if is_risky else text


@lru_cache(maxsize=8192)  # the same names and codes stand in thousands of rows
def guard_in_csv(text: str) -> str:
    """Guard a text that a spreadsheet program would run or take for something else: in CSV nothing
    says that 8-24 and 007 are texts.
    """
    return f"'{text}" if _CHANGES.fullmatch(text) else guard(text)


def unguard(text: str) -> str:
    bare = text.lstrip("'")
    is_guarded = bare != text and (_RUNS.match(bare) or _CHANGES.fullmatch(bare))
    return text[1:] if is_guarded else text


def cell(value: object) -> object:
    """Write what stands in a cell of CSV: texts guarded, numbers in full, days and moments as ISO
    8601 writes them.
    """
    if isinstance(value, str):
        return value if isinstance(value, Verbatim) else guard_in_csv(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


# --- CSV ----------------------------------------------------------------------------------------


class TextSink(Protocol):
    """A file to which text is written."""

    def write(self, text: str, /) -> object: ...


def csv_writer(file: TextSink, *, ends: str = "\r\n") -> Callable[[Iterable[object]], Any]:
    """Make a function that writes one row to a file and answers with what the file answers."""
    write = csv.writer(file, lineterminator=ends).writerow

    def write_row(values: Iterable[object]) -> object:
        return write([cell(value) for value in values])

    return write_row


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    file = StringIO(newline="")
    write = csv_writer(file)
    for row in rows:
        write(row)
    return file.getvalue()


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Write a CSV with its mark, some hundred lines at a time, however many rows there are."""
    write = csv_writer(_Echo())
    yield MARK
    lines = map(write, rows)
    while several := "".join(islice(lines, LINES_AT_ONCE)):
        yield several


# --- XLSX ---------------------------------------------------------------------------------------


def new_sheet(title: str) -> tuple[Workbook, WriteOnlyWorksheet]:
    """Make a workbook and its one sheet, named, from right to left for whoever reads Persian."""
    book = openpyxl.Workbook(write_only=True)
    worksheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:LONGEST_TITLE])
    worksheet.sheet_view.rightToLeft = (language()).startswith("fa")
    return book, worksheet


def save_workbook(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def heading(worksheet: WriteOnlyWorksheet, names: Iterable[str]) -> None:
    """Write the first row, bold and in view however far one scrolls."""
    worksheet.freeze_panes = "A2"
    cells = [text_cell(worksheet, name) for name in names]
    for title in cells:
        title.font = Font(bold=True)
    worksheet.append(cells)


def text_cell(worksheet: WriteOnlyWorksheet, text: str) -> Cell:
    """Make a cell that holds text, whatever it begins with."""
    found = WriteOnlyCell(worksheet, guard(text) or None)
    if text:
        found.data_type = "s"
    return found


def xlsx(headers: Sequence[str], rows: Iterable[Iterable[object]], *, title: str) -> bytes:
    """Write a workbook of one sheet: a heading, texts as texts, numbers as numbers."""
    book, worksheet = new_sheet(title)
    heading(worksheet, headers)
    for row in rows:
        worksheet.append([_xlsx_cell(worksheet, value) for value in row])
    return save_workbook(book)


def _xlsx_cell(worksheet: WriteOnlyWorksheet, value: object) -> object:
    match value:
        case str():
            return text_cell(worksheet, value)
        case datetime() | date():
            return text_cell(worksheet, value.isoformat())
    return value


def write_dataset(data: tablib.Dataset, kind: str, *, title: str) -> bytes:
    """Write a data set of tablib's (`headers`, and its rows) as a file of this kind; `title` names
    the sheet.
    """
    if kind == "xlsx":
        return xlsx(data.headers, data, title=title)
    return (MARK + csv_text([data.headers, *data])).encode()
