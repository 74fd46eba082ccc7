"""Agencies as spreadsheets, in and out, and the country's data that a new portal starts with."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tablib
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from import_export import fields, widgets
from import_export.instance_loaders import CachedInstanceLoader

from agencies.models import Agency, Level, Province, Sector
from cycles.models import LegalBasis
from cycles.spreadsheets import dry_run, sheet_files
from cycles.spreadsheets import sheets as spreadsheets_sheets
from cycles.spreadsheets.csv_tables import read_rows
from cycles.spreadsheets.dry_run import Check, SheetResource, YesNo
from cycles.spreadsheets.sheets import Column, Form, Sheet, SheetRow

DATA = Path(apps.get_app_config("agencies").path) / "data"


class ByCode(widgets.ForeignKeyWidget):
    """A row of another table by its code, from memory; rows made by the same file count too."""

    def __init__(self, model: type[Model], known: str) -> None:
        super().__init__(model, "code")
        self.known = known

    def clean(
        self, value: str, row: Mapping[str, Mapping[str, Model]], **options: object
    ) -> Model | None:
        if not value:
            return None
        known = row[self.known]
        if value not in known:
            raise ValueError(_("There is no such code: “%(code)s”.") % {"code": value})
        return known[value]


class AgencyResource(SheetResource):
    """The register: one agency a row, known by its code; a parent may stand anywhere in the same
    file.

    `has_basis`: the date and legal basis were given by which known agencies get other names, end or
    come back.
    """

    parent = fields.Field("parent", "parent", widget=ByCode(Agency, "_agencies"))
    province = fields.Field("province", "province", widget=ByCode(Province, "_provinces"))
    is_active = fields.Field("is_active", "is_active", widget=YesNo())
    is_authority = fields.Field("is_authority", "is_authority", widget=YesNo())

    class Meta:
        model = Agency
        fields = (
            "code", "name_fa", "name_en", "level", "sector", "parent", "province",
            "is_authority", "is_active",
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

    def __init__(self, *, has_basis: bool = False) -> None:
        super().__init__()
        self.has_basis = has_basis

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.select_related("parent", "province")

    def before_import(self, dataset: tablib.Dataset, **options: object) -> None:
        self.agencies = {a.code: a for a in self.get_queryset()}
        self.known = dict(self.agencies)
        self.provinces = {p.code: p for p in Province.objects.all()}

    def before_import_row(self, row: dict[str, object], **options: object) -> None:
        row["_agencies"], row["_provinces"] = self.agencies, self.provinces

    def validate_instance(
        self,
        instance: Agency,
        import_validation_errors: Mapping[str, ValidationError] | None = None,
        validate_unique: bool = True,
    ) -> None:
        errors: dict[str, Any] = dict(import_validation_errors or {})
        errors |= self._changes_of_register(instance)
        if "province" not in errors and (instance.level == Level.PROVINCIAL) != (
            instance.province_id is not None
        ):
            errors["province"] = ValidationError(
                _("Provincial units, and only they, name a province.")
            )
        if (
            "parent" not in errors
            and instance.parent is not None
            and instance.parent.code == instance.code
        ):
            errors["parent"] = ValidationError(_("An agency cannot be above itself."))
        try:
            instance.full_clean(
                exclude={*errors, "sort_key", "search_key"}, validate_constraints=False
            )
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _changes_of_register(self, instance: Agency) -> dict[str, ValidationError]:
        """Find what a row says of a known agency that takes an act with its day and its legal
        basis.
        """
        known = self.known.get(instance.code)
        if known is None or self.has_basis:
            return {}
        found = {}
        if (known.name_fa, known.name_en) != (instance.name_fa, instance.name_en):
            column = "name_fa" if known.name_fa != instance.name_fa else "name_en"
            found[column] = ValidationError(
                _(
                    "An agency is renamed by an act with its date and legal basis: give them "
                    "beside the file, "
                    "or rename it on its page in the register."
                )
            )
        if known.is_active != instance.is_active:
            found["is_active"] = ValidationError(
                _(
                    "An agency is dissolved or established again by an act with its date and "
                    "legal basis: give them "
                    "beside the file. It is merged or split on its page in the register."
                )
            )
        return found

    def in_order(self, rows: Sequence[SheetRow]) -> Sequence[SheetRow]:
        """Put parents before their units; a ring stays as it is and is refused."""
        codes = {r.cells["code"] for r in rows}
        done: set[str] = set()
        ordered: list[SheetRow] = []
        waiting = list(rows)
        while waiting:
            ready = [
                r
                for r in waiting
                if not (above := r.cells.get("parent")) or above not in codes or above in done
            ]
            if not ready:
                return ordered + waiting
            ordered += ready
            done |= {r.cells["code"] for r in ready}
            waiting = [r for r in waiting if r.cells["code"] not in done]
        return ordered

    def after_save_instance(
        self, instance: Agency, row: dict[str, object], **options: object
    ) -> None:
        self.agencies[instance.code] = instance


class ProvinceResource(SheetResource):
    """The 31 provinces."""

    class Meta:
        model = Province
        fields = ("code", "name_fa", "name_en", "capital_fa", "capital_en")
        import_id_fields = ("code",)
        instance_loader_class = CachedInstanceLoader
        skip_unchanged = True
        skip_html_diff = True


# --- Files --------------------------------------------------------------------------------------

AGENCIES = Form(
    "agencies",
    1,
    tuple(
        Column(name, required=name in ("code", "name_fa", "level", "sector"))
        for name in AgencyResource.Meta.fields
    ),
    # registers are kept in many places, and this form is older than the version cell
    needs_version=False,
)


def spreadsheet_of(agencies: Iterable[Agency], kind: str) -> bytes:
    """Write agencies as the bytes of a spreadsheet that the import reads again."""
    return sheet_files.write_rows(AGENCIES, AgencyResource().export(agencies).dict, kind)


def read(content: bytes, name: str) -> Sheet:
    return spreadsheets_sheets.read(AGENCIES, content, name)


def check(sheet: Sheet, *, basis: LegalBasis | None = None) -> Check:
    """Try the rows without writing any."""
    return dry_run.check(AgencyResource(has_basis=basis is not None), sheet)


def write(
    sheet: Sheet, as_checked: str | None = None, *, basis: LegalBasis | None = None
) -> list[Agency]:
    """Write the right rows, all or none; the agencies that were added or changed."""
    rows = dry_run.write(AgencyResource(has_basis=basis is not None), sheet, as_checked)
    return [row for row in rows if isinstance(row, Agency)]


# --- What a new portal starts with --------------------------------------------------------------

AUTHORITY = "ARO"


@transaction.atomic
def load_country(provincial_units: Sequence[str] = ()) -> int:
    """Load the provinces and agencies of `agencies/data/`, and the typical units of these
    provinces; safe to repeat.

    Returns how many agencies were added or changed.
    """
    provinces = tablib.Dataset().load(
        (DATA / "provinces.csv").read_text(encoding="utf-8"), format="csv"
    )
    ProvinceResource().import_data(provinces, raise_errors=True)
    rows = [
        {"province": "", "is_authority": "false"} | row for row in read_rows(DATA / "agencies.csv")
    ]
    branches = read_rows(DATA / "provincial_units.csv")
    for row in rows:
        if row["code"] == AUTHORITY:
            row["is_authority"] = "true"
    sectors = {row["code"]: row["sector"] for row in rows}
    known = {row["code"]: row for row in provinces.dict}
    for code in provincial_units:
        rows += _units(known[code if code.startswith("IR-") else f"IR-{code}"], sectors, branches)
    called = {a.code: {"name_fa": a.name_fa, "name_en": a.name_en} for a in Agency.objects.all()}
    rows = [row | called.get(row["code"], {}) for row in rows]  # a name given since by an act stays
    resource = AgencyResource()
    ordered = resource.in_order([SheetRow(number, row) for number, row in enumerate(rows, start=2)])
    return len(dry_run.write_table(resource, dry_run.dataset(ordered)))


def _units(
    province: Mapping[str, str], sectors: Mapping[str, str], branches: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """List the units a province typically has (domain notes 5): a typical list, no register of any
    one province.
    """
    number = province["code"].removeprefix("IR-")
    return [
        {
            "province": province["code"],
            "is_authority": "false",
            "code": f"{branch['code']}-{number}",
            "name_en": f"{branch['name_en']}, {province['name_en']}",
            "name_fa": f"{branch['name_fa']} استان {province['name_fa']}",
            "level": Level.PROVINCIAL.value,
            "sector": sectors.get(
                branch["parent"], Sector.ECONOMIC.value
            ),  # without a parent it is a bank
            "parent": branch["parent"],
        }
        for branch in branches
    ]
