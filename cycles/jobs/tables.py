"""The list of jobs, and how each cell is written in the reader's way."""

from collections.abc import Iterable
from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import language
from cycles.administration_workflow import JobState
from cycles.calendar import format_moment
from cycles.jobs import kinds
from cycles.models import Job
from cycles.ui.tables import CardsTable, link, number

COLOURS = {
    JobState.WAITING: "secondary",
    JobState.RUNNING: "blue",
    JobState.DONE: "green",
    JobState.FAILED: "danger",
    JobState.CANCELLED: "secondary",
}
ADDRESSES = {"try_again": "cycles:job_try_again", "stop": "cycles:job_stop"}


class JobTable(CardsTable):
    """`moves` are the names and labels of what the reader may do with a job, by its state."""

    title = tables.Column(verbose_name=_("Job"), accessor="title_fa", orderable=False)
    asked_at = tables.Column(verbose_name=_("Ordered"))
    state = tables.Column(verbose_name=_("State"), orderable=False)
    attempts = tables.Column(verbose_name=_("Attempts"))
    acts = tables.Column(verbose_name=_("Acts"), empty_values=(), orderable=False)

    class Meta:
        model = Job
        fields = ("title", "asked_at", "state", "attempts", "acts")

    def __init__(self, data: Iterable[Job], *, moves: dict[str, list[tuple[str, str]]]) -> None:
        self.moves = moves
        super().__init__(data)

    def render_title(self, record: Job) -> SafeString:
        detail = format_html('<bdi class="code" lang="en">{} {}</bdi>', record.kind, record.pk)
        return format_html(
            '<div>{}<div class="text-secondary small">{}</div></div>', record, detail
        )

    def render_asked_at(self, value: datetime, record: Job) -> SafeString:
        who = record.asked_by or gettext("The calendar itself")
        moment = format_moment(value, language())
        return format_html('<div>{}<div class="text-secondary small">{}</div></div>', moment, who)

    def render_state(self, record: Job) -> SafeString:
        colour = COLOURS[JobState(record.state)]
        lines = [
            format_html(
                '<span class="badge bg-{}-lt">{}</span>', colour, record.get_state_display()
            )
        ]
        if record.state == JobState.RUNNING and record.step:
            percent = gettext("%(percent)s percent") % {"percent": number(record.percent)}
            lines.append(format_html("{} · {}", kinds.words(record), percent))
        if record.finished_at:
            lines.append(format_html("{}", format_moment(record.finished_at, language())))
        if record.reason:
            lines.append(format_html("{}", record.get_reason_display()))
        if record.error:
            lines.append(
                format_html(
                    '<bdi class="code text-break" lang="en" dir="ltr">{}</bdi>', record.error
                )
            )
        return format_html(
            "<div>{}</div>", format_html_join("", "<div>{}</div>", [(line,) for line in lines])
        )

    def render_attempts(self, value: int, record: Job) -> str:
        known = kinds.KINDS.get(record.kind)
        if known is None:
            return number(value)
        return gettext("%(count)s of %(most)s") % {
            "count": number(value),
            "most": number(known.attempts),
        }

    def render_acts(self, record: Job) -> SafeString | str:
        moves = self.moves.get(record.state, [])
        links = [
            (link(reverse(ADDRESSES[name], args=[record.pk]), label),) for name, label in moves
        ]
        return format_html_join(" · ", "{}", links) or "—"
