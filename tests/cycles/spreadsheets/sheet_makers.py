"""Files as people and other programs send them."""

import zipfile
from io import BytesIO

import openpyxl

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


def repack(content, parts=None, rename=None, extra=()):
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


def with_row(xml):
    return repack(
        workbook(),
        {SHEET: lambda data: data.replace(b"</sheetData>", xml.encode() + b"</sheetData>")},
    )
