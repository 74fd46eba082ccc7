"""Files that people and other programs send: read to the letter, or
refused with the place named.
"""

import csv
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agencies.persian import normalise
from cycles.spreadsheets import safety, workbooks
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.exports import guard, unguard
from cycles.spreadsheets.safety import Unreadable
from cycles.spreadsheets.sheet_files import template, write_rows
from cycles.spreadsheets.sheets import Column, Form, read

FORM = Form(
    "fruit",
    2,
    (
        Column("code", "What the fruit is called", required=True, example="APPLE"),
        Column("title", "Its title", required=True, example="سیب"),
        Column("points", "How good it is", example="12.5"),
        Column("kind", "What it is", allowed=(("stone", "Stone fruit"), ("pome", "Pome"))),
        Column("prose", "What is said of it", text="lines"),
        Column("params", "JSON", text="verbatim"),
    ),
)
HEADER = "fruit/2,code,title,points\n"
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def as_csv(text, encoding="utf-8"):
    return read(FORM, text if isinstance(text, bytes) else text.encode(encoding), "fruit.csv")


def workbook(*rows, change=None):
    """An XLSX of these rows below the header; `change` may alter the book before it is saved."""
    book = openpyxl.Workbook()
    for row in [["fruit/2", "code", "title", "points"], *rows]:
        book.active.append(row)
    if change:
        change(book)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content, parts=None, rename=None, extra=()):
    """The same archive with parts replaced (name to bytes or to a function of the bytes) and with
    extra parts.
    """
    parts, file = parts or {}, BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = parts.get(name, old.read(name))
            new.writestr(
                (rename or {}).get(name, name), data(old.read(name)) if callable(data) else data
            )
        for name, data in extra:
            new.writestr(name, data)
    return file.getvalue()


def as_xlsx(content):
    return read(FORM, content, "fruit.XLSX")


def places(sheet):
    return [(e["row"], e["letter"], e["column"]) for e in sheet.errors]


# --- What is read -------------------------------------------------------------------------------


def test_a_row_keeps_its_number_and_a_column_its_letter_past_empty_rows_and_remarks():
    sheet = as_csv(HEADER + "# fa,x,y,z\n,,,\nmy note,APPLE,سيب,۱۲٫۵\n")

    [row] = sheet.rows
    assert row.number == 4
    assert row.cells == {"code": "APPLE", "title": "سیب", "points": normalise("۱۲٫۵")}
    assert sheet.letters["points"] == "D"
    assert sheet.errors == []


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16"))
@pytest.mark.parametrize("delimiter", (",", ";", "\t"))
def test_csv_of_every_spreadsheet_program_is_read(encoding, delimiter):
    text = (HEADER + ",PEAR,گلابی,5\n").replace(",", delimiter)

    sheet = as_csv(text, encoding)

    assert sheet.rows[0].cells == {"code": "PEAR", "title": "گلابی", "points": "5"}


def test_big_endian_utf_16_with_its_mark_is_read():
    sheet = as_csv(("\ufeff" + HEADER + ",PEAR,گلابی,5\n").encode("utf-16-be"))

    assert sheet.rows[0].cells["title"] == "گلابی"


def test_cells_of_a_workbook_become_text_as_one_would_write_it():
    sheet = as_xlsx(
        workbook(["", "A", True, 0.1], ["", "B", date(2026, 3, 21), 1200.0], ["", "C", "x", -3])
    )

    assert [tuple(row.cells.values()) for row in sheet.rows] == [
        ("A", "true", "0.1"),
        ("B", "2026-03-21", "1200"),
        ("C", "x", "-3"),
    ]


def test_prose_keeps_its_lines_and_verbatim_columns_their_digits():
    content = write_rows(
        FORM, [{"code": "A", "title": "ب", "prose": "یک\nدو", "params": '{"a": "۱  ۲"}'}], "csv"
    )

    [row] = read(FORM, content, "a.csv").rows

    assert row.cells["prose"] == "یک\nدو"
    assert row.cells["params"] == '{"a": "۱  ۲"}'


# --- Out and in again ---------------------------------------------------------------------------

HOSTILE = (
    "=1+1",
    "+cmd",
    "-x",
    "@SUM(A1)",
    "'=1",
    "''=1",
    "'tis",
    "＝1",
    "- فهرست",
    "می‌شود",
    'a,b;c\t"d"',
    "-5",
    "+98912",
)


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_what_goes_out_comes_in_as_it_was(kind):
    rows = [
        {"code": f"C{n}", "title": normalise(text), "points": Decimal(n) / 8}
        for n, text in enumerate(HOSTILE)
    ]
    rows += [{"code": "EXACT", "title": "x", "points": Decimal("12345678901234567890.12345678")}]

    sheet = read(FORM, write_rows(FORM, rows, kind), f"fruit.{kind}")

    assert sheet.errors == []
    assert [row.cells["title"] for row in sheet.rows] == [row["title"] for row in rows]
    assert [Decimal(row.cells["points"]) for row in sheet.rows] == [row["points"] for row in rows]


