"""How instants are counted, read and written in two calendars.

Every instant is aware. Days are days in Tehran, from tzdata. A closing is exclusive: the midnight
after the last day. Jalali arithmetic is jdatetime's, checked in the tests against convertdate for
1390 to 1450.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.persian import persian_digits, plain_text

TEHRAN = ZoneInfo("Asia/Tehran")
DAY = timedelta(days=1)
FIRST_GREGORIAN_YEAR = 1700  # a typed year below this is Jalali

# fmt: off
JALALI_MONTHS = {
    "fa": ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
           "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
    "en": ["Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
           "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"],
}
GREGORIAN_MONTHS = {
    "fa": ["ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن",
           "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"],
    "en": ["January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"],
}
# fmt: on


class Calendar(models.TextChoices):
    GREGORIAN = "gregorian", _("Gregorian")
    JALALI = "jalali", _("Jalali")


def days_in_jalali_month(year: int, month: int) -> int:
    """Count 31 in the first six months, 30 in the next five, 29 in Esfand and 30 when the year is
    leap.
    """
    if month < 12:
        return 31 if month <= 6 else 30
    return 30 if jdatetime.date(year, 1, 1).isleap() else 29


def jalali(moment: date | datetime | jdatetime.date) -> jdatetime.date:
    """Find the Jalali day of a Gregorian one, or of an instant as seen in Tehran."""
    if isinstance(moment, jdatetime.date):
        return moment
    return jdatetime.date.fromgregorian(date=_day(moment))


def from_jalali(year: int, month: int, day: int) -> date:
    """Find the Gregorian day of a Jalali one; ValueError when there is no such day."""
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


def day_of(moment: datetime) -> date:
    """Find the day in Tehran in which the instant lies."""
    return moment.astimezone(TEHRAN).date()


def midnight(day: date) -> datetime:
    """Find the instant at which a day begins in Tehran."""
    return datetime.combine(day, time(), tzinfo=TEHRAN)


def _day(value: date | datetime | jdatetime.date) -> date:
    if isinstance(value, jdatetime.date):
        return from_jalali(value.year, value.month, value.day)
    return day_of(value) if isinstance(value, datetime) else value


def _is_persian(language: str) -> bool:
    return language.startswith("fa")


@lru_cache(maxsize=4096)  # of moments on a page or in a file most lie on few days
def _write(day: date, language: str, calendar: Calendar) -> str:
    code = "fa" if _is_persian(language) else "en"
    if calendar == Calendar.JALALI:
        shown = jalali(day)
        text = f"{shown.day} {JALALI_MONTHS[code][shown.month - 1]} {shown.year}"
    else:
        text = f"{day.day} {GREGORIAN_MONTHS[code][day.month - 1]} {day.year}"
    return persian_digits(text) if code == "fa" else text


def _calendars(language: str) -> tuple[Calendar, Calendar]:
    """Name the reader's calendar, then the other."""
    return (
        (Calendar.JALALI, Calendar.GREGORIAN)
        if _is_persian(language)
        else (Calendar.GREGORIAN, Calendar.JALALI)
    )


def _clock(text: str, language: str) -> str:
    return f"، ساعت {persian_digits(text)}" if _is_persian(language) else f", {text}"


def format_date(value: date | datetime | jdatetime.date, language: str) -> str:
    """Write a day in the reader's calendar: "31 May 2027", "۱۰ خرداد ۱۴۰۶"."""
    return _write(_day(value), language, _calendars(language)[0])


def format_both(value: date | datetime | jdatetime.date, language: str) -> str:
    """Write a day in the reader's calendar, the other after it: "31 May 2027 (10 Khordad 1406)"."""
    first, other = _calendars(language)
    return f"{_write(_day(value), language, first)} ({_write(_day(value), language, other)})"


def format_moment(at: datetime, language: str) -> str:
    """Write an instant in the reader's calendar with the clock of Tehran: "31 May 2027, 14:03"."""
    return format_date(at, language) + _clock(f"{at.astimezone(TEHRAN):%H:%M}", language)


