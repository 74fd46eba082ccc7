"""A long sheet is written as openpyxl would write it, to the last byte of its rows."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from cycles.spreadsheets import exports
from cycles.spreadsheets.long_sheets import SHEET, LongSheet

COLUMNS = 4
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[chr(n) for n in range(32)])
    | st.sampled_from("\n\t\r=+-@' <>&\"")
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.decimals(-(10**12), 10**12, places=10)
    | TEXTS
)


def parts(file):
    with ZipFile(file) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def by_openpyxl(rows):
    book, sheet = exports.new_sheet("t")
    exports.heading(sheet, "abcd")
    for row in rows:
        sheet.append([exports.text_cell(sheet, v) if isinstance(v, str) else v for v in row])
    return BytesIO(exports.save_workbook(book))


def long_sheet(rows):
    file = BytesIO()
    sheet = LongSheet(file, "t", "abcd")
    for row in rows:
        sheet.write(row)
    sheet.close()
    return file


@given(st.lists(st.lists(VALUES, min_size=COLUMNS, max_size=COLUMNS), max_size=4))
def test_its_rows_are_those_of_openpyxl(rows):
    ours, theirs = parts(long_sheet(rows)), parts(by_openpyxl(rows))

    assert ours.keys() == theirs.keys()
    assert ours[SHEET] == theirs[SHEET]


def test_a_text_of_control_characters_is_refused():
    with pytest.raises(IllegalCharacterError):
        long_sheet([["a\x00", "", "", ""]])


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="argument"):
        long_sheet([["a"]])
