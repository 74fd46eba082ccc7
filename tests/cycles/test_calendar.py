"""The calendar against two libraries, the presets against the statutory dates, instants written and
read.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jdatetime
import pytest
from convertdate import persian
from hypothesis import given
from hypothesis import strategies as st

from cycles.calendar import (
    PHASES,
    TEHRAN,
    Binding,
    Phase,
    days_in_jalali_month,
    days_late,
    format_both,
    format_date,
    format_deadline,
    format_moment,
    from_jalali,
    jalali,
    midnight,
    parse_moment,
    time_left,
)
from cycles.presets import PRESETS, windows_for
from cycles.ui.fields import MomentField
from cycles.ui.filters import is_moment

YEARS = range(1390, 1451)
LAST_DAY_OF_MAY = midnight(date(2027, 6, 1))


@pytest.mark.parametrize("year", YEARS)
def test_leap_years_and_new_years_days_agree_with_two_libraries(year):
    leap = days_in_jalali_month(year, 12) == 30
    nowruz = from_jalali(year, 1, 1)

    assert leap == jdatetime.date(year, 1, 1).isleap()
    assert leap == persian.leap(year)
    assert (nowruz.year, nowruz.month, nowruz.day) == persian.to_gregorian(year, 1, 1)


@pytest.mark.parametrize("year", YEARS)
def test_the_days_of_a_year_follow_each_other(year):
    day = from_jalali(year, 1, 1)

    for month in range(1, 13):
        for number in range(1, days_in_jalali_month(year, month) + 1):
            assert jalali(day) == jdatetime.date(year, month, number)
            day += timedelta(days=1)
    assert day == from_jalali(year + 1, 1, 1)


def test_the_twentieth_festival_was_on_4_shahrivar_1404():
    assert from_jalali(1404, 6, 4) == date(2025, 8, 26)


def test_the_day_of_an_instant_is_the_day_in_tehran():
    assert jalali(datetime(2027, 5, 31, 20, 30, tzinfo=UTC)) == jdatetime.date(1406, 3, 11)


# Computed apart from this code, in the research on the source paper's months.
@pytest.mark.parametrize(
    ("year", "phase", "first", "last"),
    [
        (1403, Phase.PROPOSAL, date(2024, 1, 21), date(2024, 2, 9)),
        (1403, Phase.APPROVAL, date(2024, 1, 21), date(2024, 2, 19)),
        (1403, Phase.SELF_ASSESSMENT, date(2025, 3, 21), date(2025, 5, 21)),
        (1403, Phase.SCORING, date(2025, 5, 22), date(2025, 6, 21)),
        (1403, Phase.APPEAL, date(2025, 6, 22), date(2025, 7, 5)),
        (1403, Phase.APPEAL_REVIEW, date(2025, 7, 6), date(2025, 7, 19)),
        (1404, Phase.APPROVAL, date(2025, 1, 20), date(2025, 2, 18)),
        (1405, Phase.SELF_ASSESSMENT, date(2027, 3, 21), date(2027, 5, 21)),
        (1405, Phase.FESTIVAL, date(2027, 8, 23), date(2027, 9, 22)),
    ],
)
def test_the_statutory_jalali_year(year, phase, first, last):
    [window] = [window for window in windows_for("statutory_jalali", year) if window.phase == phase]

    assert window.opens_at == midnight(first)
    assert window.closes_at == midnight(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("phase", "first", "last"),
    [
        (Phase.PROPOSAL, date(2026, 2, 1), date(2026, 2, 20)),
        (Phase.APPROVAL, date(2026, 2, 1), date(2026, 2, 28)),
        (Phase.SELF_ASSESSMENT, date(2027, 3, 21), date(2027, 5, 31)),
        (Phase.SCORING, date(2027, 6, 1), date(2027, 6, 30)),
        (Phase.APPEAL, date(2027, 7, 1), date(2027, 7, 14)),
        (Phase.APPEAL_REVIEW, date(2027, 7, 15), date(2027, 7, 28)),
        (Phase.FINAL, date(2027, 7, 29), date(2027, 8, 31)),
        (Phase.FESTIVAL, date(2027, 9, 1), date(2027, 9, 30)),
    ],
)
def test_the_statutory_gregorian_year(phase, first, last):
    [window] = [
        window for window in windows_for("statutory_gregorian", 1405) if window.phase == phase
    ]

    assert window.opens_at == midnight(first)
    assert window.closes_at == midnight(last + timedelta(days=1))


def test_february_of_a_leap_year_has_its_29th():
    [window] = [w for w in windows_for("statutory_gregorian", 1407) if w.phase == Phase.APPROVAL]

    assert window.closes_at == midnight(date(2028, 3, 1))


def test_the_compressed_gregorian_preset_lies_in_one_year():
    windows = windows_for("compressed_gregorian", 1405)

    assert windows[0].opens_at == midnight(date(2027, 2, 1))
    assert windows[-1].closes_at == midnight(date(2027, 10, 1))


def test_the_compressed_jalali_preset_runs_from_bahman_to_shahrivar():
    windows = windows_for("compressed_jalali", 1405)

    assert windows[0].opens_at == midnight(from_jalali(1405, 11, 1))
    assert windows[2].opens_at == midnight(from_jalali(1405, 12, 1))
    assert windows[-1].closes_at == midnight(from_jalali(1406, 7, 1))


@pytest.mark.parametrize("key", PRESETS)
@pytest.mark.parametrize("year", YEARS)
def test_every_preset_plans_each_phase_once_in_order(key, year):
    windows = windows_for(key, year)

    dated = [phase for phase in Phase if phase not in (Phase.CLARIFICATION, Phase.ANYTIME)]
    assert list(dict.fromkeys(window.phase for window in windows)) == dated
    assert [window.quarter for window in windows if window.phase == Phase.MONITORING] == [
        1,
        2,
        3,
        4,
    ]
    assert all(window.opens_at < window.closes_at for window in windows)
    assert [window.closes_at for window in windows] == sorted(
        window.closes_at for window in windows
    )
    assert all(window.binding == PHASES[window.phase].binding for window in windows)


def test_the_phases_in_which_agencies_act_are_hard():
    hard = {phase for phase, spec in PHASES.items() if spec.binding == Binding.HARD}

    assert hard == {
        Phase.PROPOSAL,
        Phase.MONITORING,
        Phase.SELF_ASSESSMENT,
        Phase.CLARIFICATION,
        Phase.APPEAL,
    }


# Computed apart from this code: 1403 is leap; a quarter is reported until fifteen days after its
# end, the last is not.
@pytest.mark.parametrize(
    ("year", "quarter", "first", "last"),
    [
        (1403, 1, date(2024, 3, 20), date(2024, 7, 5)),
        (1403, 4, date(2024, 12, 21), date(2025, 3, 20)),
        (1404, 1, date(2025, 3, 21), date(2025, 7, 6)),
        (1404, 2, date(2025, 6, 22), date(2025, 10, 7)),
        (1404, 3, date(2025, 9, 23), date(2026, 1, 5)),
        (1404, 4, date(2025, 12, 22), date(2026, 3, 20)),
    ],
)
def test_each_quarter_of_the_year_has_its_own_window(year, quarter, first, last):
    [window] = [w for w in windows_for("statutory_jalali", year) if w.quarter == quarter]

    assert window.phase == Phase.MONITORING
    assert window.opens_at == midnight(first)
    assert window.closes_at == midnight(last + timedelta(days=1))


def test_a_date_is_written_in_the_readers_calendar():
    assert format_date(date(2027, 5, 31), "fa") == "۱۰ خرداد ۱۴۰۶"
    assert format_date(date(2027, 5, 31), "en") == "31 May 2027"
    assert format_date(jdatetime.date(1406, 3, 10), "en") == "31 May 2027"
    assert format_date(datetime(2027, 5, 31, 20, 30, tzinfo=UTC), "en") == "1 June 2027"


def test_both_calendars_stand_with_the_readers_first():
    assert format_both(date(2027, 5, 31), "fa") == "۱۰ خرداد ۱۴۰۶ (۳۱ مهٔ ۲۰۲۷)"
    assert format_both(date(2027, 5, 31), "en") == "31 May 2027 (10 Khordad 1406)"


def test_a_moment_has_the_clock_of_tehran():
    at = datetime(2027, 5, 31, 10, 33, tzinfo=UTC)

    assert format_moment(at, "fa") == "۱۰ خرداد ۱۴۰۶، ساعت ۱۴:۰۳"
    assert format_moment(at, "en") == "31 May 2027, 14:03"


def test_a_closing_at_midnight_is_told_as_24_00_of_the_last_day():
    assert format_deadline(LAST_DAY_OF_MAY, "en") == "31 May 2027, 24:00 (10 Khordad 1406)"
    assert format_deadline(LAST_DAY_OF_MAY, "fa") == "۱۰ خرداد ۱۴۰۶، ساعت ۲۴:۰۰ (۳۱ مهٔ ۲۰۲۷)"


def test_another_closing_keeps_its_clock():
    assert (
        format_deadline(LAST_DAY_OF_MAY - timedelta(hours=9), "en")
        == "31 May 2027, 15:00 (10 Khordad 1406)"
    )


@pytest.mark.parametrize(
    ("left", "english", "persian_words"),
    [
        (timedelta(days=9, hours=6, minutes=59), "9 days and 6 hours", "۹ روز و ۶ ساعت"),
        (timedelta(days=1, minutes=5), "1 day", "۱ روز"),
        (timedelta(hours=5, minutes=3), "5 hours and 3 minutes", "۵ ساعت و ۳ دقیقه"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute", "۱ ساعت و ۱ دقیقه"),
        (timedelta(minutes=12), "12 minutes", "۱۲ دقیقه"),
        (timedelta(seconds=59), "less than a minute", "کمتر از یک دقیقه"),
        (timedelta(), "", ""),
        (timedelta(seconds=-1), "", ""),
    ],
)
def test_the_time_left_is_told_in_words(left, english, persian_words):
    at = LAST_DAY_OF_MAY - left

    assert time_left(LAST_DAY_OF_MAY, at, "en") == english
    assert time_left(LAST_DAY_OF_MAY, at, "fa") == persian_words


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(microseconds=-1), 0),
        (timedelta(), 1),
        (timedelta(hours=23, minutes=59), 1),
        (timedelta(hours=24), 2),
        (timedelta(days=12, hours=1), 13),
    ],
)
def test_a_day_late_has_begun_as_soon_as_the_window_is_closed(after, days):
    assert days_late(LAST_DAY_OF_MAY, LAST_DAY_OF_MAY + after) == days


def test_summer_time_of_old_cycles_is_counted_in_real_hours():
    closed = midnight(date(2021, 3, 21))  # the clock went forward on 2 Farvardin 1400
    at = midnight(date(2021, 3, 23))  # 47 hours later

    assert days_late(closed, at) == 2
    assert time_left(at, closed, "en") == "1 day and 23 hours"


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("1406/03/10", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("۱۴۰۶/۰۳/۱۰ ۰۰:۰۰", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("1406-3-10 14:30", datetime(2027, 5, 31, 14, 30, tzinfo=TEHRAN)),
        ("2027-05-31 14:30", datetime(2027, 5, 31, 14, 30, tzinfo=TEHRAN)),
        ("2027-05-31T14:30:15", datetime(2027, 5, 31, 14, 30, 15, tzinfo=TEHRAN)),
        ("٢٠٢٧/٠٥/٣١", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        (" 1406/03/10 24:00 ", datetime(2027, 6, 1, tzinfo=TEHRAN)),
        ("1403/12/30", datetime(2025, 3, 20, tzinfo=TEHRAN)),
        ("1406.03.10", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("۱۴۰۶٫۰۳٫۱۰", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("۱۴۰۶\u2044۰۳\u2044۱۰", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("2027\u201105\u201131", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("1406 / 03 / 10", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("\u200e1406/03/10", datetime(2027, 5, 31, tzinfo=TEHRAN)),
        ("\u202b۱۴۰۶/۰۳/۱۰\u202c\u00a0۱۴:۳۰\ufeff", datetime(2027, 5, 31, 14, 30, tzinfo=TEHRAN)),
        ("\u2067۱۴۰۶\u200c/\u200d۰۳/۱۰\u2069", datetime(2027, 5, 31, tzinfo=TEHRAN)),
    ],
)
def test_a_moment_is_read_in_either_calendar(typed, instant):
    assert parse_moment(typed) == instant


PASTED = Path(__file__).parents[1] / "cases" / "spreadsheets" / "dates-with-unseen-signs.txt"


@pytest.mark.parametrize("typed", PASTED.read_text(encoding="utf-8").splitlines())
def test_a_date_pasted_with_unseen_signs_is_read_in_fields_and_filters(typed):
    day = midnight(from_jalali(1404, 3, 10))

    assert MomentField().clean(typed).astimezone(TEHRAN).date() == day.date()
    assert is_moment(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1406",
        "1404/12/30",
        "2027-02-29",
        "1406/13/01",
        "1406/03-10",
        "1406/03/10 25:00",
        "1406/03/10 24:01",
        "10/03/1406",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011 -- the sentence is the calendar's own
        parse_moment(typed)


@given(st.dates(min_value=date(2011, 3, 21), max_value=date(2072, 3, 19)))
def test_a_day_is_the_same_in_both_calendars(day):
    shown = jalali(day)

    assert (
        parse_moment(f"{shown.year}/{shown.month:02}/{shown.day:02}")
        == parse_moment(day.isoformat())
        == midnight(day)
    )