def test_no_cell_that_goes_out_is_run_by_a_spreadsheet_program():
    rows = [{"code": "C", "title": text} for text in HOSTILE]

    lines = list(csv.reader(StringIO(write_rows(FORM, rows, "csv").decode("utf-8-sig"))))
    book = openpyxl.load_workbook(BytesIO(write_rows(FORM, rows, "xlsx")))

    assert not [row[2] for row in lines if row[2][:1] in "=@＝" or row[2] in ("+cmd", "-x")]
    assert {
        cell.data_type for row in book.active.iter_rows(min_row=2, max_col=3) for cell in row
    } <= {"s", "n"}
    assert not [
        cell.value
        for row in book.active.iter_rows()
        for cell in row
        if str(cell.value).startswith(("=", "@"))
    ]


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r＝ a1۱."), max_size=6).map(normalise))
def test_the_apostrophe_is_put_on_and_taken_off_exactly(text):
    assert unguard(guard(text)) == text


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r＝ a1۱."), max_size=6).map(normalise))
def test_what_is_guarded_is_never_refused(text):
    assert spreadsheets_sheets.why_refused(guard(text)) == ""


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_a_template_explains_every_column_in_both_languages_and_is_read_as_a_file_without_rows(
    kind,
):
    content = template(FORM, kind)

    with pytest.raises(Unreadable, match="no rows"):
        read(FORM, content, f"fruit.{kind}")


def test_a_template_names_the_allowed_codes():
    text = template(FORM, "csv").decode("utf-8-sig")

    assert "stone = Stone fruit; pome = Pome" in text
    assert text.startswith("fruit/2,code,title,points,kind,prose,params\r\n# fa,")


# --- Refused as a whole -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, why",
    (
        ("", "first row is empty"),
        ("\n" + HEADER, "first row is empty"),
        ("code,title\nA,B\n", r"\(A1\) must say “fruit/2”.*says “code”"),
        ("fruit/1,code,title\n,A,B\n", "must say “fruit/2”.*says “fruit/1”.*template"),
        ("fish/2,code,title\n,A,B\n", "says “fish/2”"),
        ("fruit/2,code\n,A\n", "missing: title"),
        ("fruit/2,code,title,colour\n,A,B,C\n", r"not known: colour \(D\)"),
        ("fruit/2,code,title,=cmd\n,A,B,C\n", r"not known: =cmd \(D\)"),
        ("fruit/2,code,title,code\n,A,B,C\n", r"stand twice: code \(B\), code \(D\)"),
        (HEADER + ",A,B,1,2\n", "Cell E2 holds something"),
        ("fruit/2,code,title,\n,A,B,C\n", "Cell D2 holds something"),
        (HEADER + ',A,"B,1\n', "Line 2 cannot be read"),
        (HEADER + ',A,"B"x,1\n', "Line 2 cannot be read"),
        (HEADER + ",A,B\x00,1\n", "Line 2 holds a NUL"),
        (HEADER + ",A,B,1\n," + "x" * 2**20 + ",B,1\n", "Line 3 cannot be read"),
        (HEADER, "no rows"),
        (
            ",".join(["fruit/2", *(f"c{n}" for n in range(20_000))]) + "\n",
            "Row 1 has more than 100 columns",
        ),
        (
            HEADER + ",A,B,1\n" * (workbooks.MOST_ROWS + 1),
            "From row 10,002 on the file is too long",
        ),
    ),
)
def test_a_bad_csv_is_refused_with_the_place_named(text, why):
    with pytest.raises(Unreadable, match=why):
        as_csv(text)


def test_windows_1256_is_named_with_its_line_and_how_to_save():
    with pytest.raises(
        Unreadable, match=r"From line 3 .* Windows-1256.*Save the sheet as XLSX or as “CSV UTF-8"
    ):
        as_csv((HEADER + ",A,B,1\n,B,شماره,1\n").encode("windows-1256"))


def test_another_encoding_is_refused_with_its_line():
    with pytest.raises(Unreadable, match=r"Line 2 is not in UTF-8. Save the file"):
        as_csv((HEADER + ",A,Äpfel,1\n").encode("latin-1"))


def test_half_a_utf_16_letter_is_refused_with_its_line():
    with pytest.raises(Unreadable, match="Line 2 is not in UTF-8"):
        as_csv((HEADER + ",A,B,1").encode("utf-16")[:-1])


