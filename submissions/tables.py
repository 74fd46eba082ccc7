"""Lists of self-assessments and of blocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.text import format_number, localised
from cycles.calendar import format_moment, time_left
from cycles.models import Participation
from submissions.models import Block, Reconciliation, Submission
from submissions.templatetags.states import state_badge


def language() -> str:
    return get_language() or "fa"


def out_of(done: int, whole: int, name: str) -> SafeString:
    """A bar with its numbers as words: "53 of 60"."""
    return format_html(
        '<progress class="progress" max="{}" value="{}" aria-label="{}"></progress> <span>{} / {}</span>',
        whole or 1,
        done,
        name,
        format_number(done, language()),
        format_number(whole, language()),
    )


class CardsTable(tables.Table):
    """A table in the portal's own markup, which a phone shows as cards."""

    class Meta:
        template_name = "tables.html"


class SubmissionTable(CardsTable):
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(_("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk"))
    state = tables.Column(_("State"))
    progress = tables.Column(_("Lines complete"), accessor="lines_done", order_by=("lines_done", "pk"))
    blocks = tables.Column(_("Blocks handed in"), accessor="blocks_done", order_by=("blocks_done", "pk"))
    submitted_at = tables.Column(_("Signed"))

    class Meta(CardsTable.Meta):
        model = Submission
        fields = ("agency", "cycle", "state", "progress", "blocks", "submitted_at")

    def render_agency(self, record: Submission) -> SafeString:
        url = reverse("submissions:detail", args=[record.pk])
        return format_html(
            '<a href="{}">{}</a> <bdi class="code" lang="en">{}</bdi>', url, record.agency.name, record.agency.code
        )

    def render_state(self, record: Submission) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_progress(self, record: Any) -> SafeString:
        return out_of(record.lines_done, record.lines, str(_("Lines complete")))

    def render_blocks(self, record: Any) -> SafeString:
        return out_of(record.blocks_done, record.blocks_total, str(_("Blocks handed in")))

    def render_submitted_at(self, value: Any) -> str:
        return format_moment(value, language())


class ReconciliationTable(CardsTable):
    """Lines on which two assessors are apart, or were."""

    line = tables.Column(_("Line"), accessor="line__measure__title", orderable=False)
    agency = tables.Column(_("Agency"), order_by="agency__sort_key")
    cycle = tables.Column(_("Cycle"), order_by="cycle__year")
    marks = tables.Column(_("Two marks"), empty_values=(), orderable=False)
    state = tables.Column(_("State"))

    class Meta(CardsTable.Meta):
        model = Reconciliation
        fields = ("line", "agency", "cycle", "marks", "state")

    def render_line(self, value: Any, record: Reconciliation) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_marks(self, record: Reconciliation) -> SafeString:
        shown = (
            _("Not applicable") if m.points is None else format_number(m.points, language(), places=2)
            for m in (record.first, record.second)
        )
        return format_html("{} · {}", *shown)

    def render_state(self, record: Reconciliation) -> SafeString:
        return state_badge(record.state, record.get_state_display())


class BlockTable(CardsTable):
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    axis = tables.Column(_("Axis"), order_by=("axis__set__kind", "axis__position", "pk"))
    cycle = tables.Column(_("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk"))
    progress = tables.Column(_("Lines marked"), accessor="lines_marked", order_by=("lines_marked", "pk"))
    state = tables.Column(_("State"))
    handed_in_at = tables.Column(_("Handed in"))

    class Meta(CardsTable.Meta):
        model = Block
        fields = ("agency", "axis", "cycle", "progress", "state", "handed_in_at")

    def render_axis(self, record: Block) -> SafeString:
        url = reverse("submissions:block", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.axis.title)

    def render_state(self, record: Block) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_progress(self, record: Any) -> SafeString:
        return out_of(record.lines_marked, record.lines, str(_("Lines marked")))

    def render_handed_in_at(self, value: Any) -> str:
        return format_moment(value, language())


@dataclass
class BoardRow:
    """One agency of a cycle and how far it is; `closes_at` is the closing it works against."""

    participation: Participation
    submission: Any
    closes_at: datetime | None
    late: int
    acts: set[str]

    @property
    def name(self) -> str:
        return self.participation.sort_key

    @property
    def state(self) -> str:
        return self.submission.state if self.submission else ""

    @property
    def answered(self) -> int:
        return self.submission.lines_done if self.submission else -1

    @property
    def handed_in(self) -> int:
        return self.submission.blocks_done if self.submission else -1


class BoardTable(CardsTable):
    """Agencies of a cycle by how far they are; rows are BoardRow."""

    name = tables.Column(_("Agency"))
    state = tables.Column(_("State"), empty_values=())
    answered = tables.Column(_("Lines complete"))
    handed_in = tables.Column(_("Blocks handed in"))
    closes_at = tables.Column(_("Time left"), empty_values=(), order_by="late")
    acts = tables.Column(_("Acts"), orderable=False)

    class Meta(CardsTable.Meta):
        attrs = {"caption": _("Agencies and how far they are")}

    def __init__(self, data: list[BoardRow], *, at: datetime) -> None:
        self.at = at
        super().__init__(data)

    def render_name(self, record: BoardRow) -> SafeString | str:
        if record.submission is None:
            return record.participation.name
        url = reverse("submissions:detail", args=[record.submission.pk])
        return format_html('<a href="{}">{}</a>', url, record.participation.name)

    def render_state(self, record: BoardRow) -> SafeString:
        if record.submission is None:
            return state_badge("", _("Not begun"))
        return state_badge(record.state, record.submission.get_state_display())

    def render_answered(self, record: BoardRow) -> SafeString | str:
        if record.submission is None:
            return "—"
        return out_of(record.answered, record.submission.lines, str(_("Lines complete")))

    def render_handed_in(self, record: BoardRow) -> SafeString | str:
        if record.submission is None:
            return "—"
        return out_of(record.handed_in, record.submission.blocks_total, str(_("Blocks handed in")))

    def render_closes_at(self, record: BoardRow) -> SafeString | str:
        if record.late:
            words = ngettext("%(days)s day late", "%(days)s days late", record.late)
            return format_html('<span class="text-danger">{}</span>', words % {"days": localised(record.late)})
        return time_left(record.closes_at, self.at, language()) if record.closes_at else "—"

    def render_acts(self, record: BoardRow) -> SafeString | str:
        if record.submission is None:
            return "—"
        links = []
        if "assign" in record.acts:
            links.append((reverse("submissions:assign", args=[record.submission.pk]), _("Assign")))
        if "communicate" in record.acts:
            links.append((reverse("submissions:move", args=[record.submission.pk, "communicate"]), _("Communicate")))
        links.append((reverse("submissions:report", args=[record.submission.pk]), _("Scores")))
        return format_html(
            '<span class="d-flex flex-wrap gap-3">{}</span>', format_html_join("", '<a href="{}">{}</a>', links)
        )
