"""The list of indicator sets, the board of every agency's stage, and the list of annual plans."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.calendar import Phase, days_late, format_date, time_left
from cycles.models import Participation
from cycles.ui.tables import code, link, number
from cycles.workflow import Term, Windows
from indicators.attainment import Light
from indicators.models import FULL_POINTS, NOT_BEGUN, STAGES, IndicatorSet, Plan, QuarterReport
from indicators.templatetags.lights import TONES
from indicators.workflow import PlanState, ReportState, SetState

COLOURS = {
    SetState.DRAFT: "secondary",
    SetState.PROPOSED: "primary",
    SetState.RETURNED: "warning",
    SetState.APPROVED: "primary",
    SetState.REJECTED: "danger",
    SetState.COMMUNICATED: "success",
}
PHASES = {
    SetState.DRAFT: Phase.PROPOSAL,
    SetState.PROPOSED: Phase.APPROVAL,
    SetState.RETURNED: Phase.APPROVAL,
    SetState.APPROVED: Phase.APPROVAL,
}
"""The phase by whose end a set in this state should have left it."""


def state_badge(indicator_set: IndicatorSet) -> SafeString:
    colour = COLOURS[SetState(indicator_set.state)]
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, indicator_set.get_state_display())


class SetTable(tables.Table):
    name = tables.Column(verbose_name=_("Set"), accessor="kind", order_by=("kind", "agency__sort_key", "pk"))
    cycle = tables.Column(verbose_name=_("Assessed year"), order_by=("cycle__year", "pk"))
    state = tables.Column(verbose_name=_("State"))
    measure_count = tables.Column(verbose_name=_("Measures"))
    points = tables.Column(verbose_name=_("Points of 1000"))
    due = tables.Column(verbose_name=_("Time"), empty_values=(), orderable=False)

    class Meta:
        model = IndicatorSet
        fields = ("name", "cycle", "state", "measure_count", "points", "due")

    def __init__(self, *args: Any, at: datetime, windows: Windows, **kwargs: Any) -> None:
        self.at, self.windows = at, windows
        super().__init__(*args, **kwargs)

    def render_name(self, record: IndicatorSet) -> SafeString:
        title = str(record.agency) if record.agency else record.get_kind_display()
        kind = format_html('<div class="text-secondary small">{}</div>', record.get_kind_display())
        return format_html("{}{}", link(reverse("indicators:detail", args=[record.pk]), title), kind)

    def render_cycle(self, record: IndicatorSet) -> str:
        return record.cycle.label

    def render_state(self, record: IndicatorSet) -> SafeString:
        return state_badge(record)

    def render_measure_count(self, value: int) -> str:
        return number(value)

    def render_points(self, value: Any) -> SafeString | str:
        shown = number(value)
        return shown if value == FULL_POINTS else format_html('<span class="badge bg-warning-lt">{}</span>', shown)

    def render_due(self, record: IndicatorSet) -> SafeString | str:
        return due(record, self.windows, self.at)


def due(record: IndicatorSet, windows: Windows, at: datetime) -> SafeString | str:
    """How long until the set should have moved on, or how many days ago that was."""
    return left_or_late(record.state, record, windows, at)


def left_or_late(stage: str, obj: Any, windows: Windows, at: datetime) -> SafeString | str:
    """How long until what stands at a stage should have moved on, or how many days ago that was."""
    phase = Phase.PROPOSAL if stage == NOT_BEGUN else PHASES.get(SetState(stage))
    window = windows.of(phase, obj) if phase else None
    if window is None:
        return "—"
    if at < window.opens_at:
        return gettext("from %(day)s") % {"day": format_date(window.opens_at, language())}
    if late := days_late(window.closes_at, at):
        words = gettext("%(days)s days late") % {"days": number(late)}
        return format_html('<span class="badge bg-danger-lt">{}</span>', words)
    return gettext("%(time)s left") % {"time": time_left(window.closes_at, at, language())}


class BoardTable(tables.Table):
    """One row an agency: how far its own indicators are."""

    agency = tables.Column(verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk"))
    sector = tables.Column(verbose_name=_("Working group"), order_by=("sector", "sort_key", "pk"))
    stage = tables.Column(verbose_name=_("Stage"))
    measures = tables.Column(verbose_name=_("Measures"))
    points = tables.Column(verbose_name=_("Points of 1000"))
    voters = tables.Column(verbose_name=_("Votes"))
    due = tables.Column(verbose_name=_("Time"), empty_values=(), orderable=False)

    class Meta:
        model = Participation
        fields = ("agency", "sector", "stage", "measures", "points", "voters", "due")

    def __init__(self, *args: Any, at: datetime, windows: Windows, **kwargs: Any) -> None:
        self.at, self.windows = at, windows
        super().__init__(*args, **kwargs)

    def render_agency(self, record: Any) -> SafeString:
        name = record.name
        if record.set_pk and record.stage != SetState.DRAFT:
            name = link(reverse("indicators:detail", args=[record.set_pk]), name)
        return format_html("{} {}", name, code(record.agency.code))

    def render_sector(self, record: Any) -> str:
        return str(record.get_sector_display())

    def render_stage(self, record: Any) -> SafeString:
        colour = "secondary" if record.stage == NOT_BEGUN else COLOURS[SetState(record.stage)]
        label = dict(STAGES)[record.stage]
        again = ""
        if record.set_round and record.set_round > 1:
            again = gettext("round %(number)s") % {"number": number(record.set_round)}
        badge = format_html('<span class="badge bg-{}-lt">{}</span>', colour, label)
        return format_html("{} {}", badge, again)

    def render_measures(self, value: int) -> str:
        return number(value)

    def render_points(self, value: Any) -> SafeString | str:
        shown = number(value)
        return shown if value == FULL_POINTS else format_html('<span class="badge bg-warning-lt">{}</span>', shown)

    def render_voters(self, value: int) -> str:
        return number(value)

    def render_due(self, record: Any) -> SafeString | str:
        return left_or_late(record.stage, record, self.windows, self.at)


# --- Annual plans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A state in one word with its colour, and beside it the time that is left or the days since there is none."""

    tone: str
    word: str
    beside: str = ""

    @property
    def badge(self) -> SafeString:
        return format_html('<span class="badge bg-{}-lt">{}</span>', self.tone, self.word)

    def cell(self, url: str = "") -> SafeString:
        """All of it, the word as a link where there is an address."""
        word = (
            self.badge
            if not url
            else format_html('<a class="badge bg-{}-lt" href="{}">{}</a>', self.tone, url, self.word)
        )
        beside = format_html(' <span class="text-secondary small">{}</span>', self.beside) if self.beside else ""
        return format_html("{}{}", word, beside)