def format_opening(opens_at: datetime, language: str) -> str:
    """Write an opening in both calendars with its clock: "1 June 2027, 00:00 (11 Khordad 1406)"."""
    opens_at = opens_at.astimezone(TEHRAN)
    return _both_at(opens_at.date(), f"{opens_at:%H:%M}", language)


def _both_at(day: date, clock: str, language: str) -> str:
    first, other = _calendars(language)
    return (
        f"{_write(day, language, first)}{_clock(clock, language)} ({_write(day, language, other)})"
    )


def format_deadline(closes_at: datetime, language: str) -> str:
    """Write an exclusive closing in both calendars with its clock: "31 May 2027, 24:00 (10 Khordad
    1406)".

    Midnight is told as 24:00 of the day before.
    """
    closes_at = closes_at.astimezone(TEHRAN)
    day, clock = closes_at.date(), f"{closes_at:%H:%M}"
    if closes_at.time() == time():
        day, clock = day - DAY, "24:00"
    return _both_at(day, clock, language)


def _between(earlier: datetime, later: datetime) -> timedelta:
    # Python subtracts by the wall clock when both sides share a tzinfo, and Tehran had summer time
    # until 1401.
    return later.astimezone(UTC) - earlier.astimezone(UTC)


_UNITS = {"en": ("day", "hour", "minute"), "fa": ("روز", "ساعت", "دقیقه")}


def time_left(until: datetime, at: datetime, language: str) -> str:
    """Write the time that is left, in its two largest units; "" when there is none."""
    left = _between(at, until)
    if left <= timedelta():
        return ""
    minutes = left // timedelta(minutes=1)
    days, hours = divmod(minutes // 60, 24)
    persian = _is_persian(language)
    names = _UNITS["fa" if persian else "en"]
    amounts = (
        [(days, names[0]), (hours, names[1])]
        if days
        else [(hours, names[1]), (minutes % 60, names[2])]
    )
    parts = [
        f"{amount} {name}" if persian or amount == 1 else f"{amount} {name}s"
        for amount, name in amounts
        if amount
    ]
    if not parts:
        return "کمتر از یک دقیقه" if persian else "less than a minute"
    return persian_digits(" و ".join(parts)) if persian else " and ".join(parts)


def days_late(closes_at: datetime, at: datetime) -> int:
    """Count the 24-hour periods that have begun since a closing, which is itself the start of the
    first; 0 when in time.
    """
    late = _between(closes_at, at)
    return 0 if late < timedelta() else late // DAY + 1


_MOMENT = re.compile(
    r"(\d{4}) ?([/.-]) ?(\d{1,2}) ?\2 "
    r"?(\d{1,2})(?:(?:\s*[,،]\s*|\s+|T)(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
# Slashes and dashes that look like those of a date.
_DATE_SIGNS = str.maketrans(
    "\u2044\u2215\uff0f\u060d\u066b" + "\u2010\u2011\u2012\u2013\u2212", "/" * 5 + "-" * 5
)


def parse_moment(text: str) -> datetime:
    """Read an instant in Tehran written as year/month/day or year-month-day, with a clock or at
    midnight.

    Points part it as well. 24:00 is the next midnight. A year below 1700 is Jalali. ValueError when
    there is no such day or hour.
    """
    found = _MOMENT.fullmatch(plain_text(text).translate(_DATE_SIGNS))
    if not found:
        raise ValueError(f"not a date: {text[:40]!r}")
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    hour, minute, second = (int(part or 0) for part in found.group(5, 6, 7))
    on = from_jalali(year, month, day) if year < FIRST_GREGORIAN_YEAR else date(year, month, day)
    if (hour, minute, second) == (24, 0, 0):
        return midnight(on + DAY)
    return datetime.combine(on, time(hour, minute, second), tzinfo=TEHRAN)
