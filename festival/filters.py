"""How the public ranking is narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Level
from agencies.text import search_key
from cycles.models import Group
from festival.models import Standing


class StandingFilter(django_filters.FilterSet):
    """By group, level and name, however the letters were typed."""

    group = django_filters.ModelChoiceFilter(
        label=_("Group"), queryset=Group.objects.none(), empty_label=_("Every group")
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"), field_name="participation__level", choices=Level.choices, empty_label=_("Every level")
    )
    name = django_filters.CharFilter(label=_("Agency"), method="by_name")

    class Meta:
        model = Standing
        fields = ("group", "level", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(pk__in=self.queryset.values("group")).order_by("sort_key", "pk")
        self.filters["group"].queryset = groups

    def by_name(self, queryset: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        return queryset.filter(participation__search_key__contains=search_key(value))
