"""A phase is one row: whatever depends on the phases of the year takes a new one up by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from config.home.year_strip import Outlook
from config.rehearsal import year as rehearsal
from cycles.calendar import PHASES, Binding, Phase
from cycles.calendar.phases import PhaseSpec, Scope, Span
from cycles.models import PRACTICE, Window
from cycles.presets import PRESETS, why_out_of_order, windows_for
from cycles.years import actions as years
from festival.duties import timeline
from tests.factories import build

ARTICLE = "Article 1 of the made-up bylaw"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def review(monkeypatch) -> Phase:
    """A made-up phase after the festival: a member of the enumeration and its row."""
    member = str.__new__(Phase, "review")
    member._name_, member._value_, member._label_ = "REVIEW", "review", "Review of the year"
    member._sort_order_ = len(Phase)
    monkeypatch.setitem(Phase._member_map_, "REVIEW", member)
    monkeypatch.setitem(Phase._value2member_map_, "review", member)
    monkeypatch.setattr(Phase, "_member_names_", [*Phase._member_names_, "REVIEW"])
    row = PhaseSpec(
        member,
        Binding.HARD,
        article=ARTICLE,
        days=dict.fromkeys(PRESETS, (Span((1, 8, 1), (1, 8, 30)),)),
        unkept="not reviewed",
        stages={"reviewed": 0.5},
    )
    monkeypatch.setitem(PHASES, member, row)
    return member


def test_every_phase_but_any_time_has_one_row_in_the_order_of_the_year():
    assert list(PHASES) == [phase for phase in Phase if phase != Phase.ANYTIME]
    assert all(phase == spec.phase for phase, spec in PHASES.items())


def test_a_dated_phase_has_its_days_in_every_preset():
    for spec in PHASES.values():
        assert set(spec.days) in (set(), set(PRESETS)), spec.phase
        assert all(len(spans) == len(spec.quarters) for spans in spec.days.values()), spec.phase


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_proposes_dates_for_a_new_phase(review, key):
    [window] = [w for w in windows_for(key, 1405) if w.phase == review]

    assert window.binding == Binding.HARD
    assert window.closes_at - window.opens_at == timedelta(days=30)


def test_a_new_phase_follows_the_one_before_it(review):
    *others, last = windows_for("statutory_jalali", 1405)
    festival = others[-1]

    assert why_out_of_order([*others, last]) == ""
    early = replace(last, opens_at=festival.closes_at - timedelta(days=1))
    assert why_out_of_order([*others, early]) == (
        "“Review of the year” may not open before “Festival” has closed."
    )


def test_a_rehearsal_knows_when_the_stages_of_a_new_phase_begin(review):
    assert rehearsal.beginnings()["reviewed"] == (review, 0.5)
    assert list(rehearsal.beginnings())[-1] == "reviewed"


def test_a_new_phase_is_laid_refused_shown_and_kept(review, db, client):
    world = build("people")
    admin = world.administrator
    cycle = years.plan_cycle(year=1405, preset="statutory_jalali", by=admin, at=world.at)
    cycle = years.open_cycle(cycle, by=admin, at=world.at)
    window = Window.objects.get(cycle=cycle, phase="review")

    assert (window.binding, window.label) == (Binding.HARD, "Review of the year")
    windows = Window.objects.concerning([cycle])
    closed = windows.why_closed(review, cycle, window.closes_at)
    assert closed.startswith("Review of the year closed on")
    assert ARTICLE in closed

    [strip] = Outlook(admin, world.at).strips()
    assert strip.items[-1].label == "Review of the year"

    [kept] = timeline.years([cycle], window.closes_at)
    assert (kept.phases[-1].label, kept.phases[-1].missing) == (
        "Review of the year",
        "not reviewed",
    )

    assert PHASES[review].is_extendable
    years.open_practice(by=admin, at=world.at)
    assert Window.objects.filter(cycle__year=PRACTICE, phase="review").exists()
    assert ARTICLE in client.get("/en/festival/method/").content.decode()


def test_a_new_phase_may_have_a_window_for_each_quarter_agency_or_line(review, monkeypatch):
    row = PHASES[review]
    seen = []
    for scope in Scope:
        spec = replace(row, scope=scope)
        seen.append((len(spec.quarters), spec.is_per_agency, spec.is_per_line))
    assert seen == [(1, False, False), (4, False, False), (1, True, False), (1, True, True)]
