"""How the public ranking, and lists of what follows from results, are narrowed."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level
from agencies.persian import search_key
from cycles.calendar import TEHRAN
from cycles.models import Group
from festival.models import Consequence, ConsequenceKind, ImprovementPlan, Standing
from festival.models.editions import PLACES
from festival.ranking import Ranking
from festival.workflow import ConsequenceState, PlanState
from submissions.lookups import cycles_of


class StandingFilter(django_filters.FilterSet):
    """By group, level and name, however the letters were typed; and by what the places are (`shown_place`)."""

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
        label=_("Level"), field_name="participation__level", choices=Level.choices, empty_label=_("Every level")
    )
    name = django_filters.CharFilter(label=_("Agency"), method="by_name")

    class Meta:
        model = Standing
        fields = ("by", "group", "level", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(pk__in=self.queryset.values("group")).order_by("sort_key", "pk")
        self.filters["group"].queryset = groups

    @property
    def qs(self) -> QuerySet[Standing]:
        rows = super().qs
        by = Ranking(self.form.cleaned_data.get("by") or Ranking.TOTAL) if self.form.is_valid() else Ranking.TOTAL
        rows = rows.annotate(shown_place=F(PLACES[by])).exclude(shown_place=None)
        return rows.order_by("group__sort_key", "group", "shown_place", "participation__sort_key", "pk")

    def placed_by(self, queryset: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        return queryset  # `qs` places; which rows there are follows from it

    def by_name(self, queryset: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        return queryset.filter(participation__search_key__contains=search_key(value))


class ImprovementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="by_agency")
    cycle = django_filters.ModelChoiceFilter(label=_("Cycle"), queryset=cycles_of, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=PlanState.choices, empty_label=_("All"))
    late = django_filters.BooleanFilter(label=_("Late only"), method="signed_late", widget=forms.CheckboxInput)

    class Meta:
        model = ImprovementPlan
        fields = ()

    def by_agency(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def signed_late(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        today = self.request.at.astimezone(TEHRAN).date()
        unsigned = Q(signed_at=None, due_on__lt=today, agency__is_active=True)
        return rows.filter(Q(days_late__gt=0) | unsigned) if value else rows


class ConsequenceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="by_agency")
    kind = django_filters.ChoiceFilter(
        label=_("Consequence"), field_name="rule__kind", choices=ConsequenceKind.choices, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ConsequenceState.choices, empty_label=_("All"))

    class Meta:
        model = Consequence
        fields = ()

    by_agency = ImprovementFilter.by_agency
