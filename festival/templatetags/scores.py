"""Scores of indices and their gains, as the reader's language writes them."""

from decimal import Decimal

from django import template
from django.utils.html import format_html

from agencies.text import DASH, localised
from indicators.methods import half_up

register = template.Library()


@register.filter
def score(value: Decimal | str | None, places: int = 3) -> str:
    """A score with at most so many places, trailing zeros cut; "—" for none."""
    return localised(half_up(value, int(places))) if isinstance(value, Decimal) else DASH


@register.filter
def gained(value: Decimal | str | None, places: int = 3) -> str:
    """A gain with its sign, more than zero for the better; "—" for none."""
    if not isinstance(value, Decimal):
        return DASH
    said = localised(half_up(value, int(places)))
    return format_html('<bdi dir="ltr">{}</bdi>', f"+{said}" if half_up(value, int(places)) > 0 else said)
