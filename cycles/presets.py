"""The dates of a year: what presets propose, how holidays are spared, and what order the windows
must keep.

The closing of a window is exclusive: the midnight after its last day.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise, product

import holidays
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import persian_digits
from cycles.calendar import (
    DAY,
    Binding,
    Calendar,
    Phase,
    dated_phases,
    day_of,
    days_in_jalali_month,
    from_jalali,
    midnight,
    phase_label,
)
from cycles.calendar.phases import LAST, Span, YearMonthDay

FRIDAY = 4  # Python's number of the day of rest
NOWRUZ_OFFSET = 621  # Jalali year Y begins in the Gregorian year Y + 621


@dataclass(frozen=True)
class Preset:
    """A way of laying a year; the days are those of each phase's row."""

    key: str
    title: str | Promise


@dataclass(frozen=True)
class PlannedWindow:
    """Open from `opens_at` up to, not including, `closes_at`."""

    phase: Phase
    binding: Binding
    opens_at: datetime
    closes_at: datetime
    quarter: int = 0

    @property
    def label(self) -> str:
        """Name the phase, with its quarter where it has one."""
        return phase_label(self.phase, self.quarter)


_PRESETS = (
    Preset("statutory_jalali", _("Statutory year, Jalali months")),
    Preset("statutory_gregorian", _("Statutory year, Gregorian months")),
    Preset("compressed_jalali", _("Everything after the assessed year, Jalali months")),
    Preset("compressed_gregorian", _("Everything in one Gregorian year, February to September")),
)
PRESETS: dict[str, Preset] = {preset.key: preset for preset in _PRESETS}


def windows_for(preset_key: str, year: int) -> list[PlannedWindow]:
    """Lay the windows of the assessed Jalali year, in the order of the phases."""
    planned = []
    for spec in dated_phases():
        for quarter, span in zip(spec.quarters, spec.days[preset_key], strict=True):
            first, last = _days(year, span)
            opens_at, closes_at = midnight(first), midnight(last + DAY)
            planned.append(PlannedWindow(spec.phase, spec.binding, opens_at, closes_at, quarter))
    return planned


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Tell whether a day is neither a Friday nor a listed holiday."""
    return day.weekday() != FRIDAY and day not in holidays


def spare_holidays(
    windows: Iterable[PlannedWindow], holidays: Container[date]
) -> list[PlannedWindow]:
    """Move each closing whose last day is a Friday or a holiday to the end of the next working day.

    What would open in the days that a closing has gained opens after them, so that phases still
    follow each other.
    """
    windows = list(windows)
    moved = {}
    for window in windows:
        day = last = day_of(window.closes_at - DAY)
        while not is_working_day(day, holidays):
            day += DAY
        if day != last:
            moved[window.closes_at] = midnight(day + DAY)

    def opening(opens_at: datetime) -> datetime:
        return max(
            (late for early, late in moved.items() if early <= opens_at < late), default=opens_at
        )

    return [
        replace(w, opens_at=opening(w.opens_at), closes_at=moved.get(w.closes_at, w.closes_at))
        for w in windows
    ]


def why_out_of_order(windows: Iterable[PlannedWindow]) -> str:
    """Say what is wrong with the dates of a year, in a sentence, "" when nothing is.

    Every window closes after it opens. A phase opens when all windows of the one before it have
    closed, or, where it overlaps that one, opens and closes no earlier.
    """
    windows = list(windows)
    of: dict[Phase, list[PlannedWindow]] = defaultdict(list)
    for w in windows:
        of[w.phase].append(w)
    for w in windows:
        if w.closes_at <= w.opens_at:
            return gettext("“%(phase)s” closes before it opens.") % {"phase": w.label}
    for earlier, later in pairwise(dated_phases()):
        why_not = _why_not_beside if later.overlaps else _why_not_after
        for before, after in product(of[earlier.phase], of[later.phase]):
            if why := why_not(before, after):
                return why
    return ""


def _why_not_beside(before: PlannedWindow, after: PlannedWindow) -> str:
    """Say why a window may not lie so beside one of the phase before, "" where it may."""
    if after.opens_at >= before.opens_at and after.closes_at >= before.closes_at:
        return ""
    return gettext("“%(after)s” may neither open nor close before “%(before)s”.") % {
        "after": after.label,
        "before": before.label,
    }


def _why_not_after(before: PlannedWindow, after: PlannedWindow) -> str:
    """Say why a window may not come so after one of the phase before, "" where it may."""
    if after.opens_at >= before.closes_at:
        return ""
    return gettext("“%(after)s” may not open before “%(before)s” has closed.") % {
        "after": after.label,
        "before": before.label,
    }


def _days(year: int, span: Span) -> tuple[date, date]:
    """Find the first and the last day of a span for the assessed Jalali year."""
    return _day(year, span.opens, span.calendar), _day(year, span.closes, span.calendar)


def _day(year: int, when: YearMonthDay, calendar: Calendar) -> date:
    offset, month, day = when
    if calendar == Calendar.JALALI:
        return from_jalali(year + offset, month, day or days_in_jalali_month(year + offset, month))
    year += NOWRUZ_OFFSET + offset
    if day != LAST:
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - DAY


def expected_holidays(year: int) -> list[tuple[date, str, str]]:
    """List the public holidays of a Jalali year as they are expected: day, Persian and English
    name.

    From the `holidays` library. Those that follow the moon are estimates until they are announced.
    """
    first, end = from_jalali(year, 1, 1), from_jalali(year + 1, 1, 1)
    years = (first.year, end.year)
    persian = holidays.country_holidays("IR", years=years, language="fa_IR")
    english = holidays.country_holidays("IR", years=years, language="en_US")
    return [
        (day, persian_digits(persian[day].replace("; ", "، ")), english[day].replace("; ", ", "))
        for day in sorted(persian)
        if first <= day < end
    ]
