"""What narrows the board of indicator sets, the bank of measures and the list of annual plans."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, Sector
from agencies.persian import plain_text, search_key
from cycles.models import Cycle, Participation
from cycles.ui.filters import TextFilter, holding
from indicators.models import STAGES, Dimension, IndicatorSet, Kind, Measure, Plan, QuarterReport, ResultLevel
from indicators.workflow import PlanState, ReportState, SetState

QUARTERS = (("1", _("Quarter 1")), ("2", _("Quarter 2")), ("3", _("Quarter 3")), ("4", _("Quarter 4")))


class SetFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Agency, by name or code"))
    cycle = filters.ModelChoiceFilter(queryset=Cycle.objects.none(), label=_("Cycle"), empty_label=_("All"))
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("All"))
    state = filters.ChoiceFilter(choices=SetState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = IndicatorSet
        fields = ("q", "cycle", "kind", "state")

    def __init__(self, *args: Any, cycles: QuerySet[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["cycle"].queryset = cycles

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(
            Q(agency__search_key__contains=search_key(value)) | Q(agency__code__icontains=plain_text(value))
        )


class BankFilter(filters.FilterSet):
    """What narrows the bank of measures."""

    q = TextFilter(method="search", label=_("Measure, by title or code"))
    kind = filters.ChoiceFilter(
        field_name="indicator__axis__set__kind", choices=Kind.choices, label=_("Kind"), empty_label=_("All")
    )
    dimension = filters.ChoiceFilter(choices=Dimension.choices, label=_("Dimension"), empty_label=_("All"))
    result_level = filters.ChoiceFilter(choices=ResultLevel.choices, label=_("Level of result"), empty_label=_("All"))
    into = filters.CharFilter(method="kept", widget=forms.HiddenInput)

    class Meta:
        model = Measure
        fields = ("q", "kind", "dimension", "result_level", "into")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        titled = holding(Measure.objects.all(), value, "title_fa", "title_en").values("pk")
        return qs.filter(Q(pk__in=titled) | Q(code__icontains=plain_text(value)))

    def kept(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """The draft that is being filled narrows nothing; the address goes on naming it."""
        return qs


class BoardFilter(filters.FilterSet):
    """What narrows the board: an agency, a working group, a stage."""

    q = TextFilter(method="search", label=_("Agency, by name or code"))
    sector = filters.ChoiceFilter(choices=Sector.choices, label=_("Working group"), empty_label=_("All"))
    stage = filters.ChoiceFilter(choices=STAGES, label=_("Stage"), empty_label=_("All"))

    class Meta:
        model = Participation
        fields = ("q", "sector", "stage")

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(Q(search_key__contains=search_key(value)) | Q(agency__code__icontains=plain_text(value)))


class PlanFilter(filters.FilterSet):
    q = TextFilter(method="search", label=_("Agency, by name or code"))
    cycle = filters.ModelChoiceFilter(queryset=Cycle.objects.none(), label=_("Cycle"), empty_label=_("All"))
    state = filters.ChoiceFilter(choices=PlanState.choices, label=_("State of the plan"), empty_label=_("All"))
    unreported = filters.ChoiceFilter(
        choices=QUARTERS, method="without_report", label=_("Has not reported"), empty_label=_("All")
    )
    sector = filters.ChoiceFilter(
        field_name="participation__sector", choices=Sector.choices, label=_("Sector"), empty_label=_("All")
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

    def __init__(self, *args: Any, cycles: QuerySet[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["cycle"].queryset = cycles

    def search(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        return qs.filter(agency__in=Agency.objects.matching(value).values("pk"))

    def without_report(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        waiting = QuarterReport.objects.filter(quarter=value, state=ReportState.DRAFT)
        return qs.filter(quarter__lte=value, pk__in=waiting.values("plan"))
