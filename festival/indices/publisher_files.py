"""A publisher's file as it was downloaded, read into the columns of its kind.

Whatever stands above its headings, however its columns are called, whichever way the years run, in
whichever encoding.

What each kind looks like is told in publishers.py and docs/indices.md.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from agencies.persian import in_locale, normalise
from cycles import sandbox
from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.sheets import MOST_BYTES, Sheet, why_refused
from cycles.spreadsheets.workbooks import MOST_CELLS
from cycles.spreadsheets.worksheets import MOST_COLUMNS
from festival.indices.publishers import PublishedRow, Publisher

HEADINGS_WITHIN = 20
"""So many rows are looked through for the headings: publishers put titles and notes above them."""

_ARCHIVE = b"PK\x03\x04"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

NumberedRow = tuple[int, Sequence[str]]
"""The number of a row, and the text of its cells."""


def read(publisher: Publisher, content: bytes, name: str) -> Sheet:
    """Read a publisher's file into our columns, a row for each country and year; other columns are
    not read.

    A file in which no row names the columns is `Unreadable`, and so is one that is too large.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than %(most)s MB.") % {"most": in_locale(MOST_BYTES // 2**20)}
        )
    tables = _worksheets(content) if content.startswith(_ARCHIVE) else [_lines(content)]
    first: Sequence[str] = ()
    for table in tables:
        above = list(islice(table, HEADINGS_WITHIN))
        for place, (_number, cells) in enumerate(above):
            heading = _heading(publisher, cells)
            if heading.is_whole:
                return _sheet(publisher, heading, [*above[place + 1 :]], table)
        first = first or (above[0][1] if above else ())
    missing = _heading(publisher, first).missing
    raise Unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})


# --- Headings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """Where our columns stand: by their place, and those that hold a year's figure by place, column
    and year.
    """

    places: Mapping[int, str]
    years: Mapping[int, tuple[str, int]]
    missing: Sequence[str]
    called: Mapping[int, str]

    @property
    def is_whole(self) -> bool:
        return not self.missing

    @property
    def letters(self) -> dict[str, str]:
        """Return the letters of all columns that are read, by the names that the file gives
        them.
        """
        return {name: get_column_letter(place + 1) for place, name in self.called.items()}


def _heading(publisher: Publisher, cells: Sequence[str]) -> Heading:
    """Read a row as headings; of a column named twice the first counts."""
    known = set(publisher.form.names)
    places: dict[int, str] = {}
    years: dict[int, tuple[str, int]] = {}
    called: dict[int, str] = {}
    for place, text in enumerate(cells[:MOST_COLUMNS]):
        name = normalise(text).lower()
        column = publisher.aliases.get(name, name)
        if column in known and column not in places.values():
            places[place], called[place] = column, column
        elif (of_year := _of_year(publisher, name)) and of_year not in years.values():
            years[place], called[place] = of_year, name
    held = {*places.values(), *(column for column, _year in years.values())}
    if years:
        held |= {publisher.year}
    if publisher.letters in places.values():
        held |= {publisher.name}
    return Heading(
        places, years, [name for name in publisher.required_columns if name not in held], called
    )


def _of_year(publisher: Publisher, name: str) -> tuple[str, int] | None:
    """Return our column and the year that a single-year column holds; None for others."""
    for column, pattern in publisher.by_year.items():
        if found := re.fullmatch(pattern, name):
            return column, int(next(filter(None, found.groups())))
    return None


# --- Rows ---------------------------------------------------------------------------------------


def _sheet(
    publisher: Publisher,
    heading: Heading,
    below: Iterable[NumberedRow],
    rest: Iterator[NumberedRow],
) -> Sheet:
    sheet, cells = Sheet([], heading.letters), 0
    for lines in (below, rest):
        for number, row in lines:
            cells += len(row)
            if cells > MOST_CELLS:
                raise Unreadable(
                    _("From row %(row)s on the file is too long: at most %(cells)s cells are read.")
                    % {"row": in_locale(number), "cells": in_locale(MOST_CELLS)}
                )
            sheet.rows += _rows(publisher, heading, sheet, number, row)
    if not sheet.rows:
        raise Unreadable(_("The file has no rows."))
    return sheet


def _rows(
    publisher: Publisher, heading: Heading, sheet: Sheet, number: int, row: Sequence[str]
) -> Iterator[PublishedRow]:
    """Yield a row for each year that a row of the file is about; none for a row that names no
    country, such as a note below.
    """
    cells = dict.fromkeys(heading.places.values(), "")
    for place, column in heading.places.items():
        cells[column] = _cell(sheet, number, heading.called[place], row, place)
    beside = [
        place
        for place in (*heading.places, *heading.years)
        if heading.called[place] != publisher.name
    ]
    if not any(place < len(row) and row[place].strip() for place in beside):
        return
    of_years: dict[int, dict[str, str]] = {}
    called: dict[int, dict[str, str]] = {}
    for place, (column, year) in heading.years.items():
        of_years.setdefault(year, {})[column] = _cell(
            sheet, number, heading.called[place], row, place
        )
        called.setdefault(year, {})[column] = heading.called[place]
    scored = {year: said for year, said in of_years.items() if publisher.score in said}
    if not heading.years:
        yield PublishedRow(number, cells)
    for year, said in sorted(scored.items()):
        shared = (
            cells
            if len(scored) == 1
            else {**cells, publisher.rank: ""}
            if publisher.rank
            else cells
        )
        yield PublishedRow(number, {**shared, **said, publisher.year: str(year)}, called[year])


def _cell(sheet: Sheet, number: int, column: str, row: Sequence[str], place: int) -> str:
    """Read the text of a cell; one that cannot be taken is empty, and stands among the errors."""
    text = row[place] if place < len(row) else ""
    if text and (why := why_refused(text)):
        sheet.errors.append(sheet.wrong(number, column, why))
        return ""
    return normalise(text)


# --- Files --------------------------------------------------------------------------------------


def _lines(content: bytes) -> Iterator[NumberedRow]:
    """Read the filled rows of a CSV file: in UTF-8 or UTF-16 where it is that, else in Latin-1 as
    Windows writes it.
    """
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("windows-1252", errors="replace")
    if "\x00" in text:
        raise Unreadable(_("The file cannot be read as a table."))
    delimiter = max(",;\t", key=text[:10_000].count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(lines, start=1):
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise Unreadable(
            _(
                "Line %(line)s cannot be read: a quotation mark is open or misplaced, or a cell "
                "is far too long."
            )
            % {"line": in_locale(lines.line_num)}
        ) from error


def _worksheets(content: bytes) -> Iterator[Iterator[NumberedRow]]:
    """Read the visible sheets of a workbook, each as its filled rows, in a process of its own."""
    try:
        sheets = sandbox.run(
            "cycles.spreadsheets.worksheets:read_visible",
            content,
            limits=sandbox.SHEET,
            refusal=Unreadable,
        )
    except sandbox.Broken as error:
        raise Unreadable(_("The file cannot be read as a table.")) from error
    for lines in sheets:
        yield iter([(number, texts) for number, texts in lines])
