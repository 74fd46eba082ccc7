"""The statutory year: its phases, when presets open and close them, and how instants are written in two calendars.

Every instant is aware. Days are days in Tehran, from tzdata. A closing is exclusive: the midnight after the last day.
Jalali arithmetic is jdatetime's, checked in the tests against convertdate for 1390 to 1450.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jdatetime
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.text import latin_digits, localised, persian_digits

TEHRAN = ZoneInfo("Asia/Tehran")
DAY = timedelta(days=1)
FIRST_GREGORIAN_YEAR = 1700  # a typed year below this is Jalali
NOWRUZ_OFFSET = 621  # Jalali year Y begins in the Gregorian year Y + 621
LAST = 0  # the last day of the month, whatever its length

# fmt: off
JALALI_MONTHS = {
    "fa": ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
    "en": ["Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
           "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"],
}
GREGORIAN_MONTHS = {
    "fa": ["ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن", "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"],
    "en": ["January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"],
}
# fmt: on


class Phase(models.TextChoices):
    PROPOSAL = "proposal", _("Indicator proposal")
    APPROVAL = "approval", _("Indicator approval")
    MONITORING = "monitoring", _("Monitoring")
    SELF_ASSESSMENT = "self_assessment", _("Self-assessment")
    SCORING = "scoring", _("Scoring")
    CLARIFICATION = "clarification", _("Clarification of a line")
    APPEAL = "appeal", _("Appeal")
    APPEAL_REVIEW = "appeal_review", _("Appeal review")
    FINAL = "final", _("Final results")
    FESTIVAL = "festival", _("Festival")
    ANYTIME = "anytime", _("Any time")


def phase_label(phase: Phase, quarter: int = 0) -> str:
    """A phase in the reader's words, with its quarter where it has one."""
    if not quarter:
        return str(phase.label)
    return gettext("%(phase)s, quarter %(quarter)s") % {"phase": phase.label, "quarter": localised(quarter)}


class Binding(models.TextChoices):
    """Hard refuses after the closing; duty accepts and counts the days late."""

    HARD = "hard", _("Refuses after the deadline")
    DUTY = "duty", _("Accepts late and counts the days")


class Calendar(models.TextChoices):
    GREGORIAN = "gregorian", _("Gregorian")
    JALALI = "jalali", _("Jalali")


_BYLAW = _("Article 3 of the executive bylaw of Articles 81 and 82")
ARTICLES: dict[Phase, str | Promise] = dict.fromkeys(Phase, _BYLAW) | {
    Phase.MONITORING: _("Article 81 of the Civil Service Management Act"),
    Phase.FINAL: _("Article 82 of the Civil Service Management Act"),
}
"""The article each window rests on. The bylaw's calendar is told by Heidari et al. (Imam Sadiq University); reports
through the year rest on Article 81 ("periodic, regular reports"), the yearly report on Article 82."""

_HARD = {Phase.PROPOSAL, Phase.MONITORING, Phase.SELF_ASSESSMENT, Phase.CLARIFICATION, Phase.APPEAL}
BINDINGS: dict[Phase, Binding] = {phase: Binding.HARD if phase in _HARD else Binding.DUTY for phase in Phase}

YearMonthDay = tuple[int, int, int]


@dataclass(frozen=True)
class PresetRow:
    """One phase from the day `opens` to the day `closes`, both included, as (year offset, month, day or LAST).

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
        PresetRow(Phase.MONITORING, opens, closes, quarter=number) for number, (opens, closes) in enumerate(days, 1)
    )


# A quarter is reported from its first day until fifteen days after its last; the fourth ends with the year, so that the
# self-assessment that opens next morning has it. Where all comes after the year, all four are reported in Esfand.
_THROUGH_THE_YEAR = _quarters(
    ((0, 1, 1), (0, 4, 15)), ((0, 4, 1), (0, 7, 15)), ((0, 7, 1), (0, 10, 15)), ((0, 10, 1), (0, 12, LAST))
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


# The months are those of Heidari et al. (Imam Sadiq University) on the executive bylaw of Articles 81 and 82: proposals
# from February, approval by its end, uploads to the end of May, scoring in June, two weeks to appeal, two to review,
# festival in September. The Jalali rows are the nearest Jalali months. "Compressed" reads all as months of one year.
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
            *(replace(row, opens=(1, 3, 1), closes=(1, 3, 31), calendar=Calendar.GREGORIAN) for row in _IN_ESFAND),
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
        planned.append(PlannedWindow(row.phase, BINDINGS[row.phase], opens_at, closes_at, row.quarter))
    return planned


def _jalali_day(year: int, when: YearMonthDay) -> date:
    offset, month, day = when
    return from_jalali(year + offset, month, day or days_in_jalali_month(year + offset, month))


def _gregorian_day(year: int, when: YearMonthDay) -> date:
    offset, month, day = when
    year += NOWRUZ_OFFSET + offset
    if day != LAST:
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - DAY


def days_in_jalali_month(year: int, month: int) -> int:
    """31 in the first six months, 30 in the next five, 29 in Esfand and 30 when the year is leap."""
    if month < 12:
        return 31 if month <= 6 else 30
    return 30 if jdatetime.date(year, 1, 1).isleap() else 29


def jalali(moment: date | datetime | jdatetime.date) -> jdatetime.date:
    """The Jalali day of a Gregorian one, or of an instant as seen in Tehran."""
    if isinstance(moment, jdatetime.date):
        return moment
    return jdatetime.date.fromgregorian(date=_day(moment))


def from_jalali(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Jalali one; ValueError when there is no such day."""
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


