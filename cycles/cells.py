"""An uploaded CSV or XLSX file as a grid: row by row the text of each cell, and what is wrong with it."""

import csv
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from typing import IO, Any

import openpyxl
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.text import localised
from cycles.archive import Unreadable, check_archive

MOST_COLUMNS = 100
MOST_ROWS = 10_000
MOST_CELLS = 400_000
WIDEST = 1_100
"""Columns that a spreadsheet program may have formatted, though they are empty."""
LOWEST = 1_048_576
"""The last row that a spreadsheet program knows."""

Cell = tuple[str, str | Promise]
"""The text of a cell, and what is wrong with it, if anything is."""
FORMULA = gettext_lazy("This cell holds a formula. Write its result, as text or number.")
FAULTY = gettext_lazy("This cell holds an error of the spreadsheet program.")

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def from_csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that are not empty, each with its number; every one as wide as the first."""
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # as spreadsheet programs of this and that country write it
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for number, row in enumerate(lines, start=1):
            width = width or len(row)
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > MOST_COLUMNS:
                raise _too_wide(number)
            if len(row) != width:
                raise Unreadable(
                    _("Row %(row)s has %(found)s cells, but the first row has %(expected)s.")
                    % {"row": localised(number), "found": localised(len(row)), "expected": localised(width)}
                )
            yield number, [(cell, "") for cell in row]
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s cannot be read: a quotation mark is open or misplaced, or a cell is far too long.")
            % {"line": localised(lines.line_num)}
        ) from error


def _decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8, or what its byte order mark says; the line that is in neither is named."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="ignore")
        raise Unreadable(
            _("Line %(line)s is not in UTF-8. Save the file as “CSV UTF-8”.")
            % {"line": localised(before.count("\n") + 1)}
        ) from error
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Unreadable(_("Line %(line)s holds a NUL: this is no text file.") % {"line": localised(line)})
    return text


def _too_wide(number: int) -> Unreadable:
    return Unreadable(
        _("Row %(row)s has more than %(most)s columns.") % {"row": localised(number), "most": localised(MOST_COLUMNS)}
    )


def from_xlsx(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first sheet that are not empty, each with its number and without empty cells at its end."""
    check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about formats and extensions, which do not concern us
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
            worksheet = book.worksheets[0]
            worksheet.reset_dimensions()  # what the file says of its own size is not believed
            yield from _filled(worksheet.iter_rows())
    except Unreadable:
        raise
    except Exception as error:  # a file made to harm fails in more ways than openpyxl names
        raise Unreadable(_("The file cannot be read as a table.")) from error


def read_xlsx(file: IO[bytes]) -> list[tuple[int, list[Cell]]]:
    """All rows of the first sheet, for whoever reads in a process of its own; at most twice as many as are taken in."""
    rows, cells = [], 0
    for number, row in from_xlsx(file.read()):
        rows.append((number, row))
        cells += len(row)
        if len(rows) > 2 * MOST_ROWS or cells > 2 * MOST_CELLS:
            raise too_long(number)
    return rows


def too_long(number: int) -> Unreadable:
    return Unreadable(
        _("From row %(row)s on the file is too long: at most %(rows)s rows and %(cells)s cells are read.")
        % {"row": localised(number), "rows": localised(MOST_ROWS), "cells": localised(MOST_CELLS)}
    )


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(rows, start=1):
        if number > LOWEST:
            raise Unreadable(_("The file cannot be read as a table."))
        if len(row) > WIDEST:
            raise _too_wide(number)
        cells = [_cell(cell) for cell in row]
        while cells and not cells[-1][0].strip() and not cells[-1][1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _too_wide(number)
        if cells:
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return "=", FORMULA
    if cell.data_type == "e":
        return str(value), FAULTY
    match value:
        case None:
            return "", ""
        case bool():
            return ("true" if value else "false"), ""
        case float():
            return format(Decimal(repr(value)).normalize(), "f"), ""
        case datetime() if value.time() == time():
            return value.date().isoformat(), ""
        case date() | time():
            return value.isoformat(), ""
    return str(value), ""
