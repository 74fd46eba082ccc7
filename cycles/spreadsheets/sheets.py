"""Spreadsheets in and out: uploaded XLSX or CSV as rows of normalised text, each cell with its
place, and back.

The rules that other software has to keep are in docs/transfer.md.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from agencies.persian import in_locale, normalise
from cycles.spreadsheets.cells import table_of
from cycles.spreadsheets.exports import (
    is_number,
    unguard,
)
from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.workbooks import MOST_CELLS, MOST_ROWS, Cell, Table, too_long

MOST_BYTES = 5 * 2**20
MOST_CHARACTERS = 10_000

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_DIGITS = 15
"""So many digits of a number a spreadsheet program keeps; longer ones go out as text."""
REMARK = "#"
"""Begins the first cell of a row that is for people only, in a file with a version cell."""

_VERSION = re.compile(r"([a-z_]+)/(\d+)")
_RUNS = re.compile(r"[=+\-@\t\r＝＋－＠]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

TOO_LONG = gettext_lazy("This cell holds more than %(most)s characters.")
CONTROL = gettext_lazy("This cell holds characters that cannot be shown.")
RUNS = gettext_lazy(
    "Text may not begin with “%(sign)s”, for a spreadsheet program would run it. Put an "
    "apostrophe before it."
)


@dataclass(frozen=True)
class Column:
    """One column of a form: its code, what it means, and which values it may hold."""

    name: str
    about: str | Promise = ""
    required: bool = False
    allowed: Sequence[tuple[str, str | Promise]] = ()
    text: Literal["line", "lines", "verbatim"] = "line"
    example: str = ""

    def read(self, text: str) -> str:
        if self.text == "verbatim":
            return unicodedata.normalize("NFC", text).strip()
        return normalise(text, lines=self.text == "lines")


@dataclass(frozen=True)
class Form:
    """A kind of file: its name and version, which stand in its first cell, and its columns."""

    name: str
    version: int
    columns: tuple[Column, ...]
    needs_version: bool = True

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


class Wrong(TypedDict):
    """What is wrong, and where: the row's number, the column's letter and code; "" for the row or
    file as a whole.
    """

    row: str
    letter: str
    column: str
    message: str


@dataclass(frozen=True)
class SheetRow:
    """A row of a file, known by its number there: its cells by the code of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Sheet:
    """A file as it was read: its rows, where its columns stand, and the
    cells that were not taken.
    """

    rows: list[SheetRow]
    letters: Mapping[str, str]
    errors: list[Wrong] = field(default_factory=list)

    def wrong(self, row: int | None, column: str, message: str | Promise) -> Wrong:
        return {
            "row": str(row or ""),
            "letter": self.letters.get(column, ""),
            "column": column,
            "message": str(message),
        }


# --- In -----------------------------------------------------------------------------------------


def read(form: Form, content: bytes, name: str) -> Sheet:
    """Read the rows of a file of this form, without the empty ones; what is wrong with a single
    cell stands in `errors`.

    A file that is wrong as a whole is `Unreadable`, which says where: in which line, row, column or
    part; one that takes more than a file may have is `sandbox.Exceeded`.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than %(most)s MB.") % {"most": in_locale(MOST_BYTES // 2**20)}
        )
    table = table_of(content, name, str(form))
    number, header = next(table.rows, (0, []))
    if number != 1:
        raise _of_sheet(table, Unreadable(_("The first row is empty; it must name the columns.")))
    try:
        places, has_version = _places(form, [text for text, _why in header])
    except Unreadable as error:
        raise _of_sheet(table, error) from error
    sheet, cells = (
        Sheet([], {name: get_column_letter(place + 1) for place, name in places.items()}),
        0,
    )
    for number, row in table.rows:
        if has_version and normalise(row[0][0]).startswith(REMARK):
            continue
        cells += len(row)
        if len(sheet.rows) >= MOST_ROWS or cells > MOST_CELLS:
            raise too_long(number)
        sheet.rows.append(_row(form, sheet, number, row, places))
    if not sheet.rows:
        raise Unreadable(_("The file has no rows."))
    return sheet


def _of_sheet(table: Table, error: Unreadable) -> Unreadable:
    """Add the name of the sheet to a complaint, where a workbook has several."""
    if not table.sheet:
        return error
    return Unreadable(
        _("%(error)s This is about the sheet “%(sheet)s”.") % {"error": error, "sheet": table.sheet}
    )


def _places(form: Form, header: Sequence[str]) -> tuple[dict[int, str], bool]:
    """Find which column stands where, and whether the first cell names the form and its version."""
    names = [normalise(text).lower() for text in header]
    found = _VERSION.fullmatch(names[0])
    if (found or form.needs_version) and names[0] != str(form):
        raise Unreadable(
            _(
                "The first cell (A1) must say “%(expected)s”, which is the form and its version, "
                "but it says"
                " “%(found)s”. Take the template from this page."
            )
            % {"expected": form, "found": names[0][:40]}
        )
    columns = {place: name for place, name in enumerate(names) if name and (place or not found)}
    _check_columns(form, columns)
    return columns, bool(found)


def _check_columns(form: Form, columns: Mapping[int, str]) -> None:
    """Refuse a header that lacks columns, has unknown ones or has one twice."""
    known = set(form.names)
    required = [column.name for column in form.columns if column.required]
    missing = [name for name in required if name not in columns.values()]
    if missing:
        raise Unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    unknown = [_column_name(place, name) for place, name in columns.items() if name not in known]
    if unknown:
        raise Unreadable(
            _("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)}
        )
    doubled = _columns_twice(columns)
    if doubled:
        raise Unreadable(_("These columns stand twice: %(names)s.") % {"names": ", ".join(doubled)})


def _columns_twice(columns: Mapping[int, str]) -> list[str]:
    names = list(columns.values())
    return [_column_name(place, name) for place, name in columns.items() if names.count(name) > 1]


def _column_name(place: int, name: str) -> str:
    return f"{name[:40]} ({get_column_letter(place + 1)})"


def _row(
    form: Form, sheet: Sheet, number: int, row: Sequence[Cell], places: Mapping[int, str]
) -> SheetRow:
    """Read one row as `form` does; the cells that are wrong are empty and stand among the
    errors.
    """
    columns = {column.name: column for column in form.columns}
    for place, (text, _why) in enumerate(row):
        if place and place not in places and text.strip():
            raise Unreadable(
                _("Cell %(cell)s holds something, but its column has no name in the first row.")
                % {"cell": f"{get_column_letter(place + 1)}{number}"}
            )
    cells = dict.fromkeys(places.values(), "")
    for place, name in places.items():
        text, why = row[place] if place < len(row) else ("", "")
        if why := why or why_refused(text):
            sheet.errors.append(sheet.wrong(number, name, why))
        else:
            cells[name] = columns[name].read(unguard(text))
    return SheetRow(number, cells)


def why_refused(text: str) -> str | Promise:
    """Say what is wrong with the text of any cell: too long, unprintable, or run by a spreadsheet
    program.
    """
    if len(text) > MOST_CHARACTERS:
        return TOO_LONG % {"most": in_locale(MOST_CHARACTERS)}
    if _CONTROL.search(text):
        return CONTROL
    for seen in (text, normalise(text)):
        if _RUNS.match(seen) and not is_number(text):
            return RUNS % {"sign": _SIGNS.get(seen[0], seen[0])}
    return ""


_SIGNS = {"\t": "TAB", "\r": "CR"}
