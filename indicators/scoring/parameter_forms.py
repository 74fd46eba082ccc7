"""The fields in which a method and its parameters are typed: a line of text for each list, errors
beside the field.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.persian import language, localised, parse_decimal
from cycles.ui.fields import DayField, NumberField, PersianTextField
from indicators.scoring.methods import METHOD_CHOICES, METHODS

OWN = (
    *("bands", "items", "levels", "options", "targets", "min", "max", "log", "maximum"),
    *("survey_source", "sample", "survey_from", "survey_until", "interval", "confidence"),
)
"""The fields that are no column of a measure: they are kept in its `params`."""

TAKES: Mapping[str, Sequence[str]] = {
    "bands": ("bands", "direction"),
    "checklist": ("items",),
    "interpolation": ("targets",),
    "levels": ("levels",),
    "minmax": ("min", "max", "log", "direction"),
    "options": ("options",),
    "points": ("maximum",),
    "survey": ("survey_source", "sample", "survey_from", "survey_until", "interval", "confidence"),
}
"""Which of what is typed goes into the `params` of each method."""


def _plain(value: Decimal) -> int | str:
    """A number as JSON keeps it exactly."""
    return int(value) if value == value.to_integral_value() else str(value)


def _typed(value: Any) -> str:
    """A number as it may be typed again, in the reader's digits."""
    return localised(Decimal(str(value))).replace(",", "").replace("٬", "")


class PairsField(PersianTextField):
    """Rows of two numbers as "limit:percent": "0:100, 7:70, 14:40"."""

    default_error_messages = {
        "pairs": _("Write each as number:percent, from the best: 0:100, 7:70, 14:40.")
    }

    def clean(self, value: Any) -> list[list[Any]]:
        text = super().clean(value)
        rows = []
        for part in filter(str.strip, re.split(r"[,،;؛\n]", text)):
            limit, _colon, percent = part.partition(":")
            try:
                rows.append([_plain(parse_decimal(limit)), _plain(parse_decimal(percent))])
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["pairs"], code="pairs") from error
        return rows


def written_pairs(rows: Sequence[Sequence[Any]]) -> str:
    comma = "، " if (language()).startswith("fa") else ", "
    return comma.join(":".join(map(_typed, row)) for row in rows)


