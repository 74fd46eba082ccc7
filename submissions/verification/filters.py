"""Narrow the list of on-site verifications."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from submissions.models import Finding, Verification
from submissions.sampling import Why
from submissions.workflow import VerificationState


class VerificationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="search")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=VerificationState.choices, empty_label=_("All")
    )
    finding = django_filters.ChoiceFilter(
        label=_("Finding"), choices=Finding.choices, method="with_finding", empty_label=_("All")
    )
    why = django_filters.ChoiceFilter(
        label=_("Why drawn"), choices=Why.choices, method="drawn_for", empty_label=_("All")
    )

    class Meta:
        model = Verification
        fields = ()

    def search(self, rows: QuerySet[Verification], name: str, value: str) -> QuerySet[Verification]:
        return rows.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def with_finding(
        self, rows: QuerySet[Verification], name: str, value: str
    ) -> QuerySet[Verification]:
        return rows.filter(finding=value, state=VerificationState.CONCLUDED)

    def drawn_for(
        self, rows: QuerySet[Verification], name: str, value: str
    ) -> QuerySet[Verification]:
        return rows.filter(why__contains=[value])
