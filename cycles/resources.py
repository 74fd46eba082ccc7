"""Agencies as spreadsheets, in and out, and the country's data that a new portal starts with."""

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tablib
from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.exceptions import ImportExportError
from import_export.instance_loaders import CachedInstanceLoader
from import_export.results import Result

from agencies.models import Agency, Level, Province, Sector
from agencies.text import normalise
from cycles.workflow import Refused

DATA = Path(apps.get_app_config("agencies").path) / "data"
MOST_ROWS = 10_000
TRUTHS = {"1": True, "true": True, "yes": True, "بله": True, "0": False, "false": False, "no": False, "خیر": False}


class Unreadable(Exception):
    """A file that is no table of agencies, with the sentence that says why."""


class ByCode(widgets.ForeignKeyWidget):
    """A row of another table by its code, from memory; rows made by the same file count too."""

    def __init__(self, model: Any, known: str) -> None:
        super().__init__(model, "code")
        self.known = known

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if not value:
            return None
        known: Mapping[str, Any] = row[self.known]
        if value not in known:
            raise ValueError(_("There is no such code: “%(code)s”.") % {"code": value})
        return known[value]


class YesNo(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = str(value).strip().lower()
        if text not in TRUTHS:
            raise ValueError(_("Write “true” or “false”."))
        return TRUTHS[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "true" if value else "false"


class Known(resources.ModelResource):
    """Rows known by a code of their own, never by a key: so the key's sequence, which is not the portal's, stays."""

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        pass


class AgencyResource(Known):
    """The register: one agency a row, known by its code; a parent may stand anywhere in the same file."""

    parent = fields.Field("parent", "parent", widget=ByCode(Agency, "_agencies"))
    province = fields.Field("province", "province", widget=ByCode(Province, "_provinces"))
    is_active = fields.Field("is_active", "is_active", widget=YesNo())
    is_authority = fields.Field("is_authority", "is_authority", widget=YesNo())

    class Meta:
        model = Agency
        fields = (
            "code", "name_fa", "name_en", "level", "sector", "parent", "province", "is_authority", "is_active",
        )  # fmt: skip
        export_order = fields
        import_id_fields = ("code",)
        instance_loader_class = CachedInstanceLoader
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True  # its markup carries inline styles, which our policy blocks
        store_instance = True
        use_transactions = True

    def get_queryset(self) -> Any:
        return Agency.objects.select_related("parent", "province")

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        self.agencies = {a.code: a for a in self.get_queryset()}
        self.provinces = {p.code: p for p in Province.objects.all()}

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        row["_agencies"], row["_provinces"] = self.agencies, self.provinces

    def validate_instance(
        self, instance: Agency, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        if "province" not in errors and (instance.level == Level.PROVINCIAL) != (instance.province_id is not None):
            errors["province"] = ValidationError(_("Provincial units, and only they, name a province."))
        if "parent" not in errors and instance.parent is not None and instance.parent.code == instance.code:
            errors["parent"] = ValidationError(_("An agency cannot be above itself."))
        try:
            instance.full_clean(exclude={*errors, "sort_key", "search_key"}, validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def after_save_instance(self, instance: Agency, row: Any, **kwargs: Any) -> None:
        self.agencies[instance.code] = instance


def exported(agencies: Any, kind: str) -> bytes:
    """Agencies as the bytes of a spreadsheet; CSV with the mark by which spreadsheet programs know UTF-8."""
    table = AgencyResource().export(agencies)
    if kind == "csv":
        return ("\ufeff" + table.export("csv")).encode()
    return bytes(table.export("xlsx", escape=True))


class ProvinceResource(Known):
    """The 31 provinces."""

    class Meta:
        model = Province
        fields = ("code", "name_fa", "name_en", "capital_fa", "capital_en")
        import_id_fields = ("code",)
        instance_loader_class = CachedInstanceLoader
        skip_unchanged = True
        skip_html_diff = True


# --- A file that somebody uploads -------------------------------------------------------------------------------------

REQUIRED = ("code", "name_fa", "level", "sector")


def read(content: bytes, name: str) -> tablib.Dataset:
    """The table in a file, its cells normalised, parents before their units, each row with its number in the file."""
    try:
        if name.lower().endswith(".xlsx"):
            table = tablib.Dataset().load(content, format="xlsx", read_only=False)
        else:
            table = tablib.Dataset().load(content.decode("utf-8-sig"), format="csv")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is not in UTF-8.")) from error
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, csv.Error, tablib.exceptions.TablibException) as error:
        raise Unreadable(_("The file cannot be read as a table.")) from error
    headers = [normalise(str(h or "")) for h in table.headers or []]
    if lacking := [name for name in REQUIRED if name not in headers]:
        raise Unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(lacking)})
    if unknown := [h for h in headers if h and h not in AgencyResource.Meta.fields]:
        raise Unreadable(_("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)})
    if len(table) > MOST_ROWS:
        raise Unreadable(_("The file has more than 10,000 rows."))
    rows = []
    for number, cells in enumerate(table, start=2):  # the first row of a sheet is its header
        row = {h: normalise(str(cell)) if cell is not None else "" for h, cell in zip(headers, cells, strict=True) if h}
        if any(row.values()):
            rows.append(row | {"row": str(number)})
    if not rows:
        raise Unreadable(_("The file has no rows."))
    return _dataset(_parents_first(rows))


def _parents_first(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows in such an order that a parent is known before its units; a ring stays as it is and is refused."""
    codes, done, ordered = {r["code"] for r in rows}, set(), []
    waiting = rows
    while waiting:
        ready = [r for r in waiting if not r.get("parent") or r["parent"] not in codes or r["parent"] in done]
        if not ready:
            return ordered + waiting
        ordered += ready
        done |= {r["code"] for r in ready}
        waiting = [r for r in waiting if r["code"] not in done]
    return ordered


def _dataset(rows: Sequence[Mapping[str, str]]) -> tablib.Dataset:
    headers = list(rows[0])
    return tablib.Dataset(*[[r[h] for h in headers] for r in rows], headers=headers)


@dataclass
class Check:
    """What an upload would do: the cells that are wrong, or the agencies that would be added and changed."""

    errors: list[dict[str, str]] = field(default_factory=list)
    new: list[Agency] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def writes(self) -> bool:
        return not self.errors and bool(self.new or self.changed)


def check(table: tablib.Dataset) -> Check:
    """Try the rows without writing any."""
    resource, found = AgencyResource(), Check()
    twice = _twice(table)
    found.errors += [{"row": row, "column": "code", "message": _("This code stands twice.")} for row in twice]
    result = resource.import_data(table, dry_run=True)
    for place, row in enumerate(result.rows):
        number = table["row"][place]
        known = {(e["row"], e["column"]) for e in found.errors}
        wrong = [{"row": number, "column": c, "message": m} for c, m in _complaints(row)]
        found.errors += [e for e in wrong if (e["row"], e["column"]) not in known]
        if row.import_type == "new":
            found.new.append(row.instance)
        elif row.import_type == "update":
            found.changed.append({"agency": row.instance, "changes": _changes(resource, row)})
        elif row.import_type == "skip":
            found.unchanged += 1
    found.errors.sort(key=lambda e: int(e["row"]))
    return found


def write(table: tablib.Dataset) -> list[Agency]:
    """Write the rows, all or none; the agencies that were added or changed."""
    try:
        result: Result = AgencyResource().import_data(table, dry_run=False, raise_errors=True)
    except ImportExportError as error:
        raise Refused(_("The file no longer fits the register; please check it again.")) from error
    return [row.instance for row in result.rows if row.import_type in ("new", "update")]


def _twice(table: tablib.Dataset) -> list[str]:
    seen: set[str] = set()
    found = []
    for code, row in zip(table["code"], table["row"], strict=True):
        if code in seen:
            found.append(row)
        seen.add(code)
    return found


def _complaints(row: Any) -> Iterable[tuple[str, str]]:
    if row.validation_error is not None:
        for column, messages in row.validation_error.message_dict.items():
            for message in messages:
                yield ("" if column == NON_FIELD_ERRORS else column), message
    for error in row.errors:
        yield "", str(error.error)


def _changes(resource: AgencyResource, row: Any) -> list[dict[str, Any]]:
    pairs = []
    for one in resource.get_export_fields():
        before, after = one.get_value(row.original), one.get_value(row.instance)
        if before != after:
            pairs.append({"column": one.column_name, "before": _shown(before), "after": _shown(after)})
    return pairs


def _shown(value: Any) -> str:
    return getattr(value, "code", None) or ("" if value is None else str(value))


# --- What a new portal starts with ------------------------------------------------------------------------------------

AUTHORITY = "ARO"


@transaction.atomic
def load_country(provincial_units: Sequence[str] = ()) -> int:
    """Load the provinces and agencies of `agencies/data/`, and the typical units of these provinces; safe to repeat.

    Returns how many agencies were added or changed.
    """
    provinces = tablib.Dataset().load((DATA / "provinces.csv").read_text(encoding="utf-8"), format="csv")
    ProvinceResource().import_data(provinces, raise_errors=True)
    rows = [{"province": "", "is_authority": "false"} | row for row in _data("agencies.csv")]
    branches = _data("provincial_units.csv")
    for row in rows:
        if row["code"] == AUTHORITY:
            row["is_authority"] = "true"
    sectors = {row["code"]: row["sector"] for row in rows}
    known = {row["code"]: row for row in provinces.dict}
    for code in provincial_units:
        rows += _units(known[code if code.startswith("IR-") else f"IR-{code}"], sectors, branches)
    rows = [row | {"row": str(number)} for number, row in enumerate(rows, start=2)]
    return len(write(_dataset(_parents_first(rows))))


def _data(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _units(
    province: Mapping[str, str], sectors: Mapping[str, str], branches: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """The units a province typically has (domain notes 5): a typical list, no register of any one province."""
    number = province["code"].removeprefix("IR-")
    return [
        {
            "province": province["code"],
            "is_authority": "false",
            "code": f"{branch['code']}-{number}",
            "name_en": f"{branch['name_en']}, {province['name_en']}",
            "name_fa": f"{branch['name_fa']} استان {province['name_fa']}",
            "level": Level.PROVINCIAL.value,
            "sector": sectors.get(branch["parent"], Sector.ECONOMIC.value),  # without a parent it is a bank
            "parent": branch["parent"],
        }
        for branch in branches
    ]
