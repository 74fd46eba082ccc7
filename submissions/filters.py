"""How lists of self-assessments are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, Sector
from cycles.models import Cycle
from submissions.models import Finding, Submission, Verification
from submissions.risk import Why
from submissions.workflow import SubmissionState, VerificationState


def cycles_of(request: Any) -> QuerySet[Cycle]:
    return Cycle.objects.visible_to(request.user, request.at).for_list()


class SubmissionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Cycle"), queryset=cycles_of, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=SubmissionState.choices, empty_label=_("All"))
    sector = django_filters.ChoiceFilter(
        label=_("Group"), field_name="participation__sector", choices=Sector.choices, empty_label=_("All")
    )
    province = django_filters.ModelChoiceFilter(
        label=_("Province"),
        field_name="participation__province",
        queryset=Province.objects.order_by("sort_key", "pk"),
        empty_label=_("All"),
    )

    class Meta:
        model = Submission
        fields = ()

    def search(self, submissions: QuerySet[Submission], name: str, value: str) -> QuerySet[Submission]:
        return submissions.filter(agency__in=Agency.objects.matching(value).values("pk"))


class VerificationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=VerificationState.choices, empty_label=_("All"))
    finding = django_filters.ChoiceFilter(
        label=_("Finding"), choices=Finding.choices, method="found", empty_label=_("All")
    )
    why = django_filters.ChoiceFilter(label=_("Why drawn"), choices=Why.choices, method="drawn", empty_label=_("All"))

    class Meta:
        model = Verification
        fields = ()

    def search(self, rows: QuerySet[Verification], name: str, value: str) -> QuerySet[Verification]:
        return rows.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def found(self, rows: QuerySet[Verification], name: str, value: str) -> QuerySet[Verification]:
        return rows.filter(finding=value, state=VerificationState.CONCLUDED)

    def drawn(self, rows: QuerySet[Verification], name: str, value: str) -> QuerySet[Verification]:
        return rows.filter(why__contains=[value])
