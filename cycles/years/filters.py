"""Narrow the list of the agencies that take part in a year."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Sector
from agencies.persian import plain_text, search_key
from cycles.models import Cycle, Group, Participation
from cycles.ui.filters import PROVINCES, TextFilter


class ParticipationFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name or code"))
    group = filters.ModelChoiceFilter(
        field_name="groups", queryset=Group.objects.none(), label=_("Group"), empty_label=_("All")
    )
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Sector"), empty_label=_("All"))
    province = filters.ModelChoiceFilter(
        queryset=PROVINCES, label=_("Province"), empty_label=_("All")
    )

    class Meta:
        model = Participation
        fields = ("q", "group", "sector", "province")

    def __init__(self, data: QueryDict, queryset: QuerySet[Participation], *, cycle: Cycle) -> None:
        super().__init__(data, queryset)
        self.filters["group"].queryset = Group.objects.filter(cycle=cycle).order_by(
            "province__code", "sort_key", "pk"
        )

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(
            Q(search_key__contains=search_key(value)) | Q(agency__code__icontains=plain_text(value))
        )
