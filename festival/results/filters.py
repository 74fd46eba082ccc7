"""How the public ranking, and lists of what follows from results, are narrowed."""

import django_filters
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Level
from agencies.persian import search_key
from cycles.models import Group
from festival.models import Standing
from festival.models.editions import PLACES
from festival.places import Ranking


class StandingFilter(django_filters.FilterSet):
    """By group, level and name, however the letters were typed; and by what the places are
    (`shown_place`).
    """

    by = django_filters.ChoiceFilter(
        label=_("Ranked by"),
        choices=[(r.value, r.label) for r in Ranking if r != Ranking.TOTAL],
        empty_label=Ranking.TOTAL.label,
        method="placed_by",
    )

    group = django_filters.ModelChoiceFilter(
        label=_("Group"), queryset=Group.objects.none(), empty_label=_("Every group")
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"),
        field_name="participation__level",
        choices=Level.choices,
        empty_label=_("Every level"),
    )
    name = django_filters.CharFilter(label=_("Agency"), method="by_name")

    class Meta:
        model = Standing
        fields = ("by", "group", "level", "name")

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Standing]) -> None:
        super().__init__(data, queryset=queryset)
        groups = Group.objects.filter(pk__in=self.queryset.values("group")).order_by(
            "sort_key", "pk"
        )
        self.filters["group"].queryset = groups

    @property
    def qs(self) -> QuerySet[Standing]:
        rows: QuerySet[Standing] = super().qs
        by = (
            Ranking(self.form.cleaned_data.get("by") or Ranking.TOTAL)
            if self.form.is_valid()
            else Ranking.TOTAL
        )
        rows = rows.annotate(shown_place=F(PLACES[by])).exclude(shown_place=None)
        return rows.order_by(
            "group__sort_key", "group", "shown_place", "participation__sort_key", "pk"
        )

    def placed_by(self, queryset: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        return queryset  # `qs` places; which rows there are follows from it

    def by_name(self, queryset: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        return queryset.filter(participation__search_key__contains=search_key(value))
