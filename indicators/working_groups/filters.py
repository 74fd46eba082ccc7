"""Narrow a working group's board."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Sector
from agencies.persian import plain_text, search_key
from cycles.models import Participation
from cycles.ui.filters import TextFilter
from indicators.models import STAGES


class BoardFilter(filters.FilterSet):
    """What narrows the board: an agency, a working group, a stage."""

    q = TextFilter(method="search", label=_("Agency, by name or code"))
    sector = filters.ChoiceFilter(
        choices=Sector.choices, label=_("Working group"), empty_label=_("All")
    )
    stage = filters.ChoiceFilter(choices=STAGES, label=_("Stage"), empty_label=_("All"))

    class Meta:
        model = Participation
        fields = ("q", "sector", "stage")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(
            Q(search_key__contains=search_key(value)) | Q(agency__code__icontains=plain_text(value))
        )
