"""What narrows the board of indicator sets, and the bank of measures."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Sector
from agencies.text import normalise, search_key
from cycles.filters import TextFilter
from cycles.models import Cycle, Participation
from indicators.models import STAGES, Dimension, IndicatorSet, Kind, Measure, ResultLevel
from indicators.workflow import SetState


class SetFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Agency, by name or code"))
    cycle = filters.ModelChoiceFilter(queryset=Cycle.objects.none(), label=_("Cycle"), empty_label=_("All"))
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("All"))
    state = filters.ChoiceFilter(choices=SetState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = IndicatorSet
        fields = ("q", "cycle", "kind", "state")

    def __init__(self, *args: Any, cycles: QuerySet[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["cycle"].queryset = cycles

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(Q(agency__search_key__contains=search_key(value)) | Q(agency__code__icontains=value))


class BankFilter(filters.FilterSet):
    """What narrows the bank of measures."""

    q = TextFilter(method="search", label=_("Measure, by title or code"))
    kind = filters.ChoiceFilter(
        field_name="indicator__axis__set__kind", choices=Kind.choices, label=_("Kind"), empty_label=_("All")
    )
    dimension = filters.ChoiceFilter(choices=Dimension.choices, label=_("Dimension"), empty_label=_("All"))
    result_level = filters.ChoiceFilter(choices=ResultLevel.choices, label=_("Level of result"), empty_label=_("All"))
    into = filters.CharFilter(method="kept", widget=forms.HiddenInput)

    class Meta:
        model = Measure
        fields = ("q", "kind", "dimension", "result_level", "into")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        text = normalise(value)
        return qs.filter(Q(title_fa__icontains=text) | Q(title_en__icontains=text) | Q(code__icontains=text))

    def kept(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """The draft that is being filled narrows nothing; the address goes on naming it."""
        return qs


class BoardFilter(filters.FilterSet):
    """What narrows the board: an agency, a working group, a stage."""

    q = TextFilter(method="search", label=_("Agency, by name or code"))
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Working group"), empty_label=_("All"))
    stage = filters.ChoiceFilter(choices=STAGES, label=_("Stage"), empty_label=_("All"))

    class Meta:
        model = Participation
        fields = ("q", "sector", "stage")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(Q(search_key__contains=search_key(value)) | Q(agency__code__icontains=value))
