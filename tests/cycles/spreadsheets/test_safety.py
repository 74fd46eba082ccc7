"""Workbooks made to harm are refused, with the part named."""

import zipfile
from io import BytesIO

import pytest

from cycles.spreadsheets import safety
from cycles.spreadsheets.safety import Unreadable
from tests.cycles.spreadsheets.sheet_makers import SHEET, as_xlsx, repack, with_row, workbook

pytestmark = pytest.mark.usefixtures("english")


# --- Workbooks made to harm ---------------------------------------------------------------------


def bomb(size=30 * 2**20):
    """A workbook whose sheet unpacks to `size` bytes of spaces."""
    return repack(workbook(), {SHEET: b"<x>" + b" " * size})


def test_a_zip_bomb_is_refused_by_what_it_declares():
    with pytest.raises(Unreadable, match=r"sheet1\.xml.*far more than a spreadsheet holds"):
        as_xlsx(bomb())


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked():
    content = bomb()
    with zipfile.ZipFile(BytesIO(content)) as packed:
        real = packed.getinfo(SHEET).file_size.to_bytes(4, "little")

    with pytest.raises(Unreadable, match=r"cannot be unpacked|not well-formed"):
        as_xlsx(content.replace(real, (1000).to_bytes(4, "little")))


def test_many_small_bombs_are_refused_by_their_sum(monkeypatch):
    monkeypatch.setattr(safety, "MOST_UNPACKED", 2**20)

    with pytest.raises(Unreadable, match="Unpacked, the file is larger than 1 MB"):
        safety.check_archive(
            repack(workbook(), extra=[(f"a{n}.xml", b"<x>" + b" " * 2**19) for n in range(3)])
        )


def test_what_is_really_unpacked_is_counted_too(monkeypatch):
    monkeypatch.setattr(safety, "_check_directory", lambda parts: None)
    monkeypatch.setattr(safety, "MOST_SHEET", 2**20)

    with pytest.raises(
        Unreadable,
        match=r"Unpacked, the sheets are larger than 1 MB. Rows or columns that look empty",
    ):
        safety.check_archive(bomb(2**21))


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'


@pytest.mark.parametrize(
    "name, data",
    (
        (SHEET, DOCTYPE.encode()),
        (SHEET, DOCTYPE.encode("utf-16")),
        ("xl/styles.xml", DOCTYPE.encode()),
        ("xl/workbook.xml", b'<?xml version="1.0" encoding="cp1252"?>' + DOCTYPE[21:].encode()),
        ("[Content_Types].xml", b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>'),
    ),
)
def test_a_document_type_is_refused_in_every_part_and_encoding(name, data):
    with pytest.raises(Unreadable, match="DOCTYPE"):
        as_xlsx(repack(workbook(["", "A", "B", 1]), {name: data}))


def test_a_document_type_is_found_in_a_part_of_any_name():
    with pytest.raises(Unreadable, match=r"sheet\.bin.*DOCTYPE"):
        as_xlsx(repack(workbook(), extra=[("xl/sheet.bin", DOCTYPE.encode())]))


@pytest.mark.parametrize(
    "name, data, why",
    (
        ("xl/vbaProject.bin", b"x", "macro"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "macro"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "outside the file"),
        ("xl/connections.xml", b"<x/>", "outside the file"),
        ("xl/embeddings/object1.bin", b"x", "file within the file"),
        ("xl/inner.xlsx", b"x", "file within the file"),
        ("xl/media/image1.png", b"PK\x03\x04rest", "file within the file"),
        ("../outside.xml", b"<x/>", "leads out"),
        ("XL/WORKSHEETS/SHEET1.xml", b"<x/>", "stands twice"),
        ("xl/broken.xml", b"<x></y>", "not well-formed"),
        ("xl/strange.xml", b'<?xml version="1.0" encoding="nonsense"?><x/>', "not well-formed"),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            b'<x><Relationship Type="http://x/attachedTemplate" Target="http://x" TargetMode="External"/></x>',
            "outside the file",
        ),
    ),
)
def test_a_part_that_no_table_needs_is_refused_and_named(name, data, why):
    with pytest.raises(Unreadable, match=why) as refusal:
        as_xlsx(repack(workbook(["", "A", "B", 1]), extra=[(name, data)]))

    assert name.rsplit("/")[-1].lower() in str(refusal.value).lower()


def test_a_link_in_a_cell_does_no_harm():
    def link(book):
        book.active["C2"].hyperlink = "https://example.org/"

    assert len(as_xlsx(workbook(["", "A", "B", 1], change=link)).rows) == 1


def test_an_encrypted_part_is_refused():
    content = bytearray(workbook(["", "A", "B", 1]))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1

    with pytest.raises(Unreadable, match="encrypted"):
        as_xlsx(bytes(content))


@pytest.mark.parametrize(
    "content, why",
    (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "encrypted or in the old XLS"),
        (b"", "cannot be unpacked"),
        (
            repack(workbook(), rename={"xl/workbook.xml": "xl/workbook.bin"}),
            "no XLSX workbook. Save it as XLSX",
        ),
        (b"code,title\nA,B\n", r"\(A1\) must say"),
        (b"\x00\x01\x02", "cannot be unpacked"),
        (b"%PDF-1.7", "is a PDF, no spreadsheet"),
        (b"<html><table>", "a web page under the name of a spreadsheet. Save it as XLSX"),
        (workbook()[:-40], "cannot be unpacked"),
    ),
)
def test_what_is_no_workbook_is_refused(content, why):
    with pytest.raises(Unreadable, match=why):
        as_xlsx(content)


def test_more_parts_than_a_spreadsheet_has_are_refused():
    with pytest.raises(Unreadable, match="more than 300 parts"):
        as_xlsx(repack(workbook(), extra=[(f"x{n}", b"") for n in range(safety.MOST_PARTS)]))


@pytest.mark.parametrize(
    "row, why",
    (
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "Row 2 has more than 100 columns"),
        ('<row r="2"><c r="DZ2"><v>1</v></c></row>', "Row 2 has more than 100 columns"),
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "Row 2 has more than 100 columns"),
        ('<row r="2"><c r="AA2"><v>1</v></c></row>', "Cell AA2 holds something"),
        (
            '<row r="99999999999"><c r="B99999999999"><v>1</v></c></row>',
            "cannot be read as a table",
        ),
        ('<row r="2"><c r="B2" t="s"><v>99999</v></c></row>', "cannot be read as a table"),
        ('<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>', "cannot be read as a table"),
        (
            '<row r="1000000"><c r="H1000000"><v>1</v></c></row>',
            "Row 1,000,000 holds something far below the table",
        ),
    ),
)
def test_cells_where_no_table_has_any_are_refused(row, why):
    content = with_row(row)
    if 'r="1"' in row:
        content = with_row(row.replace('r="1"', 'r="2"').replace("XFD1", "XFD2"))

    with pytest.raises(Unreadable, match=why):
        as_xlsx(content)


def test_the_size_that_a_workbook_says_it_has_is_not_believed():
    def lie(data):
        return data.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')

    assert len(as_xlsx(repack(workbook(["", "A", "B", 1]), {SHEET: lie})).rows) == 1


def test_empty_cells_that_are_only_formatted_do_not_count():
    bare = "".join(f'<c r="{column}2"/>' for column in ("D", "CZ", "DZ", "XFD"))

    sheet = as_xlsx(
        with_row(f'<row r="2"><c r="B2" t="inlineStr"><is><t>A</t></is></c>{bare}</row>')
    )

    assert sheet.rows[0].cells["code"] == "A"
