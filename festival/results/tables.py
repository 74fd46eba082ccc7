"""The ranking as a table."""

from decimal import Decimal

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.ui.tables import CardsTable
from festival.models import Standing
from festival.table_cells import NUMBER, TONES


class PointsColumn(tables.Column):
    """A number to 2 places in the reader's digits; what is missing is a
    dash, which is not a zero.
    """

    def render(self, value: Decimal) -> str:
        return in_locale(value, 2)


class StandingTable(CardsTable):
    place = tables.Column(
        verbose_name=_("Place"),
        accessor="shown_place",
        order_by=("shown_place", "group__sort_key", "pk"),
        attrs=NUMBER,
    )
    agency = tables.Column(
        verbose_name=_("Agency"),
        accessor="participation",
        order_by=("participation__sort_key", "pk"),
    )
    group = tables.Column(
        verbose_name=_("Group"),
        order_by=("group__sort_key", "group", "shown_place", "participation__sort_key", "pk"),
    )
    general = PointsColumn(
        verbose_name=_("General points"), order_by=("general", "pk"), attrs=NUMBER
    )
    specific = PointsColumn(
        verbose_name=_("Specific points"), order_by=("specific", "pk"), attrs=NUMBER
    )
    percent = PointsColumn(verbose_name=_("Percent"), order_by=("percent", "pk"), attrs=NUMBER)
    growth = PointsColumn(
        verbose_name=_("Growth, percentage points"), order_by=("growth", "pk"), attrs=NUMBER
    )
    band = tables.Column(verbose_name=_("Band"), order_by=("percent", "pk"))

    class Meta:
        model = Standing
        fields = ("place", "agency", "group", "general", "specific", "percent", "growth", "band")
        attrs = {"caption": _("Agencies by group and place")}

    def render_place(self, value: int) -> str:
        return in_locale(value)

    def render_agency(self, record: Standing) -> str:
        url = reverse("festival:agency", args=[record.participation.agency.code])
        return format_html('<a href="{}">{}</a>', url, record.participation.name)

    def render_band(self, record: Standing) -> str:
        if not record.submitted:
            return format_html('<span class="badge bg-secondary-lt">{}</span>', _("Not submitted"))
        return format_html(
            '<span class="badge bg-{}-lt">{}</span>', TONES[record.band], record.band_label
        )
