"""Consequences as a list."""

from datetime import datetime

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agencies.persian import DASH
from agencies.templatetags.portal import digits, prose
from cycles.ui.tables import CardsTable
from festival.models import Consequence
from festival.table_cells import day, days_late
from festival.workflow import ConsequenceState
from submissions.templatetags.states import state_badge


class ConsequenceTable(CardsTable):
    """What follows for which agency, and how far that is."""

    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    rule = tables.Column(_("Consequence"), accessor="rule__words", order_by=("rule", "pk"))
    state = tables.Column(_("State"), order_by=("state", "pk"))
    due_on = tables.Column(_("Due"), empty_values=(), orderable=False)
    letter = tables.Column(_("Letter"), accessor="letter_number", order_by=("letter_on", "pk"))

    class Meta(CardsTable.Meta):
        model = Consequence
        fields = ("agency", "rule", "state", "due_on", "letter")
        attrs = {"caption": _("Consequences of the results")}

    def __init__(self, consequences: QuerySet[Consequence], *, at: datetime) -> None:
        super().__init__(consequences)
        self.at = at

    def render_agency(self, record: Consequence) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.agency.name)

    def render_rule(self, record: Consequence) -> str:
        return prose(record.rule.words)

    def render_state(self, record: Consequence) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_due_on(self, record: Consequence) -> SafeString | str:
        if record.due_on is None:
            return DASH
        late = days_late(record.late_by(self.at)) if record.state == ConsequenceState.DUE else ""
        return (
            format_html('{} <span class="text-danger">{}</span>', day(record.due_on), late)
            if late
            else day(record.due_on)
        )

    def render_letter(self, record: Consequence) -> str:
        if not record.letter_on:
            return DASH
        return f"{digits(record.letter_number)} · {day(record.letter_on)}"
