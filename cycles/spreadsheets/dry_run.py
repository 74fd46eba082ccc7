"""What an uploaded sheet would do, row by row, before anything is written; and the writing of what
was so checked.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import tablib
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.exceptions import ImportExportError
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult

from agencies.persian import in_locale, parse_decimal
from cycles.spreadsheets.row_changes import CellChange, ChangedRow, NewRow, RoundedCell
from cycles.spreadsheets.sheet_files import plain
from cycles.spreadsheets.sheets import Form, Sheet, SheetRow, Wrong
from cycles.workflow import Refused

TRUTHS = {
    "1": True,
    "true": True,
    "yes": True,
    "بله": True,
    "0": False,
    "false": False,
    "no": False,
    "خیر": False,
}
MOST_ROUNDS = 5
"""How often rows are left out because those that they rest on are, before the whole file is given
back.
"""


class YesNo(widgets.Widget):
    def clean(self, value: object, row: object = None, **options: object) -> bool:
        text = str(value).strip().lower()
        if text not in TRUTHS:
            raise ValueError(_("Write “true” or “false”."))
        return TRUTHS[text]

    def render(self, value: object, obj: object = None, **options: object) -> str:
        return "true" if value else "false"


class DryRunResource:
    """A resource whose rows are known by codes of their own, and are tried
    before any is written.
    """

    allows_partial_import = True
    """Whether right rows may be taken without those that are wrong."""

    def in_order(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        """Order the rows so that each stands after those that it names."""
        return rows

    def rows_removed_by(self, taken: Sequence[tuple[int, Any]]) -> list[Any]:
        """Find what these rows (number and object), taken as the whole content, would remove."""
        return []

    def why_not_together(self, sheet: Sheet, taken: Sequence[tuple[int, Any]]) -> list[Wrong]:
        """Say what is wrong with right rows (number and object) when they are taken together."""
        return []


class SheetResource(DryRunResource, resources.ModelResource):
    """Rows that are models, written by their keys' own sequence, which is not the portal's: so that
    one stays.
    """

    def after_import(self, dataset: tablib.Dataset, result: Result, **options: object) -> None:
        pass


class TextCell(widgets.Widget):
    def clean(self, value: object, row: object = None, **options: object) -> str:
        return str(value or "")

    def render(self, value: object, obj: object = None, **options: object) -> str:
        return str(value or "")


class LineResource(DryRunResource, resources.Resource):
    """Rows that are plain objects with an attribute a column: they are only tried; an action writes
    what they say.
    """

    class Meta:
        instance_loader_class = BaseInstanceLoader
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True  # its markup carries inline styles, which our policy blocks
        store_instance = True

    form: Form
    cells: Mapping[str, widgets.Widget] = {}

    def __init__(self) -> None:
        super().__init__()
        names = self.form.names
        self.fields = {
            name: fields.Field(name, name, widget=self.cells.get(name, TextCell()))
            for name in names
        }

    def get_import_order(self) -> list[str]:
        return self.form.names

    def get_export_order(self) -> list[str]:
        return self.form.names

    def do_instance_save(self, instance: object, is_create: bool) -> None:
        pass

    def rows(self, lines: Iterable[object]) -> list[dict[str, object]]:
        """Write lines as a file says them, by column."""
        rows = []
        for line in lines:
            rows.append({name: field.export(line) for name, field in self.fields.items()})
        return rows


@dataclass
class Check:
    """What a sheet would do: the cells that are wrong, and what its right rows would add, change
    and remove.

    `taken` are the right rows, by their number, as objects; `rounded` the numbers with more places
    than are kept.
    """

    errors: list[Wrong] = field(default_factory=list)
    new: list[NewRow] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)
    taken: list[tuple[int, Any]] = field(default_factory=list)
    rounded: list[RoundedCell] = field(default_factory=list)
    unchanged: int = 0
    left_out: int = 0

    @property
    def right(self) -> int:
        """Count the rows that are right, whether or not they change anything."""
        return len(self.new) + len(self.changed) + self.unchanged

    @property
    def differs(self) -> bool:
        return bool(self.new or self.changed or self.removed)

    @property
    def writes(self) -> bool:
        """Say whether the whole file can be written and would change something."""
        return not self.errors and self.differs

    @property
    def writes_in_part(self) -> bool:
        """Say whether the right rows can be written without those that are wrong."""
        return bool(self.errors) and self.differs

    @property
    def digest(self) -> str:
        """Names what was shown, in whatever language, so that nothing else of the same file is
        written.
        """
        changed = []
        for row in self.changed:
            changes = [[c["column"], c["before"], c["after"]] for c in row["changes"]]
            changed.append([row["row"], *changes])
        shown = [
            [[error["row"], error["column"]] for error in self.errors],
            [row["row"] for row in self.new],
            changed,
            [removed.pk for removed in self.removed],
        ]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


AnyResource = SheetResource | LineResource
"""A kind of rows: those that are models, and those that an action writes."""


def check(resource: AnyResource, sheet: Sheet) -> Check:
    """Try the rows without writing any; when some are wrong, what the
    others would do without them.
    """
    errors = list(sheet.errors) + _repeated_codes(resource, sheet)
    found = _dry_run(
        resource, sheet
    )  # the wrong rows, too, so that all that is wrong with them is told at once
    errors += _not_in(errors, found.errors)
    rounds = 0
    while errors and (rounds == 0 or found.errors):
        rounds += 1
        if rounds > MOST_ROUNDS or not resource.allows_partial_import:
            found = Check()
            break
        found = _dry_run(resource, replace(sheet, rows=_right(sheet.rows, errors)))
        errors += found.errors
    if not errors:
        found.removed = resource.rows_removed_by(found.taken)
    if found.differs and (together := resource.why_not_together(sheet, found.taken)):
        errors, found = errors + together, Check()
    found.errors = sorted(errors, key=lambda error: int(error["row"] or 0))
    found.left_out = len({error["row"] for error in errors if error["row"]})
    return found


def _not_in(known: Iterable[Wrong], errors: Iterable[Wrong]) -> list[Wrong]:
    """Keep the errors in cells of which nothing wrong is known yet."""
    cells = {(error["row"], error["column"]) for error in known}
    return [error for error in errors if (error["row"], error["column"]) not in cells]


def _right(rows: Iterable[SheetRow], errors: Iterable[Wrong]) -> list[SheetRow]:
    wrong = {error["row"] for error in errors}
    return [row for row in rows if str(row.number) not in wrong]


def checked_again(resource: AnyResource, sheet: Sheet, as_checked: str | None) -> Check:
    """Check a sheet again; refuse what differs from `as_checked`, or (None) what has errors.

    Call it in the transaction of the act, whose locks keep the answer true.
    """
    found = check(resource, sheet)
    if found.digest != as_checked and (found.errors or as_checked is not None):
        raise Refused(
            _("What the file would do has changed since it was checked; please check it again.")
        )
    return found


def write(resource: SheetResource, sheet: Sheet, as_checked: str | None = None) -> list[Model]:
    """Write the rows that `checked_again` lets through, all or none; the objects that were added or
    changed.
    """
    numbers = {number for number, _one in checked_again(resource, sheet, as_checked).taken}
    return write_table(
        resource, dataset([row for row in resource.in_order(sheet.rows) if row.number in numbers])
    )


def write_table(resource: SheetResource, table: tablib.Dataset) -> list[Model]:
    """Write a table, all of it or nothing; the objects that were added or changed."""
    try:
        result: Result = resource.import_data(table, dry_run=False, raise_errors=True)
    except ImportExportError as error:
        raise Refused(_("The file no longer fits the register; please check it again.")) from error
    return [row.instance for row in result.rows if row.import_type in ("new", "update")]


def dataset(rows: Sequence[SheetRow]) -> tablib.Dataset:
    headers = list(rows[0].cells) if rows else []
    table = tablib.Dataset(headers=headers)
    for row in rows:
        table.append([row.cells[header] for header in headers])
    return table


def _dry_run(resource: AnyResource, sheet: Sheet) -> Check:
    found = Check()
    rows = resource.in_order(sheet.rows)
    if not rows:
        return found
    result = resource.import_data(dataset(rows), dry_run=True)
    for error in result.base_errors:
        raise error.error  # no fault of a row
    for row, outcome in zip(rows, result.rows, strict=True):
        found.errors += [
            sheet.wrong(row.number, column, message) for column, message in _complaints(outcome)
        ]
        if outcome.import_type == "new":
            found.new.append({"row": row.number, "object": outcome.instance})
            found.rounded += _rounded_cells(resource, row, outcome.instance)
        elif outcome.import_type == "update":
            changes = _changes(resource, outcome)
            found.changed.append(
                {"row": row.number, "object": outcome.instance, "changes": changes}
            )
            found.rounded += _rounded_cells(resource, row, outcome.instance)
        elif outcome.import_type == "skip":
            found.unchanged += 1
        if outcome.import_type in ("new", "update", "skip"):
            found.taken.append((row.number, outcome.instance))
    return found


def _repeated_codes(resource: AnyResource, sheet: Sheet) -> list[Wrong]:
    """Find the rows whose code, or codes together, an earlier row has."""
    names = [name for name in resource.get_import_id_fields() if name in sheet.letters]
    seen: set[tuple[str, ...]] = set()
    found = []
    for row in sheet.rows:
        code = tuple(row.cells[name] for name in names)
        if code in seen and all(code):
            found.append(sheet.wrong(row.number, names[-1], _("This code stands twice.")))
        seen.add(code)
    return found


def _complaints(outcome: RowResult) -> Iterable[tuple[str, str]]:
    if outcome.validation_error is not None:
        for column, messages in outcome.validation_error.message_dict.items():
            for message in messages:
                yield ("" if column == NON_FIELD_ERRORS else column), message
    for error in outcome.errors:
        yield "", str(error.error)


def _changes(resource: AnyResource, outcome: RowResult) -> list[CellChange]:
    """Find the cells that would change, as files say them and as the reader does."""
    pairs = []
    for one in resource.get_import_fields():
        before, after = one.export(outcome.original), one.export(outcome.instance)
        if plain(before) != plain(after):
            pairs.append(
                CellChange(
                    column=one.column_name,
                    before=plain(before),
                    after=plain(after),
                    was=_in_words(before),
                    becomes=_in_words(after),
                )
            )
    return pairs


def _rounded_cells(resource: AnyResource, row: SheetRow, instance: object) -> Iterable[RoundedCell]:
    """Find the numbers of a row that are taken with fewer places than they have in the file."""
    for one in resource.get_import_fields():
        value, typed = one.export(instance), row.cells.get(one.column_name)
        if isinstance(value, Decimal) and typed and parse_decimal(typed) != value:
            yield {
                "row": row.number,
                "column": one.column_name,
                "typed": typed,
                "becomes": in_locale(value),
            }


def _in_words(value: object) -> str:
    return in_locale(value) if isinstance(value, Decimal) else plain(value)
