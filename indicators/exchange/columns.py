"""The columns of the three forms in which sets go out and come in: measures, own targets, and what
applies to whom.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export import widgets

from agencies.persian import parse_decimal, plain_text
from cycles.spreadsheets.dry_run import YesNo
from cycles.spreadsheets.sheets import Column, Form
from indicators.differences import FIELDS
from indicators.models import Axis, Goal, Indicator, Measure
from indicators.scoring.exact import parsed
from indicators.scoring.methods import METHOD_CHOICES, half_up

TRUTH = (("true", _("yes")), ("false", _("no")))
MOST_YEARS = 6
MOST_ITEMS = 500
MOST_BANDS = 100
MOST_LETTERS = 200


# --- How a cell becomes a value, and a value a cell ---------------------------------------------


class NumberCell(widgets.Widget):
    """A number, rounded half-up to the places that are kept: results of calculations have more."""

    def __init__(self, places: int = 8) -> None:
        super().__init__()
        self.places = places

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        if not value:
            return None
        number = parse_decimal(value)
        _whole, point, decimals = f"{number:f}".partition(".")
        return half_up(number, self.places) if point and len(decimals) > self.places else number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class WholeCell(NumberCell):
    """A whole number; one with decimals is not rounded to it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        number = parse_decimal(value) if value else None
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValueError(gettext("Enter a whole number."))
        return int(number)


