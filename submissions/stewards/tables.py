"""The figures that stewards give, as a list."""

from datetime import datetime

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.calendar import format_moment
from cycles.ui.tables import CardsTable, out_of
from submissions.models import Stewardship
from submissions.templatetags.states import state_badge


class StewardshipTable(CardsTable):
    """Measures that stewards supply for all agencies."""

    measure = tables.Column(
        _("Measure"), order_by=("measure__indicator__axis__position", "measure__position", "pk")
    )
    cycle = tables.Column(
        _("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk")
    )
    steward = tables.Column(_("Steward"), order_by=("steward__name_fa", "pk"))
    progress = tables.Column(_("Figures"), accessor="lines_given", order_by=("lines_given", "pk"))
    state = tables.Column(_("State"))
    supplied_at = tables.Column(_("Supplied"))

    class Meta(CardsTable.Meta):
        model = Stewardship
        fields = ("measure", "cycle", "steward", "progress", "state", "supplied_at")

    def render_measure(self, record: Stewardship) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.measure.title)

    def render_progress(self, record: Stewardship) -> SafeString:
        return out_of(record.lines_given, record.lines, str(_("Figures")))

    def render_state(self, record: Stewardship) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_supplied_at(self, value: datetime) -> str:
        return format_moment(value, language())
