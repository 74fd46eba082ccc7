"""The list of appeals, and how they ended by what they have in common."""

from datetime import datetime
from functools import cached_property

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language
from appeals.models import Appeal
from appeals.workflow import AppealState
from cycles.calendar import Phase, days_late, format_moment, time_left
from cycles.models import Window
from cycles.ui.tables import CardsTable
from cycles.workflow import Windows
from submissions.templatetags.states import state_badge


class AppealTable(CardsTable):
    line = tables.Column(
        _("Line"), accessor="answer__measure", order_by=("answer__measure__code", "pk")
    )
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(
        _("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk")
    )
    ground = tables.Column(_("Ground"))
    state = tables.Column(_("State"))
    filed_at = tables.Column(_("Filed"))
    due = tables.Column(_("Time left"), empty_values=(), orderable=False)

    class Meta(CardsTable.Meta):
        model = Appeal
        fields = ("line", "agency", "cycle", "ground", "state", "filed_at", "due")

    def __init__(self, rows: QuerySet[Appeal], *, at: datetime) -> None:
        super().__init__(rows)
        self.at = at

    @cached_property
    def windows(self) -> Windows:
        """The windows of the appeals on the page that is shown."""
        return Window.objects.concerning([row.record for row in self.paginated_rows])

    def render_due(self, record: Appeal) -> str:
        """Say how long is left until it must be filed, or decided; once decided, how late
        that was.
        """
        if record.state in (AppealState.WITHDRAWN, AppealState.ENDED):
            return "—"
        term = self.windows.of(
            Phase.APPEAL if record.state == AppealState.DRAFT else Phase.APPEAL_REVIEW, record
        )
        if term is None:
            return "—"
        if record.decided_at:
            late = days_late(term.closes_at, record.decided_at)
        elif self.at < term.closes_at:
            return time_left(term.closes_at, self.at, language())
        else:
            late = days_late(term.closes_at, self.at)
        said = ngettext("%(days)s day late", "%(days)s days late", late)
        return said % {"days": in_locale(late)} if late else gettext("in time")

    def render_line(self, record: Appeal) -> SafeString:
        url = reverse("appeals:detail", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.answer.measure.title)

    def render_state(self, record: Appeal) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_filed_at(self, value: datetime) -> str:
        return format_moment(value, language())
