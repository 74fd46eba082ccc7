"""How lists of self-assessments are narrowed."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, Sector
from submissions.lookups import cycles_of
from submissions.models import Submission
from submissions.workflow import SubmissionState


class SubmissionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Agency"), method="search")
    cycle = django_filters.ModelChoiceFilter(
        label=_("Cycle"), queryset=cycles_of, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=SubmissionState.choices, empty_label=_("All")
    )
    sector = django_filters.ChoiceFilter(
        label=_("Group"),
        field_name="participation__sector",
        choices=Sector.choices,
        empty_label=_("All"),
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

    def search(
        self, submissions: QuerySet[Submission], name: str, value: str
    ) -> QuerySet[Submission]:
        return submissions.filter(agency__in=Agency.objects.matching(value).values("pk"))
