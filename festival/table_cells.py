"""What follows from results as tables and files."""

from datetime import date
from typing import Any

from django.utils.translation import ngettext

from agencies.persian import DASH, language, localised
from cycles.calendar import format_date


def day(value: date) -> str:
    return format_date(value, language())


def days_late(count: int) -> str:
    """So many days late, in words; "" for none."""
    said = ngettext("%(days)s day late", "%(days)s days late", count)
    return said % {"days": localised(count)} if count else ""


NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}


TONES = {"excellent": "success", "good": "primary", "average": "warning", "weak": "danger"}


def name_cell(record: dict[str, Any], what: str) -> str:
    """The name in the reader's language of an agency or a province in a row; a dash where there is
    none.
    """
    return record[f"{what}_{language()[:2]}"] or record[f"{what}_fa"] or DASH
