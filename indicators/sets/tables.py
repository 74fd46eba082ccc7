"""Indicator sets as a list."""

from datetime import datetime
from decimal import Decimal

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cycles.ui.tables import CardsTable, link, number
from cycles.workflow import Windows
from indicators.models import FULL_POINTS, IndicatorSet
from indicators.tables import deadline_of_set, state_badge


class SetTable(CardsTable):
    name = tables.Column(
        verbose_name=_("Set"), accessor="kind", order_by=("kind", "agency__sort_key", "pk")
    )
    cycle = tables.Column(verbose_name=_("Assessed year"), order_by=("cycle__year", "pk"))
    state = tables.Column(verbose_name=_("State"))
    measure_count = tables.Column(verbose_name=_("Measures"))
    points = tables.Column(verbose_name=_("Points of 1000"))
    due = tables.Column(verbose_name=_("Time"), empty_values=(), orderable=False)

    class Meta:
        model = IndicatorSet
        fields = ("name", "cycle", "state", "measure_count", "points", "due")

    def __init__(self, data: QuerySet[IndicatorSet], *, at: datetime, windows: Windows) -> None:
        self.at, self.windows = at, windows
        super().__init__(data)

    def render_name(self, record: IndicatorSet) -> SafeString:
        title = str(record.agency) if record.agency else record.get_kind_display()
        kind = format_html('<div class="text-secondary small">{}</div>', record.get_kind_display())
        return format_html(
            "{}{}", link(reverse("indicators:detail", args=[record.pk]), title), kind
        )

    def render_cycle(self, record: IndicatorSet) -> str:
        return record.cycle.label

    def render_state(self, record: IndicatorSet) -> SafeString:
        return state_badge(record)

    def render_measure_count(self, value: int) -> str:
        return number(value)

    def render_points(self, value: Decimal) -> SafeString | str:
        shown = number(value)
        return (
            shown
            if value == FULL_POINTS
            else format_html('<span class="badge bg-warning-lt">{}</span>', shown)
        )

    def render_due(self, record: IndicatorSet) -> SafeString | str:
        return deadline_of_set(record, self.windows, self.at)
