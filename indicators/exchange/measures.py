"""The measures of a set as lines of a sheet, each with its tiers and goal; checked together, for
points must add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import tablib
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from import_export import fields

from agencies.persian import in_locale
from cycles.spreadsheets.dry_run import Check, LineResource
from cycles.spreadsheets.sheets import Sheet, Wrong
from indicators.drafting.catalogue import catalogue_lineages
from indicators.exchange.actions import Content
from indicators.exchange.columns import CELLS, MEASURES, OWN, TIERS
from indicators.models import FULL_POINTS, IndicatorSet, Measure
from indicators.scoring.bounds import wrong_bounds
from indicators.scoring.methods import METHODS

_COLUMNS = {column.name: column for column in MEASURES.columns}
_EMPTY = {
    "is_additive": False,
    "is_pilot": False,
    "is_composed": False,
    "params_json": {},
    "trend": [],
    "links": [],
}
_NUMBERS = (
    *("axis_points", "indicator_points", "points", "base", "floor", "target", "lowest", "highest"),
    *("caf_criterion", "lineage"),
)


Errors = dict[str, object]
"""What is wrong with a line, by column."""


class MeasureLine(SimpleNamespace):
    """A measure with its tiers and goal, an attribute a column; `pk` is the measure's, None while
    it is new.
    """

    pk: int | None

    def __str__(self) -> str:
        return f"{self.code} · {self.title_fa}"

    @property
    def scoring_params(self) -> dict[str, object]:
        own = {name: getattr(self, name) for name in ("base", "floor", "target")}
        params: dict[str, object] = {
            name: value for name, value in own.items() if value is not None
        }
        params |= self.params_json
        return params

    @property
    def counts(self) -> bool:
        return not self.is_pilot


Rows = Sequence[tuple[int, MeasureLine]]
"""Lines with the numbers of their rows in the file."""


def line_of(measure: Measure) -> MeasureLine:
    """Make a measure (`for_list`) a line, texts in the one spelling that a file is read in."""
    line = MeasureLine(pk=measure.pk)
    parts = {"axis": measure.indicator.axis, "indicator": measure.indicator, "goal": measure.goal}
    for tier, (_model, names) in TIERS.items():
        for column, field in names.items():
            _set(line, column, getattr(parts[tier], field, ""))
    for column, field in OWN.items():
        _set(line, column, getattr(measure, field))
    return line


def _set(line: MeasureLine, column: str, value: object) -> None:
    setattr(line, column, _COLUMNS[column].read(value) if isinstance(value, str) else value)


class MeasureLines(LineResource):
    """The whole content of a set: a line a measure, known by its lineage, or else by its code."""

    form, cells = MEASURES, CELLS
    allows_partial_import = False  # the points of some rows add up to nothing

    class Meta:
        import_id_fields = ("code",)

    def __init__(self, indicator_set: IndicatorSet) -> None:
        super().__init__()
        self.set = indicator_set

    def lines(self) -> list[MeasureLine]:
        return [line_of(measure) for measure in Measure.objects.of(self.set).for_list()]

    # --- One row ---

    def before_import(self, dataset: tablib.Dataset, **kwargs: object) -> None:
        self.existing = self.lines()
        named = set()
        for text in dataset["lineage"] if "lineage" in dataset.headers else ():
            if lineage := _as_lineage(text):
                named.add(lineage)
        self.by_lineage = {line.lineage: line for line in self.existing}
        self.by_code = {line.code: line for line in self.existing if line.lineage not in named}
        same = {name: getattr(self.set, name) for name in ("kind", "agency", "province")}
        bank = Measure.objects.filter(lineage__in=named).filter(
            Q(pk__in=Measure.objects.communicated())
            | Q(**{f"indicator__axis__set__{k}": v for k, v in same.items()})
        )
        self.known = set(bank.values_list("lineage", flat=True)) | catalogue_lineages()

    def get_instance(self, instance_loader: object, row: Mapping[str, str]) -> MeasureLine | None:
        lineage = _as_lineage(row.get("lineage", ""))
        return self.by_lineage.get(lineage) if lineage else self.by_code.get(row["code"])

    def init_instance(self, row: object = None) -> MeasureLine:
        blank = {name: None if name in _NUMBERS else _EMPTY.get(name, "") for name in self.fields}
        return MeasureLine(pk=None, **blank | {"direction": "higher"})

    def import_field(
        self,
        field: fields.Field,
        instance: MeasureLine,
        row: Mapping[str, str],
        is_m2m: bool = False,
        **kwargs: object,
    ) -> None:
        if field.column_name == "lineage" and not row.get("lineage"):
            return  # an empty lineage is that of the measure with this code
        if field.column_name == "direction" and row.get("direction") == "":
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def validate_instance(
        self,
        instance: MeasureLine,
        import_validation_errors: Errors | None = None,
        validate_unique: bool = True,
    ) -> None:
        errors = dict(import_validation_errors or {})
        has_goal = any(getattr(instance, column) for column in TIERS["goal"][1])
        for tier, (model, names) in TIERS.items():
            if tier != "goal" or has_goal:
                _clean(instance, model, names, errors)
        _clean(
            instance,
            Measure,
            {c: f for c, f in OWN.items() if f not in ("lineage", "links", "trend")},
            errors,
        )
        if instance.lineage and instance.pk is None and instance.lineage not in self.known:
            errors.setdefault(
                "lineage",
                _(
                    "No measure that you could continue has this lineage. Leave the cell empty "
                    "for a new one."
                ),
            )
        if not errors.keys() & {"method", "params_json", "base", "floor", "target"}:
            _check_method(instance, errors)
        if errors:
            raise ValidationError(errors)

    def contents(self, found: Check) -> list[Content]:
        """Make contents of the lines, as `import_measures` takes them, in the order of the file."""
        return [_content(line) for _number, line in sorted(found.taken, key=lambda one: one[0])]

    # --- All rows together ---

    def rows_removed_by(self, taken: Rows) -> list[MeasureLine]:
        kept = {line.pk for _number, line in taken}
        return [line for line in self.existing if line.pk not in kept]

    def why_not_together(self, sheet: Sheet, taken: Rows) -> list[Wrong]:
        rows = sorted(taken, key=lambda one: one[0])
        wrong = _repeated_lineages(sheet, rows)
        for tier, (_model, names) in TIERS.items():
            wrong += _differing_cells(sheet, rows, tier, list(names))
        return wrong or _wrong_sums(sheet, rows)


def _check_method(line: MeasureLine, errors: Errors) -> None:
    """Add what the method says against its parameters, else against the bounds of the value."""
    method = METHODS[line.method]
    if sentences := method.check(line.scoring_params):
        column = method.needs[-1] if method.needs else "params_json"
        errors[column if column in OWN else "params_json"] = " ".join(map(str, sentences))
    elif not errors.keys() & {"lowest", "highest"}:
        wrong = wrong_bounds(method.name, line.scoring_params, line.lowest, line.highest)
        if wrong:
            errors["highest" if line.lowest is None else "lowest"] = " ".join(wrong)


def _content(line: MeasureLine) -> Content:
    tiers = {}
    for tier, (_model, names) in TIERS.items():
        tiers[tier] = {field: getattr(line, column) for column, field in names.items()}
    measure = {field: getattr(line, column) for column, field in OWN.items() if field != "lineage"}
    goal = tiers["goal"] if line.goal_code else None
    return Content(tiers["axis"], tiers["indicator"], goal, measure, line.lineage, line.pk)


def _as_lineage(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _clean(line: MeasureLine, model: type[Model], names: Mapping[str, str], errors: Errors) -> None:
    """Add to the errors, by column, what the model says against the values of its fields."""
    values = {
        field: getattr(line, column) for column, field in names.items() if column not in errors
    }
    others = {field.name for field in model._meta.get_fields()} - set(values)
    try:
        model(**values).clean_fields(exclude=others)
    except ValidationError as error:
        columns = {field: column for column, field in names.items()}
        for field, complaints in error.error_dict.items():
            errors[columns[field]] = complaints


def _repeated_lineages(sheet: Sheet, rows: Rows) -> list[Wrong]:
    first: dict[UUID, int] = {}
    wrong: list[Wrong] = []
    for number, line in rows:
        if line.lineage and first.setdefault(line.lineage, number) != number:
            words = {"row": in_locale(first[line.lineage])}
            wrong.append(
                sheet.wrong(number, "lineage", _("Row %(row)s is the same measure.") % words)
            )
    return wrong


def _key(line: MeasureLine, tier: str) -> tuple[str, ...]:
    """Name a tier of a line: an indicator's code is its own only within its axis."""
    code = getattr(line, f"{tier}_code")
    return (line.axis_code, code) if tier == "indicator" else (code,)


