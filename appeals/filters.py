"""How lists of appeals are narrowed."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from appeals.models import Appeal, Ground
from appeals.workflow import AppealState
from submissions.lookups import cycles_of


class AppealFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="search")
    cycle = django_filters.ModelChoiceFilter(
        label=_("Cycle"), queryset=cycles_of, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=AppealState.choices, empty_label=_("All")
    )
    ground = django_filters.ChoiceFilter(
        label=_("Ground"), choices=Ground.choices, empty_label=_("All")
    )

    mine = django_filters.BooleanFilter(
        label=_("On my desk"), method="on_my_desk", widget=forms.CheckboxInput
    )

    # outcomes and loads link here; nobody types a key
    measure = django_filters.NumberFilter(field_name="answer__measure", widget=forms.HiddenInput)

    class Meta:
        model = Appeal
        fields = ()

    def search(self, appeals: QuerySet[Appeal], name: str, value: str) -> QuerySet[Appeal]:
        return appeals.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def on_my_desk(self, appeals: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        return appeals.filter(reviewer=self.request.user) if value else appeals
