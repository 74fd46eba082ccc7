"""Write rows as a file that can be read again to the same."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cycles.spreadsheets.exports import (
    MARK,
    Verbatim,
    csv_text,
    new_sheet,
    save_workbook,
    text_cell,
)
from cycles.spreadsheets.sheets import MOST_DIGITS, REMARK, Column, Form


def write_rows(form: Form, rows: Iterable[Mapping[str, object]], kind: str) -> bytes:
    """Write rows as a file that `read` reads again to the same; a Decimal becomes a number, all
    else guarded text.
    """
    table: list[list[object]] = [[str(form), *form.names]]
    for row in rows:
        table.append(["", *(row.get(name) for name in form.names)])
    return _WRITERS[kind](form, table)


def template(form: Form, kind: str) -> bytes:
    """Write an empty file of a form, with remarks: what each column means, in both languages, and
    an example.
    """
    remarks: list[list[object]] = [[str(form), *form.names]]
    for language in ("fa", "en"):
        with override(language):
            remarks.append([f"{REMARK} {language}", *(_explain(column) for column in form.columns)])
    remarks.append([f"{REMARK} {_('example')}", *(column.example for column in form.columns)])
    return _WRITERS[kind](form, remarks)


def _explain(column: Column) -> str:
    parts = [str(column.about)]
    if column.allowed:
        parts.append("; ".join(f"{code} = {label}" for code, label in column.allowed))
    parts.append(_("must be filled in") if column.required else _("may be empty"))
    return " — ".join(part for part in parts if part)


def plain(value: object) -> str:
    """Write a value as text: a Decimal without an exponent and without trailing zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    return "" if value is None else str(value)


def _as_csv(form: Form, rows: Iterable[Sequence[object]]) -> bytes:
    return (MARK + csv_text(map(_csv_row, rows))).encode()


def _csv_row(values: Iterable[object]) -> list[str]:
    return [_csv_cell(value) for value in values]


def _csv_cell(value: object) -> str:
    """Write the text of a value; a number that a spreadsheet program would cut short has an
    apostrophe.
    """
    text = plain(value)
    return text if isinstance(value, str | Decimal) else Verbatim(text)


def _as_xlsx(form: Form, rows: Iterable[Sequence[object]]) -> bytes:
    book, worksheet = new_sheet(form.name)
    worksheet.freeze_panes = "B2"
    for place in range(1, len(form.columns) + 2):
        worksheet.column_dimensions[get_column_letter(place)].width = 18
    for number, row in enumerate(rows):
        cells = [_xlsx_cell(worksheet, value) for value in row]
        if number == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        elif str(row[0]).startswith(REMARK):
            for cell in cells:
                cell.font, cell.alignment = (
                    Font(italic=True),
                    Alignment(wrap_text=True, vertical="top"),
                )
        worksheet.append(cells)
    return save_workbook(book)


def _xlsx_cell(worksheet: WriteOnlyWorksheet, value: object) -> Cell:
    """Make a cell: a number that a spreadsheet program keeps exactly as number, all else as text
    that it does not run.
    """
    text = plain(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MOST_DIGITS:
        return WriteOnlyCell(worksheet, value)
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) <= MOST_DIGITS:
        return WriteOnlyCell(worksheet, float(value) if "." in text else int(value))
    return text_cell(worksheet, text)


_WRITERS: Mapping[str, Callable[[Form, Iterable[Sequence[object]]], bytes]] = {
    "csv": _as_csv,
    "xlsx": _as_xlsx,
}
