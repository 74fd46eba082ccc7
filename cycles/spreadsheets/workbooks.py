"""The cells of an XLSX workbook: calamine reads their values, and our pass over the XML what it
leaves out.

Calamine gives the last result of a formula, nothing for an error, and 0.62 for 62 %; and a cell far
away from all others would have it fill the memory. So formulas, errors, formats and places are
looked at while the archive is checked, and calamine is given the very bytes that were checked.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import IO, ParamSpec, TypeVar
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from agencies.persian import in_locale, plain_text
from cycles.spreadsheets.safety import MOST_UNPACKED, Unreadable, Watch, check_archive, too_large

P = ParamSpec("P")
ReadT = TypeVar("ReadT")

MOST_COLUMNS = 100
MOST_ROWS = 10_000
MOST_CELLS = 400_000
LOWEST = 1_048_576
"""The last row that a spreadsheet program knows."""
MOST_PLACES = 5_000_000
"""Rows times columns down to the last filled cell: calamine holds them all, at 24 bytes each."""

Cell = tuple[str, str | Promise]
"""The text of a cell, and what is wrong with it, if anything is."""
FORMULA = gettext_lazy("This cell holds a formula. Write its result, as text or number.")
FAULTY = gettext_lazy("This cell holds an error of the spreadsheet program.")
PERCENT = gettext_lazy(
    "The format of this cell shows the sign “٪” without counting in hundredths, so that "
    "%(value)s may"
    " mean %(value)s or %(hundredths)s percent. Give the cell the format 0%% or none."
)

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
# A row that has a number and no cells: programs leave a million of them behind.
_EMPTY_ROW = re.compile(rb'<(?:\w+:)?row r="\d+"(?: [\w:]++="[^"<>]*+")*+ ?(?:/>|></(?:\w+:)?row>)')
_BUILT_IN_PERCENT = {"9": "0%", "10": "0.00%"}
# What a number format shows as it is: quoted text, an escaped sign, a space as wide as a sign, a
# filler, brackets.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]')


@dataclass(frozen=True)
class Table:
    """The filled rows of one sheet, each with its number; `sheet` is its name where the workbook
    has several.
    """

    rows: Iterator[tuple[int, list[Cell]]]
    sheet: str = ""


def from_xlsx(content: bytes, form: str) -> Table:
    """Read the first visible sheet, or the one whose first cell names the form."""
    parts: dict[str, Part] = {}

    def watch(name: str) -> Watch | None:
        if not name.lower().endswith((".xml", ".rels")):
            return None
        parts[name.lower()] = Part(name)
        return parts[name.lower()].take

    check_archive(content, watch=watch)
    if "xl/workbook.xml" not in parts:
        raise Unreadable(_("The file is no XLSX workbook. Save it as XLSX."))
    book = _read(CalamineWorkbook.from_filelike, _pack(parts))
    sheet, is_one_of_several = _choose(book, form)
    marks = parts[_part_of(parts, sheet.name)]
    formats = _number_formats(parts)
    percents = {
        place: formats[style] for place, style in marks.styles.items() if style < len(formats)
    }
    return Table(_rows(sheet, marks, percents), sheet.name if is_one_of_several else "")


def read_xlsx(file: IO[bytes], form: str) -> dict[str, object]:
    """Read a workbook in a process of its own, up to twice the rows that are taken in."""
    table = from_xlsx(file.read(), form)
    rows, cells = [], 0
    for number, row in table.rows:
        rows.append((number, row))
        cells += len(row)
        if len(rows) > 2 * MOST_ROWS or cells > 2 * MOST_CELLS:
            raise too_long(number)
    return {"rows": rows, "sheet": table.sheet}


def too_long(number: int) -> Unreadable:
    return Unreadable(
        _(
            "From row %(row)s on the file is too long: at most %(rows)s rows and %(cells)s "
            "cells are read."
        )
        % {"row": in_locale(number), "rows": in_locale(MOST_ROWS), "cells": in_locale(MOST_CELLS)}
    )


def _pack(parts: Mapping[str, "Part"]) -> BytesIO:
    """Make an archive of exactly those bytes that were checked."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts.values():
            archive.writestr(part.name, part.content.getvalue())
    file.seek(0)
    return file


def _read(call: Callable[P, ReadT], *args: P.args, **kwargs: P.kwargs) -> ReadT:
    """Call the library; a file made to harm fails in more ways than it names, a panic of Rust among
    them.
    """
    try:
        return call(*args, **kwargs)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic is no Exception
        raise Unreadable(_("The file cannot be read as a table.")) from error


def _choose(book: CalamineWorkbook, form: str) -> tuple[CalamineSheet, bool]:
    known = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    visible = [m.name for m in known if m.visible == SheetVisibleEnum.Visible]
    hidden = [m.name for m in known if m.visible != SheetVisibleEnum.Visible]
    if not known:
        raise Unreadable(_("The workbook has no sheet with cells."))
    first = None
    for name in visible + hidden:
        sheet: CalamineSheet = _read(book.get_sheet_by_name, name)
        first = first or sheet
        if len(known) == 1 or _names(sheet, form):
            return sheet, len(known) > 1
    assert first is not None
    return first, len(known) > 1


def _names(sheet: CalamineSheet, form: str) -> bool:
    """Say whether the first cell names the form and its version."""
    if sheet.start != (0, 0):
        return False
    top = next(iter(sheet.iter_rows()), [""])
    return plain_text(str(top[0])).lower() == form


# --- What calamine leaves out -------------------------------------------------------------------


