"""Narrow the register of agencies."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyQuerySet, Level, Sector
from cycles.ui.filters import PROVINCES, TextFilter


class AgencyFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name or code"))
    level = filters.ChoiceFilter(choices=Level.choices, label=_("Level"), empty_label=_("All"))
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Sector"), empty_label=_("All"))
    province = filters.ModelChoiceFilter(
        queryset=PROVINCES, label=_("Province"), empty_label=_("All")
    )

    class Meta:
        model = Agency
        fields = ("q", "level", "sector", "province")

    def search(self, qs: AgencyQuerySet, name: str, value: str) -> QuerySet:
        return qs.matching(value)