def midnight(day: date) -> datetime:
    """The instant at which the day begins in Tehran."""
    return datetime.combine(day, time(), tzinfo=TEHRAN)


def _day(value: date | datetime | jdatetime.date) -> date:
    if isinstance(value, jdatetime.date):
        return from_jalali(value.year, value.month, value.day)
    return value.astimezone(TEHRAN).date() if isinstance(value, datetime) else value


def _is_persian(language: str) -> bool:
    return language.startswith("fa")


def _write(day: date, language: str, calendar: Calendar) -> str:
    code = "fa" if _is_persian(language) else "en"
    if calendar == Calendar.JALALI:
        shown = jalali(day)
        text = f"{shown.day} {JALALI_MONTHS[code][shown.month - 1]} {shown.year}"
    else:
        text = f"{day.day} {GREGORIAN_MONTHS[code][day.month - 1]} {day.year}"
    return persian_digits(text) if code == "fa" else text


def _calendars(language: str) -> tuple[Calendar, Calendar]:
    """The reader's calendar, then the other."""
    return (Calendar.JALALI, Calendar.GREGORIAN) if _is_persian(language) else (Calendar.GREGORIAN, Calendar.JALALI)


def _clock(text: str, language: str) -> str:
    return f"، ساعت {persian_digits(text)}" if _is_persian(language) else f", {text}"


def format_date(value: date | datetime | jdatetime.date, language: str) -> str:
    """The day in the reader's calendar: "31 May 2027", "۱۰ خرداد ۱۴۰۶"."""
    return _write(_day(value), language, _calendars(language)[0])


def format_both(value: date | datetime | jdatetime.date, language: str) -> str:
    """The day in the reader's calendar, the other after it: "31 May 2027 (10 Khordad 1406)"."""
    first, other = _calendars(language)
    return f"{_write(_day(value), language, first)} ({_write(_day(value), language, other)})"


def format_moment(at: datetime, language: str) -> str:
    """The instant in the reader's calendar with the clock of Tehran: "31 May 2027, 14:03"."""
    return format_date(at, language) + _clock(f"{at.astimezone(TEHRAN):%H:%M}", language)


def format_opening(opens_at: datetime, language: str) -> str:
    """An opening in both calendars with its clock: "1 June 2027, 00:00 (11 Khordad 1406)"."""
    opens_at = opens_at.astimezone(TEHRAN)
    return _both_at(opens_at.date(), f"{opens_at:%H:%M}", language)


def _both_at(day: date, clock: str, language: str) -> str:
    first, other = _calendars(language)
    return f"{_write(day, language, first)}{_clock(clock, language)} ({_write(day, language, other)})"


def format_deadline(closes_at: datetime, language: str) -> str:
    """An exclusive closing in both calendars with its clock: "31 May 2027, 24:00 (10 Khordad 1406)".

    Midnight is told as 24:00 of the day before.
    """
    closes_at = closes_at.astimezone(TEHRAN)
    day, clock = closes_at.date(), f"{closes_at:%H:%M}"
    if closes_at.time() == time():
        day, clock = day - DAY, "24:00"
    return _both_at(day, clock, language)


def _between(earlier: datetime, later: datetime) -> timedelta:
    # Python subtracts by the wall clock when both sides share a tzinfo, and Tehran had summer time until 1401.
    return later.astimezone(UTC) - earlier.astimezone(UTC)


_UNITS = {"en": ("day", "hour", "minute"), "fa": ("روز", "ساعت", "دقیقه")}


def time_left(until: datetime, at: datetime, language: str) -> str:
    """The time that is left, in its two largest units; "" when there is none."""
    left = _between(at, until)
    if left <= timedelta():
        return ""
    minutes = left // timedelta(minutes=1)
    days, hours = divmod(minutes // 60, 24)
    persian = _is_persian(language)
    names = _UNITS["fa" if persian else "en"]
    amounts = [(days, names[0]), (hours, names[1])] if days else [(hours, names[1]), (minutes % 60, names[2])]
    parts = [
        f"{amount} {name}" if persian or amount == 1 else f"{amount} {name}s" for amount, name in amounts if amount
    ]
    if not parts:
        return "کمتر از یک دقیقه" if persian else "less than a minute"
    return persian_digits(" و ".join(parts)) if persian else " and ".join(parts)


def days_late(closes_at: datetime, at: datetime) -> int:
    """How many 24-hour periods have begun since the closing, which is itself the start of the first; 0 when in time."""
    late = _between(closes_at, at)
    return 0 if late < timedelta() else late // DAY + 1


_MOMENT = re.compile(r"(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?:(?:\s*[,،]\s*|\s+|T)(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def parse_moment(text: str) -> datetime:
    """The instant in Tehran written as year/month/day or year-month-day, with a clock or at midnight.

    24:00 is the next midnight. A year below 1700 is Jalali. ValueError when there is no such day or hour.
    """
    found = _MOMENT.fullmatch(latin_digits(text).strip())
    if not found:
        raise ValueError(f"not a date: {text[:40]!r}")
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    hour, minute, second = (int(part or 0) for part in found.group(5, 6, 7))
    on = from_jalali(year, month, day) if year < FIRST_GREGORIAN_YEAR else date(year, month, day)
    if (hour, minute, second) == (24, 0, 0):
        return midnight(on + DAY)
    return datetime.combine(on, time(hour, minute, second), tzinfo=TEHRAN)
