"""The list of indicator sets, the board of every agency's stage, and the list of annual plans."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from agencies.persian import language
from cycles.calendar import Phase, days_late, format_date, time_left
from cycles.ui.tables import number
from cycles.workflow import Windows
from cycles.workflow_objects import CycleMatter
from indicators.models import NOT_BEGUN, IndicatorSet
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
    return format_html(
        '<span class="badge bg-{}-lt">{}</span>', colour, indicator_set.get_state_display()
    )


def deadline_of_set(record: IndicatorSet, windows: Windows, at: datetime) -> SafeString | str:
    """Say how long until the set should have moved on, or how many days ago that was."""
    return deadline_at_stage(record.state, record, windows, at)


def deadline_at_stage(
    stage: str, obj: CycleMatter, windows: Windows, at: datetime
) -> SafeString | str:
    """Say how long until what stands at a stage should have moved on, or since when it is late."""
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
