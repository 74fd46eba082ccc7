"""The list of indicator sets, and the board of every agency's stage."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cycles.calendar import Phase, days_late, format_date, time_left
from cycles.models import Participation
from cycles.tables import code, language, link, number
from cycles.workflow import Windows
from indicators.models import FULL_POINTS, NOT_BEGUN, STAGES, IndicatorSet
from indicators.workflow import SetState

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
