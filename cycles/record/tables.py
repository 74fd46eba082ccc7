"""The official record as a list."""

from datetime import datetime

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.calendar import format_date, format_moment
from cycles.models import Entry
from cycles.ui.tables import CardsTable, code, number


class LedgerTable(CardsTable):
    at = tables.Column(verbose_name=_("When"), order_by=("at", "pk"))
    act = tables.Column(verbose_name=_("Act"))
    object_label = tables.Column(verbose_name=_("On what"), orderable=False)
    agency_code = tables.Column(verbose_name=_("Agency"))
    actor_name = tables.Column(
        verbose_name=_("By whom"), empty_values=(), order_by=("actor_name", "pk")
    )
    days_late = tables.Column(verbose_name=_("Days late"))
    note = tables.Column(verbose_name=_("Note"), orderable=False)

    class Meta:
        model = Entry
        fields = ("at", "act", "object_label", "agency_code", "actor_name", "days_late", "note")

    def render_at(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_act(self, record: Entry) -> SafeString:
        change = record.change
        detail = format_html('<div class="text-secondary small">{}</div>', change) if change else ""
        return format_html("{}{}", record.sentence, detail)

    def render_object_label(self, value: str) -> SafeString:
        return format_html('<bdi lang="fa">{}</bdi>', value)

    def render_agency_code(self, value: str) -> SafeString:
        return code(value)

    def render_actor_name(self, record: Entry) -> SafeString | str:
        if record.actor_id is None:
            return gettext("The calendar itself")
        return format_html('<bdi lang="fa">{}</bdi>', record.actor_name)

    def render_days_late(self, record: Entry) -> SafeString | str:
        if record.statutory_at is None:
            return "—"
        if not record.days_late:
            return gettext("in time")
        due = gettext("due %(when)s") % {"when": format_date(record.statutory_at, language())}
        late = gettext("%(days)s days late") % {"days": number(record.days_late)}
        return format_html(
            '<span class="badge bg-danger-lt">{}</span> <span class="small">{}</span>', late, due
        )
