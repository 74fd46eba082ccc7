"""Lists of self-assessments and of blocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.persian import format_number, language, localised
from cycles.calendar import format_moment, time_left
from submissions.models import Block, Reconciliation, Stewardship, Submission, Verification
from submissions.progress import WAITS, Progress, Work, waits_for
from submissions.templatetags.states import state_badge
from submissions.workflow import SubmissionState


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


class VerificationTable(CardsTable):
    """Lines that are verified at the source: why, by whom, what was found."""

    line = tables.Column(_("Line"), accessor="line__measure__title", orderable=False)
    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    why = tables.Column(_("Why drawn"), orderable=False)
    assessor = tables.Column(_("Assessor"), accessor="assessor__name", order_by=("assessor__name_fa", "pk"))
    state = tables.Column(_("State"))
    finding = tables.Column(_("Finding"), empty_values=())

    class Meta(CardsTable.Meta):
        model = Verification
        fields = ("line", "agency", "why", "assessor", "state", "finding")

    def render_line(self, value: Any, record: Verification) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_why(self, record: Verification) -> str:
        return _("; ").join(str(why.label) for why in record.reasons)

    def render_state(self, record: Verification) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_finding(self, record: Verification) -> SafeString | str:
        return state_badge(record.finding, record.get_finding_display()) if record.is_concluded else "—"


class StewardshipTable(CardsTable):
    """Measures that stewards supply for all agencies."""

    measure = tables.Column(_("Measure"), order_by=("measure__indicator__axis__position", "measure__position", "pk"))
    cycle = tables.Column(_("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk"))
    steward = tables.Column(_("Steward"), order_by=("steward__name_fa", "pk"))
    progress = tables.Column(_("Figures"), accessor="lines_given", order_by=("lines_given", "pk"))
    state = tables.Column(_("State"))
    supplied_at = tables.Column(_("Supplied"))

    class Meta(CardsTable.Meta):
        model = Stewardship
        fields = ("measure", "cycle", "steward", "progress", "state", "supplied_at")

    def render_measure(self, record: Stewardship) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.measure.title)

    def render_progress(self, record: Any) -> SafeString:
        return out_of(record.lines_given, record.lines, str(_("Figures")))

    def render_state(self, record: Stewardship) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_supplied_at(self, value: Any) -> str:
        return format_moment(value, language())


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
class BoardDetail:
    """What the board says of an agency on the page shown: its closing, days late, the acts open to the reader."""

    closes_at: datetime | None
    late: int
    acts: set[str]


class BoardTable(CardsTable):
    """Agencies of a cycle by how far they are, a column a stage; rows are `progress.Progress`.

    `details`, by the key of the self-assessment, are given once it is known which rows are shown.
    """

    name = tables.Column(_("Agency"), order_by="sort_key")
    state = tables.Column(_("State"), empty_values=())
    complete = tables.Column(_("Lines complete"))
    marked = tables.Column(_("Marks made"))
    handed_in = tables.Column(_("Blocks handed in"))
    settled = tables.Column(_("Lines settled"))
    waits = tables.Column(_("Waits for"), empty_values=(), orderable=False)
    closes_at = tables.Column(_("Time left"), empty_values=(), orderable=False)
    acts = tables.Column(_("Acts"), empty_values=(), orderable=False)

    class Meta(CardsTable.Meta):
        attrs = {"caption": _("Agencies and how far they are")}

    def __init__(self, data: list[Progress], *, at: datetime) -> None:
        self.at = at
        self.details: dict[int, BoardDetail] = {}
        super().__init__(data)

    def _detail(self, record: Progress) -> BoardDetail | None:
        return self.details.get(record.submission or 0)

    def render_name(self, record: Progress) -> SafeString | str:
        if record.submission is None:
            return record.name
        return format_html('<a href="{}">{}</a>', reverse("submissions:detail", args=[record.submission]), record.name)

    def render_state(self, record: Progress) -> SafeString:
        if record.submission is None:
            return state_badge("", _("Not begun"))
        return state_badge(record.state, SubmissionState(record.state).label)

    def render_complete(self, record: Progress) -> SafeString | str:
        return "—" if record.submission is None else out_of(record.complete, record.own, str(_("Lines complete")))

    def render_marked(self, record: Progress) -> str:
        return localised(record.marked) if record.is_due else "—"

    def render_handed_in(self, record: Progress) -> SafeString | str:
        return out_of(record.handed_in, record.blocks, str(_("Blocks handed in"))) if record.is_due else "—"

    def render_settled(self, record: Progress) -> SafeString | str:
        return out_of(record.settled, record.lines, str(_("Lines settled"))) if record.is_due else "—"

    def render_waits(self, record: Progress) -> SafeString | str:
        said = [str(label) for code, label in WAITS if waits_for(record, code)]
        return format_html_join(" ", '<span class="badge bg-orange-lt">{}</span>', ((s,) for s in said)) or "—"

    def render_closes_at(self, record: Progress) -> SafeString | str:
        detail = self._detail(record)
        if detail is None:
            return "—"
        if detail.late:
            words = ngettext("%(days)s day late", "%(days)s days late", detail.late)
            return format_html('<span class="text-danger">{}</span>', words % {"days": localised(detail.late)})
        return time_left(detail.closes_at, self.at, language()) if detail.closes_at else "—"

    def render_acts(self, record: Progress) -> SafeString | str:
        detail = self._detail(record)
        if detail is None:
            return "—"
        links = []
        if "assign" in detail.acts:
            links.append((reverse("submissions:assign", args=[record.submission]), _("Assign")))
        if "communicate" in detail.acts:
            links.append((reverse("submissions:move", args=[record.submission, "communicate"]), _("Communicate")))
        links.append((reverse("submissions:report", args=[record.submission]), _("Scores")))
        return format_html(
            '<span class="d-flex flex-wrap gap-3">{}</span>', format_html_join("", '<a href="{}">{}</a>', links)
        )


class WorkTable(CardsTable):
    """Assessors of a cycle by how far they are; rows are `progress.Work`."""

    name = tables.Column(_("Assessor"), order_by="name_fa")
    handed_in = tables.Column(_("Blocks handed in"))
    marked = tables.Column(_("Lines marked"))
    lately = tables.Column(_("In the last seven days"))
    left = tables.Column(_("Days left at this pace"), empty_values=(), orderable=False)
    latest = tables.Column(_("Last mark"), empty_values=())

    class Meta(CardsTable.Meta):
        attrs = {"caption": _("Assessors and how far they are")}

    def render_name(self, record: Work) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("cycles:person", args=[record.person]), record.name)

    def render_handed_in(self, record: Work) -> SafeString:
        return out_of(record.handed_in, record.blocks, str(_("Blocks handed in")))

    def render_marked(self, record: Work) -> SafeString:
        return out_of(record.marked, record.lines, str(_("Lines marked")))

    def render_lately(self, value: int) -> str:
        return localised(value)

    def render_left(self, record: Work) -> str:
        if record.marked >= record.lines:
            return str(_("Done"))
        if not record.lately:
            return str(_("Nothing was marked lately"))
        return localised(-(-(record.lines - record.marked) * 7 // record.lately))

    def render_latest(self, record: Work) -> str:
        return format_moment(record.latest, language()) if record.latest else "—"
