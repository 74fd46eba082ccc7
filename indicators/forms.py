"""What is typed on the pages of indicator sets: a measure with its method, and a vote."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.forms import NumberField, PersianTextField
from indicators.models import FULL_POINTS, Choice, Direction, Measure, Source
from indicators.parameter_forms import OWN, ParameterFields, written_parameters


class MeasureForm(ParameterFields):
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
    evidence_fa = PersianTextField(label=_("Evidence asked for, in Persian"), max_length=300, required=False)
    evidence_en = PersianTextField(label=_("Evidence asked for, in English"), max_length=300, required=False)
    source = forms.ChoiceField(
        label=_("Where it comes from"), required=False, choices=[("", _("Not said")), *Source.choices]
    )
    legal_basis = PersianTextField(label=_("Legal basis"), max_length=300, required=False)

    field_order = ("title_fa", "title_en", "points", "unit_fa", "unit_en", "direction")

    def __init__(self, *args: Any, measure: Measure | None = None, **kwargs: Any) -> None:
        if measure is not None:
            initial = {name: getattr(measure, name, None) for name in self.base_fields}
            kwargs["initial"] = initial | written_parameters(measure.params)
        super().__init__(*args, **kwargs)

    @property
    def fields_to_save(self) -> dict[str, Any]:
        """What `actions.save_measure` takes."""
        return {key: value for key, value in self.cleaned_data.items() if key not in OWN}


class VoteForm(forms.Form):
    """A vote and its reason."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect)
    reason = PersianTextField(
        label=_("Reason"),
        required=False,
        lines=True,
        help_text=_("Needed unless you approve; the agency will read it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") in (Choice.RETURN, Choice.REJECT) and not data.get("reason"):
            self.add_error("reason", _("Please give a reason; the agency will read it."))
        return data
