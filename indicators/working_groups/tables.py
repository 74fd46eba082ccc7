"""A working group's board."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cycles.models import Participation
from cycles.ui.tables import CardsTable, code, link, number
from cycles.workflow import Windows
from cycles.workflow_objects import CycleMatter
from indicators.models import FULL_POINTS, NOT_BEGUN, STAGES
from indicators.tables import COLOURS, deadline_at_stage
from indicators.workflow import SetState


class BoardRow(CycleMatter, Protocol):
    """A participation as `with_stage` annotates it, as far as the board shows it."""

    name: str
    agency: Agency
    stage: str
    set_pk: int | None
    set_round: int | None

    def get_sector_display(self) -> str: ...


class BoardTable(CardsTable):
    """One row an agency: how far its own indicators are."""

    agency = tables.Column(
        verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk")
    )
    sector = tables.Column(verbose_name=_("Working group"), order_by=("sector", "sort_key", "pk"))
    stage = tables.Column(verbose_name=_("Stage"))
    measures = tables.Column(verbose_name=_("Measures"))
    points = tables.Column(verbose_name=_("Points of 1000"))
    voters = tables.Column(verbose_name=_("Votes"))
    due = tables.Column(verbose_name=_("Time"), empty_values=(), orderable=False)

    class Meta:
        model = Participation
        fields = ("agency", "sector", "stage", "measures", "points", "voters", "due")

    def __init__(self, data: QuerySet[Participation], *, at: datetime, windows: Windows) -> None:
        self.at, self.windows = at, windows
        super().__init__(data)

    def render_agency(self, record: BoardRow) -> SafeString:
        name = record.name
        if record.set_pk and record.stage != SetState.DRAFT:
            name = link(reverse("indicators:detail", args=[record.set_pk]), name)
        return format_html("{} {}", name, code(record.agency.code))

    def render_sector(self, record: BoardRow) -> str:
        return str(record.get_sector_display())

    def render_stage(self, record: BoardRow) -> SafeString:
        colour = "secondary" if record.stage == NOT_BEGUN else COLOURS[SetState(record.stage)]
        label = dict(STAGES)[record.stage]
        again = ""
        if record.set_round and record.set_round > 1:
            again = gettext("round %(number)s") % {"number": number(record.set_round)}
        badge = format_html('<span class="badge bg-{}-lt">{}</span>', colour, label)
        return format_html("{} {}", badge, again)

    def render_measures(self, value: int) -> str:
        return number(value)

    def render_points(self, value: Decimal) -> SafeString | str:
        shown = number(value)
        return (
            shown
            if value == FULL_POINTS
            else format_html('<span class="badge bg-warning-lt">{}</span>', shown)
        )

    def render_voters(self, value: int) -> str:
        return number(value)

    def render_due(self, record: BoardRow) -> SafeString | str:
        return deadline_at_stage(record.stage, record, self.windows, self.at)


@dataclass(frozen=True)
class StateBadge:
    """A state in one word with its colour, and beside it the time that is left or the days since
    there is none.
    """

    tone: str
    word: str
    beside: str = ""

    @property
    def badge(self) -> SafeString:
        return format_html('<span class="badge bg-{}-lt">{}</span>', self.tone, self.word)

    def cell(self, url: str = "") -> SafeString:
        """Draw all of it, the word as a link where there is an address."""
        word = (
            self.badge
            if not url
            else format_html(
                '<a class="badge bg-{}-lt" href="{}">{}</a>', self.tone, url, self.word
            )
        )
        beside = (
            format_html(' <span class="text-secondary small">{}</span>', self.beside)
            if self.beside
            else ""
        )
        return format_html("{}{}", word, beside)
