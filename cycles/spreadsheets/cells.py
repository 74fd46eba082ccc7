"""An uploaded CSV or XLSX file as a table: row by row the text of each cell, and what is wrong with
it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.persian import in_locale
from cycles import sandbox
from cycles.spreadsheets.safety import OLD_OR_ENCRYPTED, Unreadable
from cycles.spreadsheets.workbooks import MOST_COLUMNS, Cell, Table, too_wide

_ARCHIVE = b"PK\x03\x04"
_ARABIC_WORD = re.compile("[\u0600-\u06ff]{2,}")
_SEPARATORS = ",;\t\u061b|"
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
"""The line by which spreadsheet programs are told how cells are parted; they do not show it as a
row.
"""
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_OTHER_FILES = {
    b"%PDF-": gettext_lazy("The file is a PDF, no spreadsheet."),
    b"<!doctype html": gettext_lazy(
        "The file is a web page under the name of a spreadsheet. Save it as XLSX."
    ),
    b"<html": gettext_lazy(
        "The file is a web page under the name of a spreadsheet. Save it as XLSX."
    ),
    b"<?xml": gettext_lazy("The file is an XML document. Save it as XLSX."),
}


def table_of(content: bytes, name: str, form: str) -> Table:
    """Read the filled rows of a file: its content says which kind it is, and its name only where
    that does not.
    """
    begin = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, sentence in _OTHER_FILES.items():
        if begin.startswith(mark.lower()):
            raise Unreadable(str(sentence))
    is_workbook = content.startswith((_ARCHIVE, OLD_OR_ENCRYPTED))
    if is_workbook or (name.lower().endswith(".xlsx") and not _is_text(content)):
        return _workbook(content, form)
    return Table(from_csv(content))


def _workbook(content: bytes, form: str) -> Table:
    """Read the sheet that is meant, in a process of its own."""
    try:
        read = sandbox.run(
            "cycles.spreadsheets.workbooks:read_xlsx",
            content,
            form,
            limits=sandbox.SHEET,
            refusal=Unreadable,
        )
    except sandbox.Broken as error:
        raise Unreadable(_("The file cannot be read as a table.")) from error
    return Table(_pairs(read["rows"]), read["sheet"])


def _pairs(rows: Iterable[tuple[int, Iterable[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Give each cell back as the pair that it was before it went through JSON."""
    for number, cells in rows:
        yield number, [(text, why) for text, why in cells]


def _is_text(content: bytes) -> bool:
    """Say whether this can be a CSV file under the name of a workbook."""
    return bool(content) and (
        content.startswith(tuple(_BYTE_ORDER_MARKS)) or b"\x00" not in content[:4096]
    )


def from_csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Read the rows that are not empty, each with its number; cells that are missing at a row's end
    are empty.
    """
    text = _decode(content)
    if told := _SEPARATOR_LINE.match(text):
        delimiter, text = told[1], text[told.end() :]
    else:
        first = text.partition("\n")[0]
        delimiter = max(
            _SEPARATORS, key=first.count
        )  # as spreadsheet programs of this and that country write it
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(lines, start=1):
            while row and not row[-1].strip():
                row.pop()
            if len(row) > MOST_COLUMNS:
                raise too_wide(number)
            if row:
                yield number, [(cell, "") for cell in row]
    except csv.Error as error:
        raise Unreadable(
            _(
                "Line %(line)s cannot be read: a quotation mark is open or misplaced, or a cell "
                "is far too long."
            )
            % {"line": in_locale(lines.line_num)}
        ) from error


def _decode(content: bytes) -> str:
    """Decode the text of a CSV file: UTF-8, or what its byte order mark says; the line that is in
    neither is named.
    """
    encoding = next(
        (name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8"
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="ignore")
        place = in_locale(before.count("\n") + 1)
        raise Unreadable(_why_undecoded(content) % {"line": place}) from error
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Unreadable(
            _("Line %(line)s holds a NUL: this is no text file.") % {"line": in_locale(line)}
        )
    return text


def _why_undecoded(content: bytes) -> str:
    """Say which encoding a text is in that is not UTF-8, where its letters give it away."""
    if content.startswith(tuple(_BYTE_ORDER_MARKS)):
        return _("Line %(line)s is not in UTF-8. Save the file as “CSV UTF-8”.")
    text = content.decode("windows-1256")
    letters = sum(ord(letter) > 127 for letter in text)
    in_words = sum(map(len, _ARABIC_WORD.findall(text)))  # an accent of Latin stands alone
    if in_words * 10 >= letters * 8:
        return _(
            "From line %(line)s on the file is in Windows-1256, in which ی and other Persian "
            "letters are lost, not in"
            " UTF-8. Save the sheet as XLSX or as “CSV UTF-8 (Comma delimited)”."
        )
    return _("Line %(line)s is not in UTF-8. Save the file as “CSV UTF-8”.")
