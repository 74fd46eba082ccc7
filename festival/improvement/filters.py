"""Narrow the list of improvement plans."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cycles.calendar import day_of
from festival.models import ImprovementPlan
from festival.workflow import PlanState
from submissions.lookups import cycles_of


class ImprovementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="by_agency")
    cycle = django_filters.ModelChoiceFilter(
        label=_("Cycle"), queryset=cycles_of, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=PlanState.choices, empty_label=_("All")
    )
    late = django_filters.BooleanFilter(
        label=_("Late only"), method="signed_late", widget=forms.CheckboxInput
    )

    class Meta:
        model = ImprovementPlan
        fields = ()

    def by_agency(
        self, rows: QuerySet[ImprovementPlan], name: str, value: str
    ) -> QuerySet[ImprovementPlan]:
        return rows.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def signed_late(
        self, rows: QuerySet[ImprovementPlan], name: str, value: bool
    ) -> QuerySet[ImprovementPlan]:
        today = day_of(self.request.at)
        unsigned = Q(signed_at=None, due_on__lt=today, agency__is_active=True)
        return rows.filter(Q(days_late__gt=0) | unsigned) if value else rows
