"""The dates of a year: what presets propose, how holidays are spared, and what order the windows
must keep.

The closing of a window is exclusive: the midnight after its last day.
"""

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
    BINDINGS,
    DAY,
    Binding,
    Calendar,
    Phase,
    day_of,
    days_in_jalali_month,
    from_jalali,
    midnight,
    phase_label,
)

FRIDAY = 4  # Python's number of the day of rest
NOWRUZ_OFFSET = 621  # Jalali year Y begins in the Gregorian year Y + 621
LAST = 0  # the last day of the month, whatever its length

YearMonthDay = tuple[int, int, int]


@dataclass(frozen=True)
class PresetRow:
    """One phase from the day `opens` to the day `closes`, both included, as (year offset, month,
    day or LAST).

    The offset counts from the assessed year Y in a Jalali row, and from Y + 621 in a Gregorian one.
    """

    phase: Phase
    opens: YearMonthDay
    closes: YearMonthDay
    calendar: Calendar = Calendar.JALALI
    quarter: int = 0

    def days(self, year: int) -> tuple[date, date]:
        """The first and the last day for the assessed Jalali year."""
        read = _jalali_day if self.calendar == Calendar.JALALI else _gregorian_day
        return read(year, self.opens), read(year, self.closes)


@dataclass(frozen=True)
class Preset:
    key: str
    title: str | Promise
    rows: tuple[PresetRow, ...]


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
        """The phase, with its quarter where it has one."""
        return phase_label(self.phase, self.quarter)


def _quarters(*days: tuple[YearMonthDay, YearMonthDay]) -> tuple[PresetRow, ...]:
    return tuple(
        PresetRow(Phase.MONITORING, opens, closes, quarter=number)
        for number, (opens, closes) in enumerate(days, 1)
    )


# A quarter is reported from its first day until fifteen days after its last; the fourth ends with
# the year, so that the self-assessment that opens next morning has it. Where all comes after the
# year, all four are reported in Esfand.
_THROUGH_THE_YEAR = _quarters(
    ((0, 1, 1), (0, 4, 15)),
    ((0, 4, 1), (0, 7, 15)),
    ((0, 7, 1), (0, 10, 15)),
    ((0, 10, 1), (0, 12, LAST)),
)
_IN_ESFAND = _quarters(*[((0, 12, 1), (0, 12, LAST))] * 4)


def _jalali_tail() -> tuple[PresetRow, ...]:
    return (
        PresetRow(Phase.SELF_ASSESSMENT, (1, 1, 1), (1, 2, 31)),
        PresetRow(Phase.SCORING, (1, 3, 1), (1, 3, 31)),
        PresetRow(Phase.APPEAL, (1, 4, 1), (1, 4, 14)),
        PresetRow(Phase.APPEAL_REVIEW, (1, 4, 15), (1, 4, 28)),
        PresetRow(Phase.FINAL, (1, 4, 29), (1, 5, 31)),
        PresetRow(Phase.FESTIVAL, (1, 6, 1), (1, 6, 31)),
    )


def _gregorian_tail(self_assessment_opens: YearMonthDay) -> tuple[PresetRow, ...]:
    return (
        PresetRow(Phase.SELF_ASSESSMENT, self_assessment_opens, (1, 5, 31), Calendar.GREGORIAN),
        PresetRow(Phase.SCORING, (1, 6, 1), (1, 6, 30), Calendar.GREGORIAN),
        PresetRow(Phase.APPEAL, (1, 7, 1), (1, 7, 14), Calendar.GREGORIAN),
        PresetRow(Phase.APPEAL_REVIEW, (1, 7, 15), (1, 7, 28), Calendar.GREGORIAN),
        PresetRow(Phase.FINAL, (1, 7, 29), (1, 8, 31), Calendar.GREGORIAN),
        PresetRow(Phase.FESTIVAL, (1, 9, 1), (1, 9, 30), Calendar.GREGORIAN),
    )


