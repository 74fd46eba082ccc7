"""How rows leave the portal as CSV or XLSX: the one writer, so that no spreadsheet program runs a cell."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from agencies.text import parse_decimal

_RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
MARK = "\ufeff"
"""By which spreadsheet programs know that a CSV is UTF-8."""


class Verbatim(str):
    """A text of a file that stands letter for letter, because its digest is taken of it."""


def is_number(text: str) -> bool:
    try:
        parse_decimal(text)
    except ValueError:
        return False
    return True


def guarded(text: str) -> str:
    """Text that no spreadsheet program runs: an apostrophe before a formula, which `unguarded` takes off."""
    is_risky = _GUARDED.match(text) or (_RUNS.match(text) and not is_number(text))
    return f"'{text}" if is_risky else text


def unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def cell(value: Any) -> Any:
    """What stands in a cell: texts guarded, numbers as they are."""
    if isinstance(value, str) and not isinstance(value, Verbatim):
        return guarded(value)
    return value


# --- CSV --------------------------------------------------------------------------------------------------------------


def csv_writer(file: Any, *, ends: str = "\r\n") -> Callable[[Iterable[Any]], Any]:
    """What writes one row to a file and answers with what the file answers."""
    write = csv.writer(file, lineterminator=ends).writerow

    def row(values: Iterable[Any]) -> Any:
        return write([cell(value) for value in values])

    return row


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    file = StringIO(newline="")
    write = csv_writer(file)
    for row in rows:
        write(row)
    return file.getvalue()


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV line by line with its mark, however many rows there are."""
    write = csv_writer(_Echo())
    yield MARK
    for row in rows:
        yield write(row)


# --- XLSX -------------------------------------------------------------------------------------------------------------


def text_cell(worksheet: Any, text: str) -> Any:
    """A cell that holds text, whatever it begins with."""
    found = WriteOnlyCell(worksheet, guarded(text) or None)
    if text:
        found.data_type = "s"
    return found


def xlsx(headers: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A workbook of one sheet: a bold heading that stays in view, texts as texts, numbers as numbers."""
    book = openpyxl.Workbook(write_only=True)
    worksheet = book.create_sheet()
    worksheet.freeze_panes = "A2"
    heading = [text_cell(worksheet, header) for header in headers]
    for title in heading:
        title.font = Font(bold=True)
    worksheet.append(heading)
    for row in rows:
        worksheet.append([_xlsx_cell(worksheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _xlsx_cell(worksheet: Any, value: Any) -> Any:
    match value:
        case str():
            return text_cell(worksheet, value)
        case datetime() | date():
            return text_cell(worksheet, value.isoformat())
    return value


def written(data: Any, kind: str) -> bytes:
    """A data set of tablib's (`headers`, and its rows) as a file of this kind."""
    if kind == "xlsx":
        return xlsx(data.headers, data)
    return (MARK + csv_text([data.headers, *data])).encode()
