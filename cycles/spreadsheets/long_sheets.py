"""A workbook of one long sheet, written row by row.

The workbook and its heading are openpyxl's; the rows below are written into its sheet as it would
write them, without an object a cell, which takes most of its time.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from cycles.spreadsheets.exports import guard, heading, new_sheet

SHEET = "xl/worksheets/sheet1.xml"
ROWS_END = b"</sheetData>"
LONGEST_TEXT = 32767
"""So many characters a cell may hold."""


class LongSheet:
    """Writes a sheet of these columns to a file: `write` takes a row, `close` ends it.

    Texts are texts, guarded; numbers are numbers, of which a spreadsheet keeps 15 digits.
    """

    def __init__(self, file: IO[bytes], title: str, names: Sequence[str]) -> None:
        self._letters = [get_column_letter(place) for place in range(1, len(names) + 1)]
        self._number = 1
        made = BytesIO()
        book, sheet = new_sheet(title)
        heading(sheet, names)
        book.save(made)

        self._archive = ZipFile(file, "w", ZIP_DEFLATED)
        with ZipFile(made) as parts:
            for part in parts.infolist():
                if part.filename != SHEET:
                    self._archive.writestr(part.filename, parts.read(part))
            before, self._after = parts.read(SHEET).split(ROWS_END)
        self._sheet = self._archive.open(SHEET, "w", force_zip64=True)
        self._sheet.write(before)

    def write(self, row: Iterable[object]) -> None:
        self._number += 1
        number = self._number
        cells = [
            _cell(f"{letter}{number}", value)
            for letter, value in zip(self._letters, row, strict=True)
        ]
        row_text = f'<row r="{number}">{"".join(cells)}</row>'
        self._sheet.write(row_text.encode("ascii", "xmlcharrefreplace"))

    def close(self) -> None:
        self._sheet.write(ROWS_END + self._after)
        self._sheet.close()
        self._archive.close()


def _cell(place: str, value: object) -> str:
    """Write a cell as XML; of an empty one nothing is written."""
    match value:
        case None | "":
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        case int() | Decimal():
            return f'<c r="{place}" t="n"><v>{float(value):.16g}</v></c>'
    text = guard(str(value))[:LONGEST_TEXT]
    if ILLEGAL_CHARACTERS_RE.search(text):
        raise IllegalCharacterError(f"{text} cannot be used in worksheets.")
    space = "" if text == text.strip() else ' xml:space="preserve"'
    escaped = escape(text, {"\r": "&#13;"})
    return f'<c r="{place}" t="inlineStr"><is><t{space}>{escaped}</t></is></c>'
