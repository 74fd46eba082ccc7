"""Other weights to try."""

from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.models import Group
from cycles.ui.fields import NumberField
from cycles.years.forms import PercentField
from festival.fields import row_field
from festival.ranking.what_if import Part


class WhatIfForm(forms.Form):
    """A group, and how much more or less its parts are to weigh; what
    cannot be read is as it is.
    """

    group = forms.ModelChoiceField(
        label=_("Group"), queryset=Group.objects.none(), empty_label=None
    )
    weights = PercentField(
        label=_("Band of places under so many percent more or less on each weight"), initial=10
    )

    def __init__(
        self, data: QueryDict | dict[str, object] | None = None, *, groups: QuerySet[Group]
    ) -> None:
        super().__init__(data)
        row_field(self, "group").queryset = groups

    def weigh(self, parts: Iterable[Part]) -> dict[str, Decimal]:
        """Add a field for each part, and answer with the factors typed."""
        for part in parts:
            name = f"of-{part.key}"
            label = _("Weight of %(part)s, times") % {"part": part.title}
            self.fields[name] = NumberField(label=label, min_value=0, max_value=10, required=False)
            self.fields[name].widget.attrs["placeholder"] = in_locale(1)
        self.full_clean()
        typed = {part.key: self.cleaned_data.get(f"of-{part.key}") for part in parts}
        return {key: factor for key, factor in typed.items() if factor is not None}
