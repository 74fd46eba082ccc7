"""Scores of indices and their gains as the reader's language writes them, and texts that name
figures.
"""

from decimal import Decimal

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from agencies.persian import DASH, in_locale
from festival.report.texts import NAME
from indicators.scoring.methods import half_up

register = template.Library()


@register.filter
def score(value: Decimal | str | None, places: int = 3) -> str:
    """Write a score with at most so many places, trailing zeros cut; "—" for none."""
    return in_locale(half_up(value, int(places))) if isinstance(value, Decimal) else DASH


@register.filter
def figures_named(text: str) -> str:
    """Set the names of figures apart in a text of the report."""
    marked = NAME.sub(r'<bdi class="code" lang="en" dir="ltr">\g<0></bdi>', escape(text))
    return mark_safe(marked)  # noqa: S308 -- escaped, and names have no markup


@register.filter
def signed_gain(value: Decimal | str | None, places: int = 3) -> str:
    """Write a gain with its sign, more than zero for the better; "—" for none."""
    if not isinstance(value, Decimal):
        return DASH
    said = in_locale(half_up(value, int(places)))
    return format_html(
        '<bdi dir="ltr">{}</bdi>', f"+{said}" if half_up(value, int(places)) > 0 else said
    )
