"""Lists of self-assessments and of blocks."""

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.calendar import format_moment
from cycles.ui.tables import CardsTable, out_of
from submissions.models import Submission
from submissions.templatetags.states import state_badge


class SubmissionTable(CardsTable):
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(
        _("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk")
    )
    state = tables.Column(_("State"))
    progress = tables.Column(
        _("Lines complete"), accessor="lines_done", order_by=("lines_done", "pk")
    )
    blocks = tables.Column(
        _("Blocks handed in"), accessor="blocks_done", order_by=("blocks_done", "pk")
    )
    submitted_at = tables.Column(_("Signed"))

    class Meta(CardsTable.Meta):
        model = Submission
        fields = ("agency", "cycle", "state", "progress", "blocks", "submitted_at")

    def render_agency(self, record: Submission) -> SafeString:
        url = reverse("submissions:detail", args=[record.pk])
        return format_html(
            '<a href="{}">{}</a> <bdi class="code" lang="en">{}</bdi>',
            url,
            record.agency.name,
            record.agency.code,
        )

    def render_state(self, record: Submission) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_progress(self, record: Submission) -> SafeString:
        return out_of(record.lines_done, record.lines, str(_("Lines complete")))

    def render_blocks(self, record: Submission) -> SafeString:
        return out_of(record.blocks_done, record.blocks_total, str(_("Blocks handed in")))

    def render_submitted_at(self, value: datetime) -> str:
        return format_moment(value, language())
