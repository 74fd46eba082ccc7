"""Cells that the festival's tables share."""

from datetime import date

from django.utils.translation import ngettext

from agencies.persian import DASH, in_locale, language, local_name
from cycles.calendar import format_date


def day(value: date) -> str:
    return format_date(value, language())


def days_late(count: int) -> str:
    """Say how many days late something is; "" for none."""
    said = ngettext("%(days)s day late", "%(days)s days late", count)
    return said % {"days": in_locale(count)} if count else ""


NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}


TONES = {"excellent": "success", "good": "primary", "average": "warning", "weak": "danger"}


def name_cell(name_fa: str | None, name_en: str | None) -> str:
    """Return a name in the reader's language; a dash where there is none."""
    return local_name(name_fa or "", name_en or "") or DASH