class RowsField(PersianTextField):
    """Rows of a percent and words, one a line: "67 | تا حد زیاد | To a large extent"."""

    default_error_messages = {
        "rows": _(
            "Line %(line)s is not “percent | words in Persian | words in English”, such as 67 | "
            "خوب | Good."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = filter(str.strip, super().clean(value).splitlines())
        return [self._row(line, number) for number, line in enumerate(lines, 1)]

    def _row(self, line: str, number: int) -> dict[str, Any]:
        percent, *words = (part.strip() for part in line.split("|"))
        try:
            if len(words) not in (1, 2) or not words[0]:
                raise ValueError("no words")
            worth = _plain(parse_decimal(percent))
        except ValueError as error:
            params = {"line": localised(number)}
            raise forms.ValidationError(
                self.error_messages["rows"], code="rows", params=params
            ) from error
        return {"percent": worth, "fa": words[0], "en": words[1] if len(words) > 1 else ""}


def written_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    parts = ((_typed(row["percent"]), row["fa"], row.get("en")) for row in rows)
    return "\n".join(" | ".join(filter(None, part)) for part in parts)


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "bands": written_pairs,
    "targets": written_pairs,
    "levels": written_rows,
    "options": written_rows,
    "items": lambda items: items if isinstance(items, int) else len(items),
    "survey_from": date.fromisoformat,
    "survey_until": date.fromisoformat,
    **dict.fromkeys(
        ("min", "max", "maximum", "interval", "confidence"), lambda number: Decimal(str(number))
    ),
}


def written_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold when a measure with these parameters is edited."""
    return {key: _WRITTEN.get(key, lambda kept: kept)(params[key]) for key in OWN if key in params}


def number(label: Any, help_text: Any, **limits: Any) -> NumberField:
    digits = {"max_digits": 28, "decimal_places": 8}
    return NumberField(label=label, required=False, help_text=help_text, **(digits | limits))


class ParameterFields(forms.Form):
    """A method with the parameters that it needs; the form that inherits it has the `direction`."""

    method = forms.ChoiceField(label=_("How the value becomes points"), choices=METHOD_CHOICES)
    base = number(_("Baseline"), _("Last year's value; “Growth from a baseline” needs it."))
    floor = number(
        _("Floor"), _("The value that earns nothing; “Between a floor and the target” needs it.")
    )
    target = number(_("Target"), _("The value that earns all points."))
    bands = PairsField(
        label=_("Steps"),
        required=False,
        help_text=_(
            "For “Steps” only: limit:percent from the best to the worst, such as 0:100, "
            "7:70, 14:40."
        ),
    )
    items = number(
        _("Number of checklist items"),
        _("For “Checklist” only."),
        decimal_places=0,
        min_value=1,
        max_value=500,
    )
    levels = RowsField(
        label=_("Levels"),
        required=False,
        help_text=_(
            "For “Described levels” only, one a line, the lowest first: percent | words in "
            "Persian | words in English."
        ),
    )
    options = RowsField(
        label=_("Answers"),
        required=False,
        help_text=_(
            "For “One of several answers” only, one a line: percent | words in Persian | words "
            "in English."
        ),
    )
    targets = PairsField(
        label=_("Targets with their percents"),
        required=False,
        help_text=_(
            "For “Between several targets” only, the best first: 90:100, 80:90, 70:80, "
            "60:70, 50:60."
        ),
    )
    min = number(
        _("Least value"),
        _("For “Between the least and the greatest value” only: it earns nothing."),
    )
    max = number(
        _("Greatest value"),
        _("For “Between the least and the greatest value” only: it earns all points."),
    )
    log = forms.BooleanField(
        label=_("Of natural logarithms"),
        required=False,
        help_text=_("For values such as income, where each doubling counts alike."),
    )
    maximum = number(
        _("Most points"), _("For “Points out of a maximum” only: the most that can be had there.")
    )
    survey_source = PersianTextField(
        label=_("Who made the survey"),
        required=False,
        max_length=200,
        help_text=_("For “Index of a survey” only."),
    )
    sample = number(_("People asked"), "", decimal_places=0, min_value=1, max_value=100_000_000)
    survey_from = DayField(label=_("Asked from"), required=False)
    survey_until = DayField(label=_("Asked until"), required=False)
    interval = number(_("Margin of error (±)"), _("In points of the index."), min_value=0)
    confidence = number(
        _("Confidence"),
        _("In percent, such as 95."),
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = METHODS.get(data.get("method", ""))
        if method is None:
            return data
        lacking = [name for name in method.needs if name in data and data[name] in (None, [])]
        for name in lacking:
            self.add_error(name, _("The chosen method needs this."))
        if any(name in self.errors for name in (*method.needs, *TAKES.get(method.name, ()))):
            return data
        data["params"] = dict(_kept(data, TAKES.get(method.name, ())))
        own = {key: data[key] for key in ("base", "floor", "target") if data.get(key) is not None}
        for sentence in method.check(own | data["params"]):
            self.add_error(method.needs[-1] if method.needs else "survey_until", sentence)
        return data

    @property
    def formulas(self) -> list[dict[str, Any]]:
        """Every method in words, for the page."""
        return [{"label": method.label, "formula": method.formula} for method in METHODS.values()]


def _kept(data: Mapping[str, Any], names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The parameters as JSON keeps them; what was left empty is not there."""
    for name in names:
        value = data.get(name)
        if isinstance(value, Decimal):
            yield name, _plain(value)
        elif isinstance(value, date):
            yield name, value.isoformat()
        elif value not in (None, "", False):
            yield name, value
