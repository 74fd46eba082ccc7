"""The fields in which a method and its parameters are typed: a line of text for each list, errors
beside the field.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.scoring.methods import METHODS, method_choices, parameters
from indicators.scoring.parameters import number_field, plain


def own_parameters() -> list[str]:
    """List the parameters that are no column of a measure: they are kept in its `params`."""
    return [name for name, parameter in parameters().items() if parameter.field() is not None]


def initial_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the fields in which a measure with these parameters is edited."""
    known = parameters()
    return {name: known[name].initial(params[name]) for name in own_parameters() if name in params}


class ParameterFields(forms.Form):
    """A method with the parameters that it needs; the form that inherits it has the `direction`.

    The fields of the methods' own parameters follow the target.
    """

    method = forms.ChoiceField(label=_("How the value becomes points"), choices=method_choices)
    base = number_field(_("Baseline"), _("Last year's value; “Growth from a baseline” needs it."))
    floor = number_field(
        _("Floor"), _("The value that earns nothing; “Between a floor and the target” needs it.")
    )
    target = number_field(_("Target"), _("The value that earns all points."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared, self.fields = self.fields, {}
        for name, field in declared.items():
            self.fields[name] = field
            if name == "target":
                self._add_own_fields()

    def _add_own_fields(self) -> None:
        for name, parameter in parameters().items():
            if (field := parameter.field()) is not None:
                self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = METHODS.get(data.get("method", ""))
        if method is None:
            return data
        lacking = [name for name in method.needs if name in data and data[name] in (None, [])]
        for name in lacking:
            self.add_error(name, _("The chosen method needs this."))
        if any(name in self.errors for name in (*method.needs, *method.takes)):
            return data
        data["params"] = dict(_json_params(data, method.takes))
        own = {key: data[key] for key in ("base", "floor", "target") if data.get(key) is not None}
        for sentence in method.check(own | data["params"]):
            self.add_error(method.needs[-1] if method.needs else "survey_until", sentence)
        return data

    @property
    def formulas(self) -> list[dict[str, Any]]:
        """Every method in words, for the page."""
        return [{"label": method.label, "formula": method.formula} for method in METHODS.values()]


def _json_params(data: Mapping[str, Any], names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Turn what was typed into parameters as JSON keeps them, without what was left empty."""
    for name in names:
        value = data.get(name)
        if isinstance(value, Decimal):
            yield name, plain(value)
        elif isinstance(value, date):
            yield name, value.isoformat()
        elif value not in (None, "", False):
            yield name, value
