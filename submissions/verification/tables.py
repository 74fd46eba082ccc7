"""On-site verifications as a list."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cycles.ui.tables import CardsTable
from submissions.models import Verification
from submissions.templatetags.states import state_badge


class VerificationTable(CardsTable):
    """Lines that are verified at the source: why, by whom, what was found."""

    line = tables.Column(_("Line"), accessor="line__measure__title", orderable=False)
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    why = tables.Column(_("Why drawn"), orderable=False)
    assessor = tables.Column(
        _("Assessor"), accessor="assessor__name", order_by=("assessor__name_fa", "pk")
    )
    state = tables.Column(_("State"))
    finding = tables.Column(_("Finding"), empty_values=())

    class Meta(CardsTable.Meta):
        model = Verification
        fields = ("line", "agency", "why", "assessor", "state", "finding")

    def render_line(self, value: str, record: Verification) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_why(self, record: Verification) -> str:
        return _("; ").join(str(why.label) for why in record.reasons)

    def render_state(self, record: Verification) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_finding(self, record: Verification) -> SafeString | str:
        return (
            state_badge(record.finding, record.get_finding_display())
            if record.is_concluded
            else "—"
        )
