"""The board of a year: agencies, their details, and the work of each assessor."""

from dataclasses import dataclass
from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tables2.data import TableQuerysetData

from agencies.persian import in_locale, language
from cycles.calendar import format_moment, time_left
from cycles.ui.tables import CardsTable, out_of
from submissions.progress.agency_rows import WAITS, AgencyRows, Progress, waits_for
from submissions.progress.queries import Work
from submissions.templatetags.states import state_badge
from submissions.workflow import SubmissionState


@dataclass
class BoardDetail:
    """What the board says of an agency on the page shown: its closing, days late, the acts open to
    the reader.
    """

    closes_at: datetime | None
    late: int
    acts: set[str]


class BoardData(TableQuerysetData):
    """The agencies of a board, of which only those on the page shown are read; `count` where it is
    known already how many they are.
    """

    ordering = None

    def __init__(self, rows: AgencyRows, count: int | None) -> None:
        super().__init__(rows)
        self._length = count


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

    def __init__(self, data: BoardData, *, at: datetime) -> None:
        self.at = at
        self.details: dict[int, BoardDetail] = {}
        super().__init__(data)

    def _detail(self, record: Progress) -> BoardDetail | None:
        return self.details.get(record.submission or 0)

    def render_name(self, record: Progress) -> SafeString | str:
        if record.submission is None:
            return record.name
        return format_html(
            '<a href="{}">{}</a>',
            reverse("submissions:detail", args=[record.submission]),
            record.name,
        )

    def render_state(self, record: Progress) -> SafeString:
        if record.submission is None:
            return state_badge("", _("Not begun"))
        return state_badge(record.state, SubmissionState(record.state).label)

    def render_complete(self, record: Progress) -> SafeString | str:
        return (
            "—"
            if record.submission is None
            else out_of(record.complete, record.own, str(_("Lines complete")))
        )

    def render_marked(self, record: Progress) -> str:
        return in_locale(record.marked) if record.is_due else "—"

    def render_handed_in(self, record: Progress) -> SafeString | str:
        return (
            out_of(record.handed_in, record.blocks, str(_("Blocks handed in")))
            if record.is_due
            else "—"
        )

    def render_settled(self, record: Progress) -> SafeString | str:
        return (
            out_of(record.settled, record.lines, str(_("Lines settled"))) if record.is_due else "—"
        )

    def render_waits(self, record: Progress) -> SafeString | str:
        said = [str(label) for code, label in WAITS if waits_for(record, code)]
        return (
            format_html_join(
                " ", '<span class="badge bg-orange-lt">{}</span>', ((s,) for s in said)
            )
            or "—"
        )

    def render_closes_at(self, record: Progress) -> SafeString | str:
        detail = self._detail(record)
        if detail is None:
            return "—"
        if detail.late:
            words = ngettext("%(days)s day late", "%(days)s days late", detail.late)
            return format_html(
                '<span class="text-danger">{}</span>', words % {"days": in_locale(detail.late)}
            )
        return time_left(detail.closes_at, self.at, language()) if detail.closes_at else "—"

    def render_acts(self, record: Progress) -> SafeString | str:
        detail = self._detail(record)
        if detail is None:
            return "—"
        links = []
        if "assign" in detail.acts:
            links.append((reverse("submissions:assign", args=[record.submission]), _("Assign")))
        if "communicate" in detail.acts:
            links.append(
                (
                    reverse("submissions:move", args=[record.submission, "communicate"]),
                    _("Communicate"),
                )
            )
        links.append((reverse("submissions:report", args=[record.submission]), _("Scores")))
        return format_html(
            '<span class="d-flex flex-wrap gap-3">{}</span>',
            format_html_join("", '<a href="{}">{}</a>', links),
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
        return format_html(
            '<a href="{}">{}</a>', reverse("cycles:person", args=[record.person]), record.name
        )

    def render_handed_in(self, record: Work) -> SafeString:
        return out_of(record.handed_in, record.blocks, str(_("Blocks handed in")))

    def render_marked(self, record: Work) -> SafeString:
        return out_of(record.marked, record.lines, str(_("Lines marked")))

    def render_lately(self, value: int) -> str:
        return in_locale(value)

    def render_left(self, record: Work) -> str:
        if record.marked >= record.lines:
            return str(_("Done"))
        if not record.lately:
            return str(_("Nothing was marked lately"))
        return in_locale(-(-(record.lines - record.marked) * 7 // record.lately))

    def render_latest(self, record: Work) -> str:
        return format_moment(record.latest, language()) if record.latest else "—"
