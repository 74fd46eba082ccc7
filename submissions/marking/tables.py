"""Lists of blocks to mark and of lines on which two markings differ."""

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agencies.persian import format_number, language
from cycles.calendar import format_moment
from cycles.ui.tables import CardsTable, out_of
from submissions.models import Block, Reconciliation
from submissions.templatetags.states import state_badge


class ReconciliationTable(CardsTable):
    """Lines on which two assessors are apart, or were."""

    line = tables.Column(_("Line"), accessor="line__measure__title", orderable=False)
    agency = tables.Column(_("Agency"), order_by="agency__sort_key")
    cycle = tables.Column(_("Cycle"), order_by="cycle__year")
    marks = tables.Column(_("Two marks"), empty_values=(), orderable=False)
    state = tables.Column(_("State"))

    class Meta(CardsTable.Meta):
        model = Reconciliation
        fields = ("line", "agency", "cycle", "marks", "state")

    def render_line(self, value: str, record: Reconciliation) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_marks(self, record: Reconciliation) -> SafeString:
        shown = (
            _("Not applicable")
            if m.points is None
            else format_number(m.points, language(), places=2)
            for m in (record.first, record.second)
        )
        return format_html("{} · {}", *shown)

    def render_state(self, record: Reconciliation) -> SafeString:
        return state_badge(record.state, record.get_state_display())


class BlockTable(CardsTable):
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    axis = tables.Column(_("Axis"), order_by=("axis__set__kind", "axis__position", "pk"))
    cycle = tables.Column(
        _("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk")
    )
    progress = tables.Column(
        _("Lines marked"), accessor="lines_marked", order_by=("lines_marked", "pk")
    )
    state = tables.Column(_("State"))
    handed_in_at = tables.Column(_("Handed in"))

    class Meta(CardsTable.Meta):
        model = Block
        fields = ("agency", "axis", "cycle", "progress", "state", "handed_in_at")

    def render_axis(self, record: Block) -> SafeString:
        url = reverse("submissions:block", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.axis.title)

    def render_state(self, record: Block) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_progress(self, record: Block) -> SafeString:
        return out_of(record.lines_marked, record.lines, str(_("Lines marked")))

    def render_handed_in_at(self, value: datetime) -> str:
        return format_moment(value, language())
