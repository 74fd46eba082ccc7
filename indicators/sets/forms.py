"""What is typed of a measure: its points, its method and what the method needs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from indicators.models import FULL_POINTS, Direction, IndicatorSet, Measure
from indicators.scoring.bounds import wrong_bounds
from indicators.scoring.parameter_forms import ParameterFields, initial_parameters, own_parameters
from indicators.scoring.parameters import number_field
from indicators.sets.measure_fields import ContextFields, Sections

BOUNDS = ("lowest", "highest")


class MeasureForm(ParameterFields, ContextFields, ComparedForm):
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

    lowest = number_field(
        _("Lowest possible value"), _("Empty: as the method has it; zero, but for growth.")
    )
    highest = number_field(
        _("Highest possible value"),
        _("Empty: as the method has it; 100 for percents. No value beyond it is taken."),
    )

    field_order = ("title_fa", "title_en", "points", "unit_fa", "unit_en", "direction")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        indicator_set: IndicatorSet,
        measure: Measure | None = None,
    ) -> None:
        initial: dict[str, object] = {}
        if measure is not None:
            initial |= {name: getattr(measure, name, None) for name in self.base_fields}
            initial |= self.context_of(measure)
            initial |= initial_parameters(measure.params)
        super().__init__(data, initial=initial)
        self.fit(indicator_set, measure)

    @property
    def names_by_subject(self) -> Sections:
        needed = (_("What some methods need"), (*own_parameters(), *BOUNDS))
        return (needed, *super().names_by_subject)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors.keys() & {*own_parameters(), *BOUNDS, "method", "base", "floor", "target"}:
            return data
        own = {key: data[key] for key in ("base", "floor", "target") if data.get(key) is not None}
        lowest, highest = (data.get(name) for name in BOUNDS)
        for sentence in wrong_bounds(data["method"], own | data["params"], lowest, highest):
            self.add_error("highest" if lowest is None else "lowest", sentence)
        return data

    @property
    def fields_to_save(self) -> dict[str, object]:
        """Read the fields that `drafting.save_measure` takes."""
        own = own_parameters()
        return {key: value for key, value in self.cleaned_data.items() if key not in own}
