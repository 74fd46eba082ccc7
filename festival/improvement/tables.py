"""Improvement plans as a list and as a file."""

from collections.abc import Iterable
from datetime import datetime

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.calendar import day_of
from cycles.spreadsheets.sheet_files import write_rows
from cycles.spreadsheets.sheets import Column, Form
from cycles.ui.tables import CardsTable
from festival.models import ImprovementPlan
from festival.table_cells import day, days_late
from submissions.templatetags.states import state_badge


class ImprovementTable(CardsTable):
    """Plans, each with how late it is and how many of its items are completed."""

    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(
        _("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk")
    )
    state = tables.Column(_("State"), order_by=("state", "pk"))
    due_on = tables.Column(_("Due"), order_by=("due_on", "pk"))
    completed = tables.Column(
        _("Items completed"), accessor="items_completed", order_by=("items_completed", "pk")
    )

    class Meta(CardsTable.Meta):
        model = ImprovementPlan
        fields = ("agency", "cycle", "state", "due_on", "completed")
        attrs = {"caption": _("Improvement plans")}

    def __init__(self, plans: QuerySet[ImprovementPlan], *, at: datetime) -> None:
        super().__init__(plans)
        self.at = at

    def render_agency(self, record: ImprovementPlan) -> SafeString:
        url = reverse("festival:improvement", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.agency.name)

    def render_state(self, record: ImprovementPlan) -> SafeString:
        badge = state_badge(record.state, record.get_state_display())
        if not record.is_compulsory:
            return badge
        return format_html(
            '{} <span class="badge bg-orange-lt">{}</span>', badge, gettext("Compulsory")
        )

    def render_due_on(self, record: ImprovementPlan) -> SafeString | str:
        late = days_late(record.days_late if record.signed_at else record.late_by(self.at))
        if not late:
            return day(record.due_on)
        return format_html('{} <span class="text-danger">{}</span>', day(record.due_on), late)

    def render_completed(self, record: ImprovementPlan) -> str:
        counts = {
            "done": in_locale(record.items_completed),
            "all": in_locale(record.items_all - record.items_cancelled),
        }
        return gettext("%(done)s of %(all)s") % counts


COLUMNS = (
    "year",
    "code",
    "name_fa",
    "name_en",
    "state",
    "compulsory",
    "due_on",
    "signed_on",
    "days_late",
    "items",
    "completed",
    "cancelled",
)


PLANS = Form("improvement_plans", 1, tuple(Column(name) for name in COLUMNS))


def plans_file(plans: Iterable[ImprovementPlan], kind: str) -> bytes:
    """Write plans, a row each, as a file of one kind."""
    return write_rows(PLANS, map(_row, plans), kind)


def _row(plan: ImprovementPlan) -> dict[str, object]:
    """Return the cells of a plan by the names of `COLUMNS`."""
    return {
        "year": plan.cycle.year,
        "code": plan.agency.code,
        "name_fa": plan.agency.name_fa,
        "name_en": plan.agency.name_en,
        "state": plan.state,
        "compulsory": int(plan.is_compulsory),
        "due_on": plan.due_on,
        "signed_on": day_of(plan.signed_at) if plan.signed_at else None,
        "days_late": plan.days_late,
        "items": plan.items_all,
        "completed": plan.items_completed,
        "cancelled": plan.items_cancelled,
    }
