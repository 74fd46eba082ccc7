"""Narrow the list of consequences."""

import django_filters
from django.utils.translation import gettext_lazy as _

from festival.improvement.filters import ImprovementFilter
from festival.models import Consequence, ConsequenceKind
from festival.workflow import ConsequenceState


class ConsequenceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="by_agency")
    kind = django_filters.ChoiceFilter(
        label=_("Consequence"),
        field_name="rule__kind",
        choices=ConsequenceKind.choices,
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ConsequenceState.choices, empty_label=_("All")
    )

    class Meta:
        model = Consequence
        fields = ()

    by_agency = ImprovementFilter.by_agency