class TruthCell(YesNo):
    """Yes or no; an empty cell is no."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        return bool(value) and super().clean(value, row, **kwargs)


class LineageCell(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> UUID | None:
        return _lineage(value) if value else None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class LineagesCell(widgets.Widget):
    """Lineages, parted by spaces."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[UUID]:
        return [_lineage(text) for text in value.split()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return " ".join(str(one) for one in value or ())


def _lineage(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(
            gettext("“%(text)s” is no lineage. Leave the cell as it was exported.")
            % {"text": text[:40]}
        ) from error


class TrendCell(widgets.Widget):
    """Values of past years as `year:value`, parted by semicolons; kept as the form of a measure
    keeps them.
    """

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[list[Any]]:
        years: dict[int, str] = {}
        try:
            for part in filter(str.strip, value.split(";")):
                year, _colon, number = part.partition(":")
                years[int(plain_text(year))] = format(parse_decimal(number), "f")
            if len(years) > MOST_YEARS or not all(1300 <= year <= 1500 for year in years):
                raise ValueError(value)
        except ValueError as error:
            raise ValueError(
                gettext(
                    "Write past values as year:value, parted by semicolons: 1403:12.5; 1404:13 "
                    "(six at most)"
                )
            ) from error
        return [[year, years[year]] for year in sorted(years)]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(f"{year}:{number}" for year, number in value or ())


class ParamsCell(widgets.Widget):
    """What a method needs besides numbers of its own columns, as a JSON object."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dict[str, Any]:
        if not value:
            return {}
        try:
            params = json.loads(value, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise ValueError(gettext("This is no JSON object.")) from error
        if not isinstance(params, dict) or not _is_within_bounds(params):
            shape = (
                '{"items": 5}, {"bands": [[0, 100], [7, 70]], "direction": "lower"}, {"min": '
                '1, "max": 9}'
            )
            raise ValueError(
                gettext("Write the parameters like one of these: %(shape)s") % {"shape": shape}
            )
        return params

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""


def _no_number(text: str) -> None:
    raise ValueError(text)


def _is_within_bounds(params: dict[str, Any]) -> bool:
    """Whether the parameters are of the kinds and sizes that a method can
    be checked with at all.
    """
    return all(name in _SHAPES and _SHAPES[name](value) for name, value in params.items())


def _are_items(items: Any) -> bool:
    if isinstance(items, int):
        return not isinstance(items, bool) and 1 <= items <= MOST_ITEMS
    are_items = isinstance(items, list) and 1 <= len(items) <= MOST_ITEMS
    return are_items and all(
        isinstance(i, dict) and _are_numbers([i.get("weight", 1)]) for i in items
    )


def _are_pairs(rows: Any) -> bool:
    are_rows = isinstance(rows, list) and len(rows) <= MOST_BANDS
    return are_rows and all(
        isinstance(row, list) and len(row) == 2 and _are_numbers(row) for row in rows
    )


def _are_worded(rows: Any) -> bool:
    are_rows = (
        isinstance(rows, list)
        and len(rows) <= MOST_BANDS
        and all(isinstance(row, dict) for row in rows)
    )
    return are_rows and all(map(_is_worded, rows))


def _is_worded(row: dict[str, Any]) -> bool:
    return (
        row.keys() <= {"percent", "fa", "en"}
        and _are_numbers([row.get("percent")])
        and isinstance(row.get("fa", ""), str)
        and isinstance(row.get("en", ""), str)
    )


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "items": _are_items,
    "bands": _are_pairs,
    "targets": _are_pairs,
    "levels": _are_worded,
    "options": _are_worded,
    "log": lambda value: isinstance(value, bool),
    "sample": lambda value: isinstance(value, int) and not isinstance(value, bool),
    **dict.fromkeys(
        ("min", "max", "maximum", "interval", "confidence"),
        lambda value: _are_numbers([value]),
    ),
    **dict.fromkeys(
        ("direction", "survey_source", "survey_from", "survey_until"),
        lambda value: isinstance(value, str) and len(value) <= MOST_LETTERS,
    ),
}


def _are_numbers(values: Iterable[Any]) -> bool:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return False
        try:
            parse_decimal(str(value))  # refuses an exponent
            parsed(str(value))  # refuses thousands
        except ValueError:
            return False
    return True


CELLS: dict[str, widgets.Widget] = {
    **dict.fromkeys(("axis_points", "indicator_points", "points"), NumberCell(places=4)),
    **dict.fromkeys(("base", "floor", "target"), NumberCell()),
    **dict.fromkeys(("lowest", "highest"), NumberCell()),
    **dict.fromkeys(("is_additive", "is_pilot", "is_composed", "applies"), TruthCell()),
    "caf_criterion": WholeCell(),
    "lineage": LineageCell(),
    "links": LineagesCell(),
    "trend": TrendCell(),
    "params_json": ParamsCell(),
}
"""The columns that are no plain text."""

# --- Columns -------------------------------------------------------------------------------------


TIERS = {
    "axis": (
        Axis,
        {
            "axis_code": "code",
            "axis_fa": "title_fa",
            "axis_en": "title_en",
            "axis_points": "points",
        },
    ),
    "indicator": (
        Indicator,
        {
            "indicator_code": "code",
            "indicator_fa": "title_fa",
            "indicator_en": "title_en",
            "indicator_points": "points",
        },
    ),
    "goal": (
        Goal,
        {
            "goal_code": "code",
            "goal_fa": "title_fa",
            "goal_en": "title_en",
            "goal_type": "type",
            "goal_source": "source",
            "goal_law": "law",
            "goal_article": "article",
        },
    ),
}
"""The tiers and the goal of a measure: their columns, and the field that each fills."""

OWN = {
    **{name: name for name in FIELDS if name != "params"},
    "is_composed": "is_composed",
    "lineage": "lineage",
}
OWN["params_json"] = "params"
"""The columns of the measure itself, and their fields."""

_WORDS: dict[str, str | Promise] = {
    "axis_code": _("Code of the axis (first tier)"),
    "axis_fa": _("Title of the axis in Persian"),
    "axis_en": _("Title of the axis in English"),
    "axis_points": _("Points of the axis: the sum of its indicators; all axes make exactly 1000"),
    "indicator_code": _("Code of the indicator (second tier) within its axis"),
    "indicator_fa": _("Title of the indicator in Persian"),
    "indicator_en": _("Title of the indicator in English"),
    "indicator_points": _(
        "Points of the indicator: the sum of its measures that are not in their trial year"
    ),
    "code": _("Code of the measure (third tier), once in a file"),
    "lowest": _("The lowest value that is possible; empty: as the method has it"),
    "highest": _("The highest value that is possible; empty: as the method has it"),
    "law": _("Law whose article the measure rests on"),
    "goal_code": _("Code of the goal that the measure serves"),
    "goal_fa": _("Title of the goal in Persian"),
    "goal_en": _("Title of the goal in English"),
    "goal_type": _("Type of the goal"),
    "goal_source": _("Where the goal comes from"),
    "goal_law": _("Law that names the goal"),
    "goal_article": _("Article that names the goal"),
    "trend": _("Values of past years as year:value, parted by semicolons"),
    "params_json": _("Parameters of the method beside baseline, floor and target, as JSON"),
    "links": _("Lineages of measures that must be read with it, parted by spaces"),
    "is_composed": _("Whether points or parameters are the portal's, not official"),
    "lineage": _(
        "The same measure over the years; leave it as exported, and empty for a new measure"
    ),
}
_EXAMPLES = {
    "axis_code": "S1",
    "axis_fa": "مأموریت‌ها و وظایف اصلی",
    "axis_en": "Missions and main tasks",
    "axis_points": "1000",
    "indicator_code": "S1-01",
    "indicator_fa": "کاهش تلفات آب شهری",
    "indicator_en": "Less urban water lost",
    "indicator_points": "1000",
    "code": "S1-01",
    "title_fa": "آب بدون درآمد",
    "title_en": "Non-revenue water",
    "points": "1000",
    "unit_fa": "درصد",
    "unit_en": "percent",
    "direction": "lower",
    "method": "range",
    "floor": "30",
    "target": "22",
    "lowest": "0",
    "highest": "100",
    "evidence_rule": "required",
    "evidence_fa": "گزارش سالانه ممیزی آب",
    "law": "csma",
    "article": "81",
    "is_pilot": "false",
}
REQUIRED = (
    "axis_code", "axis_fa", "axis_points", "indicator_code", "indicator_fa", "indicator_points",
    "code", "title_fa", "points", "unit_fa", "method",
)  # fmt: skip
_PROSE = ("definition_fa", "definition_en", "resources", "ideal", "compromise")


def _column(name: str, model: Any, field: str) -> Column:
    allowed = METHOD_CHOICES if field == "method" else model._meta.get_field(field).choices or ()
    if isinstance(CELLS.get(name), TruthCell):
        allowed = TRUTH
    return Column(
        name,
        _WORDS.get(name) or FIELDS[field],
        required=name in REQUIRED,
        allowed=tuple((str(code), label) for code, label in allowed),
        text="verbatim" if name == "params_json" else "lines" if name in _PROSE else "line",
        example=_EXAMPLES.get(name, ""),
    )


def _columns(model: Any, fields: Mapping[str, str]) -> list[Column]:
    return [_column(name, model, field) for name, field in fields.items()]


MEASURES = Form(
    "measures",
    1,
    (
        *_columns(*TIERS["axis"]),
        *_columns(*TIERS["indicator"]),
        *_columns(Measure, {name: field for name, field in OWN.items() if name != "lineage"}),
        *_columns(*TIERS["goal"]),
        _column("lineage", Measure, "lineage"),
    ),
)

_WHOM = (
    Column("measure_code", _("Code of the measure in this set"), required=True, example="S1-01"),
    Column("agency_code", _("Code of the agency"), required=True, example="TAX-26"),
)

TARGETS = Form(
    "targets",
    1,
    (
        *_WHOM,
        Column(
            "target",
            _("The agency's own target; empty: the measure's own holds"),
            required=True,
            example="25",
        ),
        Column("floor", _("The agency's own floor; empty: the measure's own holds"), example="30"),
        Column(
            "base", _("The agency's own baseline; empty: the measure's own holds"), example="28.5"
        ),
    ),
)

APPLICABILITY = Form(
    "applicability",
    1,
    (
        *_WHOM,
        Column(
            "applies", _("Whether the measure is asked of the agency"), True, TRUTH, example="false"
        ),
        Column(
            "reason",
            _("Why it does not apply; needed where it does not"),
            example="در این استان شبکه آب شهری ندارد",
        ),
    ),
)

FORMS = {form.name: form for form in (MEASURES, TARGETS, APPLICABILITY)}
