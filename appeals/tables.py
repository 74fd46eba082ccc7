"""The list of appeals."""

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal
from cycles.calendar import format_moment
from submissions.tables import CardsTable
from submissions.templatetags.states import state_badge


class AppealTable(CardsTable):
    line = tables.Column(_("Line"), accessor="answer__measure", order_by=("answer__measure__code", "pk"))
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(_("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk"))
    ground = tables.Column(_("Ground"))
    state = tables.Column(_("State"))
    filed_at = tables.Column(_("Filed"))

    class Meta(CardsTable.Meta):
        model = Appeal
        fields = ("line", "agency", "cycle", "ground", "state", "filed_at")

    def render_line(self, record: Appeal) -> SafeString:
        url = reverse("appeals:detail", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.answer.measure.title)

    def render_state(self, record: Appeal) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_filed_at(self, value: datetime) -> str:
        return format_moment(value, get_language() or "fa")
