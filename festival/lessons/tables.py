"""Lessons of a year for the next set, as a list."""

from fractions import Fraction

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import DASH, in_locale
from agencies.templatetags.portal import prose
from cycles.ui.tables import CardsTable
from festival.lessons.queries import Lesson
from indicators.scoring.methods import round_to_decimal


def rounded_figure(figure: Fraction | float | None, places: int = 1) -> str:
    """Write a measured figure to so many places; a dash where too few were measured."""
    return DASH if figure is None else in_locale(round_to_decimal(figure, places), places)


class LessonTable(CardsTable):
    """What results say of each measure; rows are `lessons.Lesson`s."""

    measure = tables.Column(_("Measure"), order_by=("measure__code",))
    flags = tables.Column(_("To be looked at"), empty_values=(), orderable=False)
    scored = tables.Column(_("Agencies scored"), accessor="figures__scored")
    mean = tables.Column(_("Mean percent"), accessor="figures__mean", empty_values=())
    full = tables.Column(_("At full points, percent"), accessor="figures__full", empty_values=())
    spread = tables.Column(
        _("Spread, percentage points"), accessor="figures__spread", empty_values=()
    )
    discrimination = tables.Column(
        _("Discrimination"), accessor="figures__discrimination", empty_values=()
    )
    void = tables.Column(_("Does not apply, percent"), accessor="figures__void_percent")
    filed = tables.Column(_("Appeals"), accessor="figures__filed")

    class Meta(CardsTable.Meta):
        order_by = ()

    def __init__(self, lessons: list[Lesson], *, caption: str) -> None:
        attrs = {
            "caption": gettext("What the results say of each measure: %(year)s") % {"year": caption}
        }
        super().__init__(lessons, attrs=attrs)

    def render_measure(self, record: Lesson) -> SafeString:
        code = record.measure.code
        return format_html(
            '<bdi class="code" lang="en">{}</bdi> {}', code, prose(record.measure.title)
        )

    def render_flags(self, record: Lesson) -> SafeString | str:
        if not record.flags:
            return DASH
        badges = ((flag.label,) for flag in record.flags)
        return format_html_join(" ", '<span class="badge bg-orange-lt text-wrap">{}</span>', badges)

    def render_scored(self, record: Lesson) -> str:
        return in_locale(record.figures.scored)

    def render_mean(self, record: Lesson) -> str:
        return rounded_figure(record.figures.mean)

    def render_full(self, record: Lesson) -> str:
        return rounded_figure(record.figures.full)

    def render_spread(self, record: Lesson) -> str:
        return rounded_figure(record.figures.spread)

    def render_discrimination(self, record: Lesson) -> str:
        return rounded_figure(record.figures.discrimination, 2)

    def render_void(self, record: Lesson) -> str:
        return rounded_figure(record.figures.void_percent)

    def render_filed(self, record: Lesson) -> str:
        told = {
            "filed": in_locale(record.figures.filed),
            "upheld": in_locale(record.figures.upheld),
        }
        return (
            gettext("%(filed)s, upheld %(upheld)s") % told if record.figures.filed else in_locale(0)
        )
