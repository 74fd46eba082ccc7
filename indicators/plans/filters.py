"""Narrow the list of plans and quarterly reports."""

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, Sector
from cycles.models import Cycle
from cycles.ui.filters import TextFilter
from indicators.models import Plan, QuarterReport
from indicators.workflow import PlanState, ReportState

QUARTERS = (
    ("1", _("Quarter 1")),
    ("2", _("Quarter 2")),
    ("3", _("Quarter 3")),
    ("4", _("Quarter 4")),
)


class PlanFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Agency, by name or code"))
    cycle = filters.ModelChoiceFilter(
        queryset=Cycle.objects.none(), label=_("Cycle"), empty_label=_("All")
    )
    state = filters.ChoiceFilter(
        choices=PlanState.choices, label=_("State of the plan"), empty_label=_("All")
    )
    unreported = filters.ChoiceFilter(
        choices=QUARTERS, method="without_report", label=_("Has not reported"), empty_label=_("All")
    )
    sector = filters.ChoiceFilter(
        field_name="participation__sector",
        choices=Sector.choices,
        label=_("Sector"),
        empty_label=_("All"),
    )
    province = filters.ModelChoiceFilter(
        field_name="participation__province",
        queryset=Province.objects.order_by("sort_key", "pk"),
        label=_("Province"),
        empty_label=_("All"),
    )

    class Meta:
        model = Plan
        fields = ("q", "cycle", "state", "unreported", "sector", "province")

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Plan], *, cycles: QuerySet[Cycle]
    ) -> None:
        super().__init__(data, queryset)
        self.filters["cycle"].queryset = cycles

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def without_report(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        waiting = QuarterReport.objects.filter(quarter=value, state=ReportState.DRAFT)
        return qs.filter(quarter__lte=value, pk__in=waiting.values("plan"))