# The months are those of Heidari et al. (Imam Sadiq University) on the executive bylaw of Articles
# 81 and 82: proposals from February, approval by its end, uploads to the end of May, scoring in
# June, two weeks to appeal, two to review, festival in September. The Jalali rows are the nearest
# Jalali months. "Compressed" reads all as months of one year.
_PRESETS = (
    Preset(
        "statutory_jalali",
        _("Statutory year, Jalali months"),
        (
            PresetRow(Phase.PROPOSAL, (-1, 11, 1), (-1, 11, 20)),
            PresetRow(Phase.APPROVAL, (-1, 11, 1), (-1, 11, 30)),
            *_THROUGH_THE_YEAR,
            *_jalali_tail(),
        ),
    ),
    Preset(
        "statutory_gregorian",
        _("Statutory year, Gregorian months"),
        (
            PresetRow(Phase.PROPOSAL, (0, 2, 1), (0, 2, 20), Calendar.GREGORIAN),
            PresetRow(Phase.APPROVAL, (0, 2, 1), (0, 2, LAST), Calendar.GREGORIAN),
            *_THROUGH_THE_YEAR,
            *_gregorian_tail((1, 3, 21)),
        ),
    ),
    Preset(
        "compressed_jalali",
        _("Everything after the assessed year, Jalali months"),
        (
            PresetRow(Phase.PROPOSAL, (0, 11, 1), (0, 11, 20)),
            PresetRow(Phase.APPROVAL, (0, 11, 1), (0, 11, 30)),
            *_IN_ESFAND,
            *_jalali_tail(),
        ),
    ),
    Preset(
        "compressed_gregorian",
        _("Everything in one Gregorian year, February to September"),
        (
            PresetRow(Phase.PROPOSAL, (1, 2, 1), (1, 2, 20), Calendar.GREGORIAN),
            PresetRow(Phase.APPROVAL, (1, 2, 1), (1, 2, LAST), Calendar.GREGORIAN),
            *(
                replace(row, opens=(1, 3, 1), closes=(1, 3, 31), calendar=Calendar.GREGORIAN)
                for row in _IN_ESFAND
            ),
            *_gregorian_tail((1, 4, 1)),
        ),
    ),
)
PRESETS: dict[str, Preset] = {preset.key: preset for preset in _PRESETS}


def windows_for(preset_key: str, year: int) -> list[PlannedWindow]:
    """The windows of the assessed Jalali year, in the order of the phases."""
    planned = []
    for row in PRESETS[preset_key].rows:
        first, last = row.days(year)
        opens_at, closes_at = midnight(first), midnight(last + DAY)
        planned.append(
            PlannedWindow(row.phase, BINDINGS[row.phase], opens_at, closes_at, row.quarter)
        )
    return planned


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Neither a Friday nor a listed holiday."""
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


_SUCCESSIVE = tuple(
    p for p in Phase if p not in (Phase.PROPOSAL, Phase.CLARIFICATION, Phase.ANYTIME)
)


def why_out_of_order(windows: Iterable[PlannedWindow]) -> str:
    """What is wrong with the dates of a year, in a sentence, "" when nothing is.

    Every window closes after it opens; proposals open no later than their approval and close no
    later; every later phase opens when all windows of the phase before it have closed.
    """
    windows = list(windows)
    of: dict[Phase, list[PlannedWindow]] = {phase: [] for phase in Phase}
    for w in windows:
        of[w.phase].append(w)
    for w in windows:
        if w.closes_at <= w.opens_at:
            return gettext("“%(phase)s” closes before it opens.") % {"phase": w.label}
    for proposal, approval in product(of[Phase.PROPOSAL], of[Phase.APPROVAL]):
        if approval.opens_at < proposal.opens_at or approval.closes_at < proposal.closes_at:
            return gettext("“%(after)s” may neither open nor close before “%(before)s”.") % {
                "after": approval.label,
                "before": proposal.label,
            }
    for earlier, later in pairwise(_SUCCESSIVE):
        for before, after in product(of[earlier], of[later]):
            if after.opens_at < before.closes_at:
                return gettext("“%(after)s” may not open before “%(before)s” has closed.") % {
                    "after": after.label,
                    "before": before.label,
                }
    return ""


def _jalali_day(year: int, when: YearMonthDay) -> date:
    offset, month, day = when
    return from_jalali(year + offset, month, day or days_in_jalali_month(year + offset, month))


def _gregorian_day(year: int, when: YearMonthDay) -> date:
    offset, month, day = when
    year += NOWRUZ_OFFSET + offset
    if day != LAST:
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - DAY


def expected_holidays(year: int) -> list[tuple[date, str, str]]:
    """The public holidays of a Jalali year as they are expected: day, Persian and English name.

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
