"""The list of decided appeals."""

from collections.abc import Callable
from decimal import Decimal

import django_tables2 as tables
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import format_number, in_locale, language
from appeals.outcomes.queries import Group
from cycles.ui.tables import CardsTable


class OutcomeTable(CardsTable):
    """How appeals ended; rows are `queries.Group`s, `heading` says what of, `link` gives the
    address of a row.
    """

    name = tables.Column(empty_values=(), order_by=("code", "name"))
    filed = tables.Column(_("Filed"), accessor="outcomes__filed")
    upheld = tables.Column(_("Upheld"), accessor="outcomes__upheld")
    partly = tables.Column(_("Partly upheld"), accessor="outcomes__partly")
    dismissed = tables.Column(_("Dismissed"), accessor="outcomes__dismissed")
    inadmissible = tables.Column(_("Inadmissible"), accessor="outcomes__inadmissible")
    withdrawn = tables.Column(_("Withdrawn"), accessor="outcomes__withdrawn")
    undecided = tables.Column(_("Undecided"), accessor="outcomes__undecided")
    points_moved = tables.Column(_("Points moved"), accessor="outcomes__points_moved")
    median = tables.Column(_("Median days"), accessor="outcomes__median")
    mean = tables.Column(_("Mean days"), accessor="outcomes__mean")
    late = tables.Column(_("Decided late"), accessor="outcomes__late")

    class Meta(CardsTable.Meta):
        attrs = {"caption": _("How the appeals ended")}

    def __init__(
        self,
        groups: list[Group],
        *,
        heading: str | Promise,
        link: Callable[[Group], str] | None = None,
    ) -> None:
        super().__init__(groups)
        self.columns["name"].column.verbose_name = heading
        self.link = link

    def render_name(self, record: Group) -> str:
        shown = record.name or gettext("Nobody")
        if record.code:
            shown = format_html('<bdi class="code" lang="en">{}</bdi> {}', record.code, shown)
        return format_html('<a href="{}">{}</a>', self.link(record), shown) if self.link else shown

    def _number(self, value: int) -> str:
        return in_locale(value)

    render_filed = render_upheld = render_partly = render_dismissed = render_inadmissible = _number
    render_withdrawn = render_undecided = render_late = _number

    def render_points_moved(self, value: Decimal) -> str:
        return format_number(value, language(), 2)

    def _days(self, value: Decimal) -> str:
        return format_number(value, language(), 1)

    render_median = render_mean = _days
