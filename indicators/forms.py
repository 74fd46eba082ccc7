"""What is typed of a measure: its points, its method and what the method needs."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.text import format_number, parse_decimal
from cycles.forms import NumberField, PersianTextField
from indicators.measure_fields import ContextFields
from indicators.methods import METHOD_CHOICES, METHODS
from indicators.models import FULL_POINTS, Direction, IndicatorSet, Measure


class BandsField(PersianTextField):
    """Steps as "limit:percent" from the best to the worst: "0:100, 7:70, 14:40"."""

    default_error_messages = {"bands": _("Write the steps as limit:percent, from the best: 0:100, 7:70, 14:40.")}

    def clean(self, value: Any) -> list[list[Any]]:
        text = super().clean(value)
        rows = []
        for part in filter(str.strip, re.split(r"[,،;؛\n]", text)):
            limit, _colon, percent = part.partition(":")
            try:
                rows.append([_plain(parse_decimal(limit)), _plain(parse_decimal(percent))])
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["bands"], code="bands") from error
        return rows


def _plain(value: Decimal) -> int | str:
    """A number as JSON keeps it exactly."""
    return int(value) if value == value.to_integral_value() else str(value)


def written_bands(rows: Sequence[Sequence[Any]]) -> str:
    language = get_language() or "fa"
    comma = "، " if language.startswith("fa") else ", "
    pairs = ([format_number(Decimal(str(n)), language).replace(",", "").replace("٬", "") for n in row] for row in rows)
    return comma.join(":".join(pair) for pair in pairs)


def value(label: Any, help_text: Any) -> NumberField:
    return NumberField(label=label, required=False, max_digits=28, decimal_places=8, help_text=help_text)


class MeasureForm(ContextFields):
    """A measure: what is counted, its points, and the method with the parameters that it needs."""

    title_fa = PersianTextField(label=_("Title in Persian"), max_length=300)
    title_en = PersianTextField(label=_("Title in English"), max_length=300, required=False)
    points = NumberField(
        label=_("Points"),
        max_digits=12,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=FULL_POINTS,
        help_text=_("The points of all measures of the set add up to exactly 1000."),
    )
    unit_fa = PersianTextField(label=_("Unit in Persian"), max_length=60)
    unit_en = PersianTextField(label=_("Unit in English"), max_length=60, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    method = forms.ChoiceField(label=_("How the value becomes points"), choices=METHOD_CHOICES)
    base = value(_("Baseline"), _("Last year's value; “Growth from a baseline” needs it."))
    floor = value(_("Floor"), _("The value that earns nothing; “Between a floor and the target” needs it."))
    target = value(_("Target"), _("The value that earns all points."))
    bands = BandsField(
        label=_("Steps"),
        required=False,
        help_text=_("For “Steps” only: limit:percent from the best to the worst, such as 0:100, 7:70, 14:40."),
    )
    items = NumberField(
        label=_("Number of checklist items"),
        required=False,
        decimal_places=0,
        min_value=1,
        max_value=500,
        help_text=_("For “Checklist” only."),
    )

    def __init__(self, *args: Any, indicator_set: IndicatorSet, measure: Measure | None = None, **kwargs: Any) -> None:
        if measure is not None:
            initial = {name: getattr(measure, name, None) for name in self.base_fields} | self.context_of(measure)
            initial["bands"] = written_bands(measure.params.get("bands", ()))
            items = measure.params.get("items")
            initial["items"] = items if items is None or isinstance(items, int) else len(items)
            kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fit(indicator_set, measure)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = METHODS.get(data.get("method", ""))
        if method is None:
            return data
        lacking = [name for name in method.needs if name in data and data[name] in (None, [])]
        for name in lacking:
            self.add_error(name, _("The chosen method needs this."))
        if lacking or any(name in self.errors for name in method.needs):
            return data
        data["params"] = self._params(data)
        own = {key: data[key] for key in ("base", "floor", "target") if data.get(key) is not None}
        for sentence in method.check(own | data["params"]):
            self.add_error(method.needs[-1], sentence)
        return data

    def _params(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["method"] == "bands":
            return {"bands": data["bands"], "direction": data["direction"]}
        return {"items": int(data["items"])} if data["method"] == "checklist" else {}

    @property
    def fields_to_save(self) -> dict[str, Any]:
        """What `drafting.save_measure` takes."""
        return {key: value for key, value in self.cleaned_data.items() if key not in ("bands", "items")}

    @property
    def formulas(self) -> list[dict[str, Any]]:
        """Every method in words, for the page."""
        return [{"label": method.label, "formula": method.formula} for method in METHODS.values()]
