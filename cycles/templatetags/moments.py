"""Days and instants as the reader's language writes them: the reader's calendar first, the clock of
Tehran.
"""

from datetime import date, datetime

from django import template
from django.utils.translation import get_language

from cycles import calendar

register = template.Library()


def _language() -> str:
    return get_language() or ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day in the reader's calendar."""
    return calendar.format_date(value, _language()) if value else ""


@register.filter
def both(value: date | datetime | None) -> str:
    """Write a day in both calendars."""
    return calendar.format_both(value, _language()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write an instant in the reader's calendar, with its clock."""
    return calendar.format_moment(value, _language()) if value else ""


@register.filter
def deadline(value: datetime | None) -> str:
    """Write an exclusive closing in both calendars, with its clock."""
    return calendar.format_deadline(value, _language()) if value else ""


@register.simple_tag
def time_left(until: datetime, at: datetime) -> str:
    """Write the time left in words; "" when it is past."""
    return calendar.time_left(until, at, _language())
