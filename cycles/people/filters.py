"""Narrow the list of people."""

from datetime import datetime

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, User
from agencies.persian import plain_text
from agencies.roles import Role
from cycles.ui.filters import TextFilter, holding


class PeopleFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Name, user name or e-mail"))
    role = filters.ChoiceFilter(
        choices=Role.choices, method="holding", label=_("Role in force"), empty_label=_("All")
    )

    class Meta:
        model = User
        fields = ("q", "role")

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[User],
        *,
        at: datetime,
        memberships: QuerySet[Membership],
    ) -> None:
        self.at, self.memberships = at, memberships
        super().__init__(data, queryset)

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        text = plain_text(value)
        named = holding(qs, value, "name_fa", "name_en").values("pk")
        return qs.filter(Q(pk__in=named) | Q(username__icontains=text) | Q(email__icontains=text))

    def holding(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        begun = self.memberships.filter(role=value, valid_from__lte=self.at)
        return qs.filter(
            pk__in=begun.filter(Q(valid_until=None) | Q(valid_until__gt=self.at)).values("user")
        )
