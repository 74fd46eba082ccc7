"""Narrow the lists of sets and of measures of other years."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.persian import plain_text, search_key
from cycles.models import Cycle
from cycles.ui.filters import TextFilter, holding
from indicators.models import Dimension, IndicatorSet, Kind, Measure, ResultLevel
from indicators.workflow import SetState


class SetFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Agency, by name or code"))
    cycle = filters.ModelChoiceFilter(
        queryset=Cycle.objects.none(), label=_("Cycle"), empty_label=_("All")
    )
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("All"))
    state = filters.ChoiceFilter(choices=SetState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = IndicatorSet
        fields = ("q", "cycle", "kind", "state")

    def __init__(
        self, data: QueryDict, queryset: QuerySet[IndicatorSet], *, cycles: QuerySet[Cycle]
    ) -> None:
        super().__init__(data, queryset)
        self.filters["cycle"].queryset = cycles

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(
            Q(agency__search_key__contains=search_key(value))
            | Q(agency__code__icontains=plain_text(value))
        )


class BankFilter(filters.FilterSet):
    """What narrows the bank of measures."""

    q = TextFilter(method="search", label=_("Measure, by title or code"))
    kind = filters.ChoiceFilter(
        field_name="indicator__axis__set__kind",
        choices=Kind.choices,
        label=_("Kind"),
        empty_label=_("All"),
    )
    dimension = filters.ChoiceFilter(
        choices=Dimension.choices, label=_("Dimension"), empty_label=_("All")
    )
    result_level = filters.ChoiceFilter(
        choices=ResultLevel.choices, label=_("Level of result"), empty_label=_("All")
    )
    into = filters.CharFilter(method="leave_whole", widget=forms.HiddenInput)

    class Meta:
        model = Measure
        fields = ("q", "kind", "dimension", "result_level", "into")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        titled = holding(Measure.objects.all(), value, "title_fa", "title_en").values("pk")
        return qs.filter(Q(pk__in=titled) | Q(code__icontains=plain_text(value)))

    def leave_whole(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Narrow nothing by the draft that is being filled; the address goes on naming it."""
        return qs