def test_a_file_beyond_the_limit_is_not_even_opened():
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        as_xlsx(b"PK\x03\x04" + b"x" * spreadsheets_sheets.MOST_BYTES)


# --- Refused by the cell ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ("=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(1)", "\t=1", "  =1", "\u200e=1", "＝1", "-")
)
def test_text_that_a_spreadsheet_program_would_run_is_refused_and_its_cell_named(text):
    file = StringIO(newline="")
    csv.writer(file).writerows([["fruit/2", "code", "title"], ["", "A", "right"], ["", "B", text]])

    sheet = as_csv(file.getvalue())

    assert places(sheet) == [("3", "C", "title")]
    assert "apostrophe" in sheet.errors[0]["message"]
    assert sheet.rows[1].cells["title"] == ""


@pytest.mark.parametrize("text", ("-5", "+5", "−5", "-۵٫۲", "'=1", "a=b", "—"))
def test_numbers_and_guarded_text_are_not(text):
    assert as_csv(f"fruit/2,code,title\n,A,{text}\n").errors == []


def test_a_formula_in_a_workbook_is_refused_and_its_cell_named():
    content = workbook(
        ["", "A", "right", 1], ["", "B", "wrong", "=1+1"], ["", "C", '=HYPERLINK("http://x")', 2]
    )

    sheet = as_xlsx(content)

    assert places(sheet) == [("3", "D", "points"), ("4", "C", "title")]
    assert "formula" in sheet.errors[0]["message"]


@pytest.mark.parametrize(
    "cell, why",
    (
        ('<c r="D2"><f t="array" ref="D2">SUM(1)</f><v>1</v></c>', "formula"),
        ('<c r="D2"><f t="shared" si="0" ref="D2"/><v>1</v></c>', "formula"),
        ('<c r="D2" t="str"><f>1</f><v>x</v></c>', "formula"),
        ('<c r="D2" t="e"><v>#REF!</v></c>', "error of the spreadsheet program"),
        (f'<c r="D2"><v>{"9" * 5000}</v></c>', "error of the spreadsheet program"),
        ('<c r="D2" t="inlineStr"><is><t>=1+1</t></is></c>', "apostrophe"),
        (
            f'<c r="D2" t="inlineStr"><is><t>{"x" * 20_000}</t></is></c>',
            "more than 10,000 characters",
        ),
        ('<c r="D2" t="inlineStr"><is><t>a&#x7F;b</t></is></c>', "cannot be shown"),
    ),
)
def test_a_cell_of_a_workbook_that_is_not_taken_is_named(cell, why):
    sheet = as_xlsx(
        with_row(f'<row r="2"><c r="B2" t="inlineStr"><is><t>A</t></is></c>{cell}</row>')
    )

    assert places(sheet) == [("2", "D", "points")]
    assert why in sheet.errors[0]["message"]


def with_row(xml):
    return repacked(
        workbook(),
        {SHEET: lambda data: data.replace(b"</sheetData>", xml.encode() + b"</sheetData>")},
    )


# --- Workbooks made to harm ---------------------------------------------------------------------


def bomb(size=30 * 2**20):
    """A workbook whose sheet unpacks to `size` bytes of spaces."""
    return repacked(workbook(), {SHEET: b"<x>" + b" " * size})


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
            repacked(workbook(), extra=[(f"a{n}.xml", b"<x>" + b" " * 2**19) for n in range(3)])
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
        as_xlsx(repacked(workbook(["", "A", "B", 1]), {name: data}))


def test_a_document_type_is_found_in_a_part_of_any_name():
    with pytest.raises(Unreadable, match=r"sheet\.bin.*DOCTYPE"):
        as_xlsx(repacked(workbook(), extra=[("xl/sheet.bin", DOCTYPE.encode())]))


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
        as_xlsx(repacked(workbook(["", "A", "B", 1]), extra=[(name, data)]))

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
            repacked(workbook(), rename={"xl/workbook.xml": "xl/workbook.bin"}),
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
        as_xlsx(repacked(workbook(), extra=[(f"x{n}", b"") for n in range(safety.MOST_PARTS)]))


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

    assert len(as_xlsx(repacked(workbook(["", "A", "B", 1]), {SHEET: lie})).rows) == 1


def test_empty_cells_that_are_only_formatted_do_not_count():
    bare = "".join(f'<c r="{column}2"/>' for column in ("D", "CZ", "DZ", "XFD"))

    sheet = as_xlsx(
        with_row(f'<row r="2"><c r="B2" t="inlineStr"><is><t>A</t></is></c>{bare}</row>')
    )

    assert sheet.rows[0].cells["code"] == "A"