@dataclass
class Part:
    """A part of the archive without empty rows, and what it says of its filled cells, by row and
    column from 0.
    """

    name: str
    content: BytesIO = field(default_factory=BytesIO)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    _row: int = 0
    _column: int = 0
    _cell: Mapping[str, str] | None = None
    _lowest: int = 0
    _widest: int = 0

    def take(self, parser: expat.XMLParserType, piece: bytes) -> bytes:
        """Keep a piece that is parsed next; a space in place of an empty row cannot join what it
        parts.
        """
        piece = _EMPTY_ROW.sub(b" ", piece)
        self.content.write(piece)
        if self.content.tell() > MOST_UNPACKED:
            raise too_large()
        if parser.StartElementHandler is None:
            parser.StartElementHandler = self._element
        return piece

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._begin_cell(attributes)
            case "row":
                self._begin_row(attributes)
            case "v" | "f" | "is" as inner if self._cell is not None:
                self._fill(inner, self._cell)
            case _:
                self._cell = None

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r", "")
        if number and not (number.isascii() and number.isdecimal() and len(number) < 8):
            raise Unreadable(_("The file cannot be read as a table."))
        self._row = int(number) if number else self._row + 1
        self._column = 0
        self._cell = None

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._column += 1
        if reference := attributes.get("r"):
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise Unreadable(_("The file cannot be read as a table."))
            self._column, self._row = column_index_from_string(found[1]), int(found[2])
        self._cell = attributes

    def _fill(self, inner: str, cell: Mapping[str, str]) -> None:
        place = (self._row - 1, self._column - 1)
        if self._column > MOST_COLUMNS:
            raise too_wide(self._row)
        if not 1 <= self._row <= LOWEST:
            raise Unreadable(_("The file cannot be read as a table."))
        self._lowest, self._widest = max(self._lowest, self._row), max(self._widest, self._column)
        if self._lowest * self._widest > MOST_PLACES:
            raise Unreadable(
                _(
                    "Row %(row)s holds something far below the table. Delete what is there, or "
                    "move it up."
                )
                % {"row": in_locale(self._lowest)}
            )
        if inner == "f":
            self.formulas.add(place)
        elif cell.get("t") == "e":
            self.errors.add(place)
        elif (
            cell.get("t", "n") == "n"
            and (style := cell.get("s", "")).isdecimal()
            and len(style) < 8
        ):
            self.styles[place] = int(style)


def too_wide(number: int) -> Unreadable:
    return Unreadable(
        _("Row %(row)s has more than %(most)s columns.")
        % {"row": in_locale(number), "most": in_locale(MOST_COLUMNS)}
    )


def _elements(parts: Mapping[str, Part], name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read the elements of a part in their order, without prefixes; none where there is no such
    part.
    """
    found: list[tuple[str, dict[str, str]]] = []
    if part := parts.get(name):
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: found.append(
            (tag.rpartition(":")[2], attributes)
        )
        parser.Parse(part.content.getvalue(), True)
    yield from found


def _part_of(parts: Mapping[str, Part], sheet: str) -> str:
    """Find the name of the part in which a sheet is kept."""
    links = _elements(parts, "xl/_rels/workbook.xml.rels")
    targets = {attributes.get("Id"): attributes.get("Target", "") for _tag, attributes in links}
    for tag, attributes in _elements(parts, "xl/workbook.xml"):
        if tag == "sheet" and attributes.get("name") == sheet:
            key = next(
                (value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), ""
            )
            target = targets.get(key, "")
            name = posixpath.normpath(posixpath.join("/xl", target))[1:].lower()
            if name in parts:
                return name
    raise Unreadable(_("The file cannot be read as a table."))


def _number_formats(parts: Mapping[str, Part]) -> list[str]:
    """Read the number format of every style of cells, in their order."""
    codes, formats, is_of_cells = dict(_BUILT_IN_PERCENT), [], False
    for tag, attributes in _elements(parts, "xl/styles.xml"):
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            is_of_cells = tag == "cellXfs"
        elif tag == "xf" and is_of_cells:
            formats.append(codes.get(attributes.get("numFmtId", ""), ""))
    return formats


# --- Cells --------------------------------------------------------------------------------------


def _rows(
    sheet: CalamineSheet, marks: Part, formats: Mapping[tuple[int, int], str]
) -> Iterator[tuple[int, list[Cell]]]:
    if sheet.start is None:
        return
    for row, values in enumerate(sheet.iter_rows()):
        cells: list[Cell] = []
        for column, value in enumerate(values):
            place = (row, column)
            if place in marks.formulas:
                cells.append(("=", FORMULA))
            elif place in marks.errors:
                cells.append(("#", FAULTY))
            else:
                cells.append(_cell(value, formats.get(place, "")))
        while cells and not cells[-1][0].strip() and not cells[-1][1]:
            cells.pop()
        if cells:
            yield row + 1, cells


def _cell(value: object, number_format: str) -> Cell:
    """Write the text of a value as a person would."""
    match value:
        case None:
            return "", ""
        case bool():
            return ("true" if value else "false"), ""
        case float() | int():
            return _number(value, number_format)
        case datetime() if value.time() == time():
            return value.date().isoformat(), ""
        case date() | time():
            return value.isoformat(), ""
    return str(value), ""


def _number(value: float, number_format: str) -> Cell:
    """Write a number as the sheet shows it: of a percent format the hundredths, signed."""
    if not isfinite(value):
        return "#", FAULTY
    number = Decimal(repr(value))
    plain = f"{number.normalize():f}"
    shown = _LITERAL.sub("", number_format)
    if "%" in shown:
        return f"{(number * 100).normalize():f}%", ""
    if "٪" in shown and 0 < abs(number) <= 1:
        values = {"value": in_locale(number), "hundredths": in_locale(number * 100)}
        return plain, str(PERCENT) % values
    return plain, ""
