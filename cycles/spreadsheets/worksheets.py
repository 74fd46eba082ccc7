"""The visible sheets of any workbook as the text of their cells, for files of others that follow no
form of ours.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from agencies.persian import in_locale
from cycles.spreadsheets.safety import Unreadable, check_archive
from cycles.spreadsheets.workbooks import MOST_CELLS, too_long

MOST_COLUMNS = 3_000
"""A time series has a column for each year of each of its parts."""

TextRow = tuple[int, list[str]]
"""The number of a row, and the text of its cells."""


def read_visible(file: IO[bytes]) -> list[list[TextRow]]:
    """Read every visible sheet, each as its filled rows; for whoever reads
    in a process of its own.
    """
    content = file.read()
    check_archive(content)
    try:
        book = openpyxl.load_workbook(
            BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # a file made to harm fails in more ways than openpyxl names
        raise Unreadable(_("The file cannot be read as a table.")) from error

    sheets, cells = [], 0
    for worksheet in visible:
        worksheet.reset_dimensions()  # what the file says of its own size is not believed
        lines: list[TextRow] = []
        for number, texts in _filled_rows(worksheet):
            cells += len(texts)
            if cells > 2 * MOST_CELLS:
                raise too_long(number)
            lines.append((number, texts))
        sheets.append(lines)
    return sheets


def _filled_rows(worksheet: ReadOnlyWorksheet) -> Iterator[TextRow]:
    try:
        for number, row in enumerate(worksheet.iter_rows(values_only=True), start=1):
            if len(row) > MOST_COLUMNS:
                raise Unreadable(
                    _("Row %(row)s has too many columns.") % {"row": in_locale(number)}
                )
            if any(value is not None for value in row):
                yield number, [_text(value) for value in row]
    except Unreadable:
        raise
    except Exception as error:  # as above, while its rows are read
        raise Unreadable(_("The file cannot be read as a table.")) from error


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case float():
            return format(Decimal(repr(value)).normalize(), "f")
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
    return str(value)
