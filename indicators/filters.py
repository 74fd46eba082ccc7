"""What narrows the board of indicator sets."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.text import search_key
from cycles.filters import TextFilter
from cycles.models import Cycle
from indicators.models import IndicatorSet, Kind
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
