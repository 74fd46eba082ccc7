"""The columns of the three forms in which sets go out and come in: measures, own targets, and what
applies to whom.
"""

from collections.abc import Mapping

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export import widgets

from cycles.spreadsheets.sheets import Column, Form
from indicators.differences import FIELDS
from indicators.exchange.cells import (
    TRUTH,
    LineageCell,
    LineagesCell,
    NumberCell,
    ParamsCell,
    TrendCell,
    TruthCell,
    WholeCell,
)
from indicators.models import Axis, Goal, Indicator, Measure
from indicators.scoring.methods import method_choices

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


def _column(name: str, model: type[Model], field: str) -> Column:
    choices = getattr(model._meta.get_field(field), "choices", None) or ()
    allowed = method_choices() if field == "method" else choices
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


def _columns(model: type[Model], fields: Mapping[str, str]) -> list[Column]:
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
