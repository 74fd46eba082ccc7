"""The dates of a planned year, and the holidays that move them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation

from cycles.calendar import DAY, Phase, day_of, from_jalali, midnight
from cycles.models import Entry, Window
from cycles.presets import (
    PRESETS,
    expected_holidays,
    is_working_day,
    spare_holidays,
    why_out_of_order,
    windows_for,
)
from cycles.workflow import Refused
from cycles.years import actions as years
from cycles.years import holidays
from tests.cycles.years.decrees import WEEK
from tests.factories import build

pytestmark = pytest.mark.django_db


# --- The dates of a planned year ----------------------------------------------------------------


def dates(world, **moved):
    """The windows of the preset, the closings of some phases moved."""
    planned = windows_for("statutory_gregorian", world.cycle.year)
    return [
        replace(w, closes_at=w.closes_at + moved.get(w.phase.value, timedelta())) for w in planned
    ]


def test_the_dates_of_a_planned_year_are_changed_and_the_record_keeps_both():
    world = build("planned")
    [before] = [w for w in dates(world) if w.phase == Phase.FESTIVAL]

    years.set_windows(world.cycle, dates(world, festival=WEEK), by=world.administrator, at=world.at)
    entry = Entry.objects.get(act="set_windows")

    assert world.closes(Phase.FESTIVAL) == before.closes_at + WEEK
    assert set(entry.params["windows"]) >= {"festival-0"}


def test_the_dates_of_an_open_year_are_never_changed():
    world = build("open")
    before = list(Window.objects.order_by("pk").values())

    with pytest.raises(Refused):
        years.set_windows(
            world.cycle, dates(world, festival=WEEK), by=world.administrator, at=world.at
        )

    assert list(Window.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("moved", "said"),
    (
        ({"self_assessment": WEEK}, "“Scoring” may not open before “Self-assessment” has closed."),
        ({"festival": timedelta(days=-31)}, "“Festival” closes before it opens."),
        (
            {"proposal": 2 * WEEK},
            "“Indicator approval” may neither open nor close before “Indicator proposal”.",
        ),
    ),
)
def test_dates_out_of_order_are_refused_in_words(moved, said):
    world = build("planned")

    with translation.override("en"), pytest.raises(Refused) as refused:
        years.set_windows(world.cycle, dates(world, **moved), by=world.administrator, at=world.at)

    assert str(refused.value) == said


def test_every_preset_keeps_its_order_when_holidays_are_spared():
    for year in range(1400, 1411):
        days = {day for day, _fa, _en in expected_holidays(year) + expected_holidays(year + 1)}
        for preset in PRESETS:
            planned = spare_holidays(windows_for(preset, year), days)

            assert why_out_of_order(planned) == ""
            assert all(is_working_day(day_of(w.closes_at - DAY), days) for w in planned)
            assert all(
                w.closes_at >= b.closes_at
                for w, b in zip(planned, windows_for(preset, year), strict=True)
            )


def test_a_deadline_on_a_holiday_friday_moves_to_a_working_day_if_the_cycle_says_so():
    world = build("people")
    friday = date(2026, 2, 20)  # the last day for proposals in the Gregorian year of 1405
    saturday = ("شنبهٔ نمونه", "A holiday of this test")
    holidays.list_holidays([(date(2026, 2, 21), *saturday)], by=world.administrator, at=world.at)

    spared = years.plan_cycle(
        year=1405, preset="statutory_gregorian", by=world.administrator, at=world.at
    )
    plain = years.proposed_windows("statutory_gregorian", 1405, spares_holidays=False)

    assert plain[0].closes_at == midnight(friday + DAY)
    assert Window.objects.get(cycle=spared, phase=Phase.PROPOSAL).closes_at == midnight(
        date(2026, 2, 23)
    )


def test_a_struck_holiday_counts_no_more_and_stays_on_record():
    world = build("people")
    [holiday] = holidays.list_holidays(
        [(date(2026, 2, 21), "نمونه", "")], by=world.administrator, at=world.at
    )

    holidays.strike_holiday(holiday, by=world.administrator, at=world.at)
    [proposal] = [
        w
        for w in years.proposed_windows("statutory_gregorian", 1405, spares_holidays=True)
        if w.phase == Phase.PROPOSAL
    ]

    assert proposal.closes_at == midnight(date(2026, 2, 22))
    assert list(Entry.objects.order_by("pk").values_list("act", flat=True)) == [
        "list_holidays",
        "strike_holiday",
    ]


def test_the_expected_holidays_of_a_year_hold_its_fixed_ones_in_both_languages():
    days = {day: (name_fa, name_en) for day, name_fa, name_en in expected_holidays(1405)}

    for month, day in ((1, 1), (1, 12), (1, 13), (3, 14), (3, 15), (11, 22), (12, 29)):
        name_fa, name_en = days[from_jalali(1405, month, day)]
        assert name_en.isascii()
        assert not name_fa.isascii()
    assert all(from_jalali(1405, 1, 1) <= day < from_jalali(1406, 1, 1) for day in days)
