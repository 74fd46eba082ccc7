"""Lists of years and of the agencies that take part."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, Participation
from cycles.ui.tables import CardsTable, code, link, number


class CycleTable(CardsTable):
    year = tables.Column(verbose_name=_("Assessed year"))
    preset = tables.Column(verbose_name=_("Dates"), orderable=False)
    state = tables.Column(verbose_name=_("State"))
    agencies = tables.Column(verbose_name=_("Agencies taking part"))

    class Meta:
        model = Cycle
        fields = ("year", "preset", "state", "agencies")

    def render_year(self, record: Cycle) -> SafeString:
        return link(reverse("cycles:detail", args=[record.year]), str(record))

    def render_preset(self, record: Cycle) -> str:
        return record.get_preset_display()

    def render_state(self, record: Cycle) -> SafeString:
        return format_html(
            '<span class="badge bg-secondary-lt">{}</span>', record.get_state_display()
        )

    def render_agencies(self, value: int) -> str:
        return number(value)


class ParticipationTable(CardsTable):
    name = tables.Column(verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk"))
    code = tables.Column(
        verbose_name=_("Code"), accessor="agency__code", order_by=("agency__code",)
    )
    level = tables.Column(verbose_name=_("Level"))
    sector = tables.Column(verbose_name=_("Sector"))
    province = tables.Column(
        verbose_name=_("Province"), order_by=("province__sort_key", "sort_key")
    )
    group = tables.Column(verbose_name=_("Group"), empty_values=(), orderable=False)

    class Meta:
        model = Participation
        fields = ("name", "code", "level", "sector", "province", "group")

    def render_name(self, record: Participation) -> SafeString | str:
        if record.ended_by is None:
            return record.name
        return format_html(
            '{} <span class="badge bg-secondary-lt">{}</span>', record.name, record.ended_by.what
        )

    def render_code(self, value: str) -> SafeString:
        return code(value)

    def render_group(self, record: Participation) -> str:
        return "، ".join(group.name for group in record.groups.all())
