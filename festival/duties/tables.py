"""Duties, when each was due and when it was done, as a list."""

from datetime import datetime

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale, language
from cycles.calendar import format_date, format_deadline, format_moment
from cycles.ui.tables import CardsTable
from festival.duties.catalogue import DUTIES
from festival.duties.queries import DutyOccurrence, Timeliness
from festival.duties.sentences import digits
from festival.table_cells import name_cell


class OccasionTable(CardsTable):
    """Each occasion of a duty (`festival.duties.queries.duty_occurrences`), the latest first."""

    duty = tables.Column(verbose_name=_("Duty"), order_by=("duty", "row"))
    of_year = tables.Column(verbose_name=_("Year"), order_by=("of_year", "duty", "row"))
    agency = tables.Column(
        verbose_name=_("Agency"),
        accessor="agency_fa",
        empty_values=(),
        order_by=("agency_key", "duty", "row"),
    )
    province = tables.Column(
        verbose_name=_("Province"),
        accessor="province_fa",
        order_by=("province_fa", "agency_key", "duty", "row"),
    )
    due_at = tables.Column(verbose_name=_("Statutory date"), order_by=("due_at", "duty", "row"))
    done_at = tables.Column(
        verbose_name=_("Done"), empty_values=(), order_by=("done_at", "duty", "row")
    )
    days_late = tables.Column(
        verbose_name=_("Days late"), order_by=("days_late", "of_year", "duty", "row")
    )

    class Meta:
        order_by = "-days_late"
        attrs = {"caption": _("Each duty by year and agency")}

    def render_duty(self, value: str) -> str:
        return digits(DUTIES[value].title)

    def render_of_year(self, value: int) -> str:
        return digits(value)

    def render_agency(self, record: DutyOccurrence) -> str:
        if record["of_agency"] is None:
            return gettext("the whole country")
        return name_cell(record["agency_fa"], record["agency_en"])

    def render_province(self, record: DutyOccurrence) -> str:
        return name_cell(record["province_fa"], record["province_en"])

    def render_due_at(self, value: datetime, record: DutyOccurrence) -> SafeString | str:
        due = format_deadline(value, language())
        if value == record["statutory_at"]:
            return due
        by_decree = gettext("moved by decree from %(when)s") % {
            "when": format_date(record["statutory_at"], language())
        }
        return format_html('{} <span class="text-secondary small">{}</span>', due, by_decree)

    def render_done_at(self, record: DutyOccurrence) -> str:
        if record["timeliness"] in (Timeliness.WAITING, Timeliness.OVERDUE):
            return gettext("not yet")
        return format_moment(record["done_at"], language()) if record["done_at"] else ""

    def render_days_late(self, value: int, record: DutyOccurrence) -> SafeString | str:
        if record["timeliness"] == Timeliness.WAITING:
            return gettext("not due yet")
        if not value:
            return gettext("in time")
        tone = "danger" if record["timeliness"] == Timeliness.OVERDUE else "warning"
        said = ngettext("%(days)s day late", "%(days)s days late", value) % {
            "days": in_locale(value)
        }
        waits = gettext("still waiting") if record["timeliness"] == Timeliness.OVERDUE else ""
        return format_html(
            '<span class="badge bg-{}-lt">{}</span> <span class="small">{}</span>',
            tone,
            said,
            waits,
        )