def plan_state(plan: Plan, windows: Windows, at: datetime) -> Shown:
    """A plan's state: signed, ended with its agency, to be signed with the time left, or not signed in time."""
    if plan.state == PlanState.SIGNED:
        return Shown("green", plan.get_state_display())
    if plan.participation.ended_by_id:
        return Shown("secondary", gettext("Ended with the agency"))
    term = windows.of(Phase.MONITORING, plan)
    if term and at >= term.closes_at:
        return _closed(gettext("Not signed"), term, at)
    return _waiting(plan.get_state_display(), term, at)


def report_state(report: QuarterReport, plan: Plan, windows: Windows, at: datetime) -> Shown:
    """A quarter's state: reported, open with the time that is left, not reported with the days since, or to come."""
    if report.state == ReportState.REPORTED:
        return Shown("green", report.get_state_display())
    if report.quarter not in plan.quarters:
        return Shown("secondary", gettext("Before the plan"))
    if plan.participation.ended_by_id:
        return Shown("secondary", gettext("Ended with the agency"))
    term = windows.of(Phase.MONITORING, report)
    if term and at >= term.closes_at:
        return _closed(gettext("Not reported"), term, at)
    return _waiting(gettext("Open now") if term and term.is_open(at) else gettext("To come"), term, at)


def _waiting(word: str, term: Term | None, at: datetime) -> Shown:
    if term is None:
        return Shown("secondary", word)
    if at < term.opens_at:
        return Shown("secondary", word, gettext("from %(day)s") % {"day": format_date(term.opens_at, language())})
    return Shown("yellow", word, gettext("%(time)s left") % {"time": time_left(term.closes_at, at, language())})


def _closed(word: str, term: Term, at: datetime) -> Shown:
    days = days_late(term.closes_at, at)
    said = ngettext("closed %(days)s day ago", "closed %(days)s days ago", days) % {"days": number(days)}
    return Shown("red", word, said)


class PlanTable(tables.Table):
    """Plans with the state of their four quarters; `lights` are given once the page is known."""

    agency = tables.Column(verbose_name=_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(verbose_name=_("Assessed year"), order_by=("cycle__year", "pk"))
    state = tables.Column(verbose_name=_("Annual plan"), order_by=("state", "agency__sort_key", "pk"))
    quarter_1 = tables.Column(verbose_name=_("Quarter 1"), empty_values=(), orderable=False)
    quarter_2 = tables.Column(verbose_name=_("Quarter 2"), empty_values=(), orderable=False)
    quarter_3 = tables.Column(verbose_name=_("Quarter 3"), empty_values=(), orderable=False)
    quarter_4 = tables.Column(verbose_name=_("Quarter 4"), empty_values=(), orderable=False)
    lights = tables.Column(verbose_name=_("Last report"), empty_values=(), orderable=False)

    class Meta:
        model = Plan
        fields = ("agency", "cycle", "state", "quarter_1", "quarter_2", "quarter_3", "quarter_4", "lights")

    def __init__(self, *args: Any, at: datetime, windows: Windows, **kwargs: Any) -> None:
        self.at, self.windows = at, windows
        self.counted: Mapping[int, Counter[Light]] = {}
        super().__init__(*args, **kwargs)

    def render_agency(self, record: Plan) -> SafeString:
        return format_html("{} {}", link(record.get_absolute_url(), record.agency.name), code(record.agency.code))

    def render_cycle(self, record: Plan) -> str:
        return record.cycle.label

    def render_state(self, record: Plan) -> SafeString:
        return plan_state(record, self.windows, self.at).cell()

    def _quarter(self, record: Plan, quarter: int) -> SafeString | str:
        for report in record.reports.all():
            if report.quarter == quarter:
                return report_state(report, record, self.windows, self.at).cell(report.get_absolute_url())
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
        return counted_lights(self.counted.get(record.pk, Counter())) or "—"


WORDS = {Light.GREEN: _("%(share)s green"), Light.AMBER: _("%(share)s amber"), Light.RED: _("%(share)s red")}


def counted_lights(lights: Mapping[Light, int]) -> SafeString:
    """How many figures have which light, as "3 / 5 green"; those that none has are left out."""
    whole = sum(lights.values())
    said = (
        (TONES[each], WORDS[each] % {"share": f"{number(lights[each])} / {number(whole)}"})
        for each in WORDS
        if lights.get(each)
    )
    return format_html_join(" ", '<span class="badge bg-{}-lt">{}</span>', said)
