"""What the authority says of a reference line."""

from collections.abc import Mapping

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import offer_rows
from indicators.models import Measure


class ReferenceLineForm(forms.Form):
    """A reference line: what an agency says of a measure, what its evidence shows, and the mark
    agreed for it.
    """

    measure = forms.ModelChoiceField(label=_("Measure"), queryset=Measure.objects.none())
    value = NumberField(
        label=_("Value the agency enters"), required=False, max_digits=28, decimal_places=8
    )
    claims_not_applicable = forms.BooleanField(
        label=_("The agency says it does not apply"), required=False
    )
    note = PersianTextField(
        label=_("The agency's explanation"), lines=True, required=False, max_length=5000
    )
    shown = PersianTextField(label=_("What the evidence shows"), lines=True, max_length=5000)
    points = NumberField(
        label=_("Agreed points"), required=False, min_value=0, max_digits=16, decimal_places=10
    )
    is_not_applicable = forms.BooleanField(label=_("Agreed: not applicable"), required=False)
    reason = PersianTextField(
        label=_("Why this mark was agreed"),
        lines=True,
        max_length=5000,
        help_text=_("Shown to the assessor beside the agreed mark, once the sitting is handed in."),
    )

    def __init__(self, data: Mapping[str, object] | None, *, measures: QuerySet[Measure]) -> None:
        super().__init__(data)
        offer_rows(self, "measure", measures)
