"""Plans and quarterly reports as a list, with their lights."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.calendar import Phase, days_late, format_date, time_left
from cycles.ui.tables import CardsTable, code, link, number
from cycles.workflow import Term, Windows
from indicators.attainment import Light
from indicators.models import Plan, QuarterReport
from indicators.templatetags.lights import TONES
from indicators.workflow import PlanState, ReportState
from indicators.working_groups.tables import StateBadge


def plan_state(plan: Plan, windows: Windows, at: datetime) -> StateBadge:
    """Draw a plan's state: signed, ended with its agency, to be signed with the time left, or not
    signed in time.
    """
    if plan.state == PlanState.SIGNED:
        return StateBadge("green", plan.get_state_display())
    if plan.participation.ended_by_id:
        return StateBadge("secondary", gettext("Ended with the agency"))
    term = windows.of(Phase.MONITORING, plan)
    if term and at >= term.closes_at:
        return _closed_badge(gettext("Not signed"), term, at)
    return _open_badge(plan.get_state_display(), term, at)


def report_state(report: QuarterReport, plan: Plan, windows: Windows, at: datetime) -> StateBadge:
    """Draw a quarter's state: reported, open with the time that is left, not reported with the days
    since, or to come.
    """
    if report.state == ReportState.REPORTED:
        return StateBadge("green", report.get_state_display())
    if report.quarter not in plan.quarters:
        return StateBadge("secondary", gettext("Before the plan"))
    if plan.participation.ended_by_id:
        return StateBadge("secondary", gettext("Ended with the agency"))
    term = windows.of(Phase.MONITORING, report)
    if term and at >= term.closes_at:
        return _closed_badge(gettext("Not reported"), term, at)
    return _open_badge(
        gettext("Open now") if term and term.is_open(at) else gettext("To come"), term, at
    )


def _open_badge(word: str, term: Term | None, at: datetime) -> StateBadge:
    if term is None:
        return StateBadge("secondary", word)
    if at < term.opens_at:
        return StateBadge(
            "secondary",
            word,
            gettext("from %(day)s") % {"day": format_date(term.opens_at, language())},
        )
    return StateBadge(
        "yellow",
        word,
        gettext("%(time)s left") % {"time": time_left(term.closes_at, at, language())},
    )


def _closed_badge(word: str, term: Term, at: datetime) -> StateBadge:
    days = days_late(term.closes_at, at)
    beside = ngettext("closed %(days)s day ago", "closed %(days)s days ago", days) % {
        "days": number(days)
    }
    return StateBadge("red", word, beside)


class PlanTable(CardsTable):
    """Plans with the state of their four quarters; `lights` are given once the page is known."""

    agency = tables.Column(verbose_name=_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(verbose_name=_("Assessed year"), order_by=("cycle__year", "pk"))
    state = tables.Column(
        verbose_name=_("Annual plan"), order_by=("state", "agency__sort_key", "pk")
    )
    quarter_1 = tables.Column(verbose_name=_("Quarter 1"), empty_values=(), orderable=False)
    quarter_2 = tables.Column(verbose_name=_("Quarter 2"), empty_values=(), orderable=False)
    quarter_3 = tables.Column(verbose_name=_("Quarter 3"), empty_values=(), orderable=False)
    quarter_4 = tables.Column(verbose_name=_("Quarter 4"), empty_values=(), orderable=False)
    lights = tables.Column(verbose_name=_("Last report"), empty_values=(), orderable=False)

    class Meta:
        model = Plan
        fields = (
            "agency",
            "cycle",
            "state",
            "quarter_1",
            "quarter_2",
            "quarter_3",
            "quarter_4",
            "lights",
        )

    def __init__(self, data: QuerySet[Plan], *, at: datetime, windows: Windows) -> None:
        self.at, self.windows = at, windows
        self.lights_by_plan: Mapping[int, Counter[Light]] = {}
        super().__init__(data)

    def render_agency(self, record: Plan) -> SafeString:
        return format_html(
            "{} {}", link(record.get_absolute_url(), record.agency.name), code(record.agency.code)
        )

    def render_cycle(self, record: Plan) -> str:
        return record.cycle.label

    def render_state(self, record: Plan) -> SafeString:
        return plan_state(record, self.windows, self.at).cell()

    def _quarter(self, record: Plan, quarter: int) -> SafeString | str:
        for report in record.reports.all():
            if report.quarter == quarter:
                return report_state(report, record, self.windows, self.at).cell(
                    report.get_absolute_url()
                )
        return "—"

    def render_quarter_1(self, record: Plan) -> SafeString | str:
        return self._quarter(record, 1)

    def render_quarter_2(self, record: Plan) -> SafeString | str:
        return self._quarter(record, 2)

    def render_quarter_3(self, record: Plan) -> SafeString | str:
        return self._quarter(record, 3)

    def render_quarter_4(self, record: Plan) -> SafeString | str:
        return self._quarter(record, 4)

    def render_lights(self, record: Plan) -> SafeString | str:
        return counted_lights(self.lights_by_plan.get(record.pk, Counter())) or "—"


WORDS = {
    Light.GREEN: _("%(share)s green"),
    Light.AMBER: _("%(share)s amber"),
    Light.RED: _("%(share)s red"),
}


def counted_lights(lights: Mapping[Light, int]) -> SafeString:
    """Draw how many figures have which light, as "3 / 5 green"; leave out lights that none has."""
    whole = sum(lights.values())
    badges = []
    for light, words in WORDS.items():
        if lights.get(light):
            share = f"{number(lights[light])} / {number(whole)}"
            badges.append((TONES[light], words % {"share": share}))
    return format_html_join(" ", '<span class="badge bg-{}-lt">{}</span>', badges)