def _differing_cells(sheet: Sheet, rows: Rows, tier: str, columns: list[str]) -> list[Wrong]:
    """Find the cells that say something else of an axis, indicator or goal than the first row that
    names it.
    """
    first: dict[tuple[str, ...], tuple[int, MeasureLine]] = {}
    wrong: list[Wrong] = []
    for number, line in rows:
        number_before, before = first.setdefault(_key(line, tier), (number, line))
        for column in columns:
            if getattr(line, column) != getattr(before, column):
                words = {"row": in_locale(number_before), "code": getattr(line, f"{tier}_code")}
                sentence = _("Row %(row)s says otherwise of the same code “%(code)s”.") % words
                wrong.append(sheet.wrong(number, column, sentence))
    return wrong


def _wrong_sums(sheet: Sheet, rows: Rows) -> list[Wrong]:
    """Find the tiers whose points are not exactly the sum of what counts below them, each with its
    rows.
    """
    axes: dict[tuple[str, ...], list[tuple[int, MeasureLine]]] = {}
    for number, line in rows:
        axes.setdefault(_key(line, "axis"), []).append((number, line))
    wrong: list[Wrong] = []
    total = Decimal(0)
    for of_axis in axes.values():
        indicators: dict[tuple[str, ...], list[tuple[int, MeasureLine]]] = {}
        for number, line in of_axis:
            indicators.setdefault(_key(line, "indicator"), []).append((number, line))
        of_indicators, counts = Decimal(0), False
        for lines in indicators.values():
            points = [line.points for _number, line in lines if line.counts]
            if points:
                counts = True
                wrong += _wrong_sum(sheet, lines, "indicator", sum(points, Decimal(0)))
                of_indicators += lines[0][1].indicator_points
        if counts:
            wrong += _wrong_sum(sheet, of_axis, "axis", of_indicators)
            total += of_axis[0][1].axis_points
    if total != FULL_POINTS and not wrong:
        words = {"total": in_locale(total), "full": in_locale(FULL_POINTS)}
        sentence = (
            _("The points of all axes add up to %(total)s; they must be exactly %(full)s.") % words
        )
        wrong.append(sheet.wrong(None, "axis_points", sentence))
    return wrong


def _wrong_sum(sheet: Sheet, lines: Rows, tier: str, found: Decimal) -> Iterable[Wrong]:
    number, first = lines[0]
    points = getattr(first, f"{tier}_points")
    if found == points:
        return
    words = {
        "code": getattr(first, f"{tier}_code"),
        "rows": ", ".join(in_locale(n) for n, _line in lines[:20])
        + (" …" if len(lines) > 20 else ""),
        "found": in_locale(found),
        "points": in_locale(points),
    }
    if tier == "axis":
        sentence = _(
            "The indicators of axis “%(code)s” (rows %(rows)s) add up to %(found)s, not to "
            "%(points)s."
        )
    else:
        sentence = _(
            "The measures of indicator “%(code)s” (rows %(rows)s) add up to %(found)s, not to "
            "%(points)s."
        )
    yield sheet.wrong(number, f"{tier}_points", sentence % words)
