"""What follows from results as tables and files."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import DASH, language, localised
from agencies.templatetags.portal import digits, prose
from cycles.calendar import TEHRAN, format_date
from cycles.spreadsheets.sheets import Column, Form, written
from cycles.ui.tables import CardsTable
from festival.lessons import Lesson
from festival.models import Consequence, ImprovementPlan
from festival.workflow import ConsequenceState
from indicators.scoring.methods import rounded
from submissions.templatetags.states import state_badge


def day(value: date) -> str:
    return format_date(value, language())


def days_late(count: int) -> str:
    """So many days late, in words; "" for none."""
    said = ngettext("%(days)s day late", "%(days)s days late", count)
    return said % {"days": localised(count)} if count else ""


class ImprovementTable(CardsTable):
    """Plans, each with how late it is and how many of its items are completed."""

    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    cycle = tables.Column(_("Assessed year"), accessor="cycle__label", order_by=("cycle__year", "pk"))
    state = tables.Column(_("State"), order_by=("state", "pk"))
    due_on = tables.Column(_("Due"), order_by=("due_on", "pk"))
    completed = tables.Column(_("Items completed"), accessor="items_completed", order_by=("items_completed", "pk"))

    class Meta(CardsTable.Meta):
        model = ImprovementPlan
        fields = ("agency", "cycle", "state", "due_on", "completed")
        attrs = {"caption": _("Improvement plans")}

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def render_agency(self, record: ImprovementPlan) -> SafeString:
        url = reverse("festival:improvement", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.agency.name)

    def render_state(self, record: ImprovementPlan) -> SafeString:
        badge = state_badge(record.state, record.get_state_display())
        if not record.is_compulsory:
            return badge
        return format_html('{} <span class="badge bg-orange-lt">{}</span>', badge, gettext("Compulsory"))

    def render_due_on(self, record: ImprovementPlan) -> SafeString | str:
        late = days_late(record.days_late if record.signed_at else record.late_by(self.at))
        if not late:
            return day(record.due_on)
        return format_html('{} <span class="text-danger">{}</span>', day(record.due_on), late)

    def render_completed(self, record: Any) -> str:
        of = {"done": localised(record.items_completed), "all": localised(record.items_all - record.items_cancelled)}
        return gettext("%(done)s of %(all)s") % of


class ConsequenceTable(CardsTable):
    """What follows for which agency, and how far that is."""

    agency = tables.Column(_("Agency"), order_by=("agency__sort_key", "pk"))
    rule = tables.Column(_("Consequence"), accessor="rule__words", order_by=("rule", "pk"))
    state = tables.Column(_("State"), order_by=("state", "pk"))
    due_on = tables.Column(_("Due"), empty_values=(), orderable=False)
    letter = tables.Column(_("Letter"), accessor="letter_number", order_by=("letter_on", "pk"))

    class Meta(CardsTable.Meta):
        model = Consequence
        fields = ("agency", "rule", "state", "due_on", "letter")
        attrs = {"caption": _("Consequences of the results")}

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def render_agency(self, record: Consequence) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.agency.name)

    def render_rule(self, record: Consequence) -> str:
        return prose(record.rule.words)

    def render_state(self, record: Consequence) -> SafeString:
        return state_badge(record.state, record.get_state_display())

    def render_due_on(self, record: Consequence) -> SafeString | str:
        if record.due_on is None:
            return DASH
        late = days_late(record.late_by(self.at)) if record.state == ConsequenceState.DUE else ""
        return (
            format_html('{} <span class="text-danger">{}</span>', day(record.due_on), late)
            if late
            else day(record.due_on)
        )

    def render_letter(self, record: Consequence) -> str:
        if not record.letter_on:
            return DASH
        return f"{digits(record.letter_number)} · {day(record.letter_on)}"


def shown(figure: Fraction | float | None, places: int = 1) -> str:
    """A measured figure to so many places; a dash where too few were measured."""
    return DASH if figure is None else localised(rounded(figure, places), places)


class LessonTable(CardsTable):
    """What results say of each measure; rows are `lessons.Lesson`s."""

    measure = tables.Column(_("Measure"), order_by=("measure__code",))
    flags = tables.Column(_("To be looked at"), empty_values=(), orderable=False)
    scored = tables.Column(_("Agencies scored"), accessor="figures__scored")
    mean = tables.Column(_("Mean percent"), accessor="figures__mean", empty_values=())
    full = tables.Column(_("At full points, percent"), accessor="figures__full", empty_values=())
    spread = tables.Column(_("Spread, percentage points"), accessor="figures__spread", empty_values=())
    discrimination = tables.Column(_("Discrimination"), accessor="figures__discrimination", empty_values=())
    void = tables.Column(_("Does not apply, percent"), accessor="figures__void_percent")
    filed = tables.Column(_("Appeals"), accessor="figures__filed")

    class Meta(CardsTable.Meta):
        order_by = ()

    def __init__(self, lessons: list[Lesson], *, caption: str, **kwargs: Any) -> None:
        attrs = {"caption": gettext("What the results say of each measure: %(year)s") % {"year": caption}}
        super().__init__(lessons, attrs=attrs, **kwargs)

    def render_measure(self, record: Lesson) -> SafeString:
        code = record.measure.code
        return format_html('<bdi class="code" lang="en">{}</bdi> {}', code, prose(record.measure.title))

    def render_flags(self, record: Lesson) -> SafeString | str:
        if not record.flags:
            return DASH
        badges = ((flag.label,) for flag in record.flags)
        return format_html_join(" ", '<span class="badge bg-orange-lt text-wrap">{}</span>', badges)

    def render_scored(self, record: Lesson) -> str:
        return localised(record.figures.scored)

    def render_mean(self, record: Lesson) -> str:
        return shown(record.figures.mean)

    def render_full(self, record: Lesson) -> str:
        return shown(record.figures.full)

    def render_spread(self, record: Lesson) -> str:
        return shown(record.figures.spread)

    def render_discrimination(self, record: Lesson) -> str:
        return shown(record.figures.discrimination, 2)

    def render_void(self, record: Lesson) -> str:
        return shown(record.figures.void_percent)

    def render_filed(self, record: Lesson) -> str:
        told = {"filed": localised(record.figures.filed), "upheld": localised(record.figures.upheld)}
        return gettext("%(filed)s, upheld %(upheld)s") % told if record.figures.filed else localised(0)


COLUMNS = (
    "year", "code", "name_fa", "name_en", "state", "compulsory", "due_on", "signed_on", "days_late", "items",
    "completed", "cancelled",
)  # fmt: skip
PLANS = Form("improvement_plans", 1, tuple(Column(name) for name in COLUMNS))


def plans_file(plans: Iterable[Any], kind: str) -> bytes:
    """Plans, a row each, as a file of one kind."""
    return written(PLANS, (dict(zip(COLUMNS, _cells(p), strict=True)) for p in plans), kind)


def _cells(p: Any) -> tuple[Any, ...]:
    signed_on = p.signed_at.astimezone(TEHRAN).date() if p.signed_at else None
    counts = (p.days_late, p.items_all, p.items_completed, p.items_cancelled)
    return (p.cycle.year, *_whose(p), p.state, int(p.is_compulsory), p.due_on, signed_on, *counts)


def _whose(row: Any) -> tuple[str, str, str]:
    return row.agency.code, row.agency.name_fa, row.agency.name_en
