"""What is typed of a measure: its points, its method and what the method needs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.forms import NumberField, PersianTextField
from indicators.measure_fields import ContextFields
from indicators.models import FULL_POINTS, Direction, IndicatorSet, Measure
from indicators.parameter_forms import OWN, ParameterFields, written_parameters


class MeasureForm(ParameterFields, ContextFields):
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

    field_order = ("title_fa", "title_en", "points", "unit_fa", "unit_en", "direction")

    SECTIONS = ((_("What some methods need"), OWN), *ContextFields.SECTIONS)

    def __init__(self, *args: Any, indicator_set: IndicatorSet, measure: Measure | None = None, **kwargs: Any) -> None:
        if measure is not None:
            initial = {name: getattr(measure, name, None) for name in self.base_fields} | self.context_of(measure)
            kwargs["initial"] = initial | written_parameters(measure.params)
        super().__init__(*args, **kwargs)
        self.fit(indicator_set, measure)

    @property
    def fields_to_save(self) -> dict[str, Any]:
        """What `drafting.save_measure` takes."""
        return {key: value for key, value in self.cleaned_data.items() if key not in OWN}
