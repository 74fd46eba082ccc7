"""Pages of a year: planned, opened, and who takes part."""

import pytest

from cycles.calendar import Phase
from cycles.models import Cycle, Participation
from tests.cycles.pages import text
from tests.factories import build

pytestmark = pytest.mark.django_db


# --- Cycles -------------------------------------------------------------------------------------


def test_a_planned_cycle_is_seen_by_administrators_and_by_nobody_else(as_):
    w = build("planned")

    assert as_(w.administrator, w.at).get("/en/cycles/1405/").status_code == 200
    assert as_(w.staff, w.at).get("/en/cycles/1405/").status_code == 404
    assert "Assessment of 1405" not in text(as_(w.staff, w.at).get("/en/cycles/"))


def test_the_plan_page_shows_every_window_in_both_calendars_and_writes_nothing(as_):
    w = build("people")

    page = text(
        as_(w.administrator, w.at).get(
            "/en/cycles/plan/", {"year": "۱۴۰۵", "preset": "statutory_gregorian"}
        )
    )

    assert "31 May 2027, 24:00 (10 Khordad 1406)" in page
    assert all(
        str(phase.label) in page
        for phase in Phase
        if phase not in (Phase.CLARIFICATION, Phase.ANYTIME)
    )
    assert not Cycle.objects.exists()


def test_planning_a_year_leads_to_its_page_and_planning_it_twice_is_refused_in_words(as_):
    w = build("people")
    client, form = as_(w.administrator, w.at), {"year": "1406", "preset": "statutory_jalali"}

    first, second = client.post("/en/cycles/plan/", form), client.post("/en/cycles/plan/", form)

    assert first.url == "/en/cycles/1406/"
    assert "There already is a cycle for this year." in text(second)
    assert Cycle.objects.count() == 1


def test_nobody_but_a_national_administrator_finds_the_plan_page(as_):
    w = build("people")

    for name in ("provincial_administrator", "auditor", "staff"):
        client = as_(w.people[name], w.at)
        assert client.get("/en/cycles/plan/").status_code == 404
        assert (
            client.post(
                "/en/cycles/plan/", {"year": "1406", "preset": "statutory_jalali"}
            ).status_code
            == 404
        )
    assert not Cycle.objects.exists()


def test_opening_a_cycle_is_confirmed_first_and_then_counts_who_takes_part_by_group(as_):
    w = build("planned")
    client = as_(w.administrator, w.at)

    before = client.get("/en/cycles/1405/move/open/")
    after = client.post("/en/cycles/1405/move/open/", {"note": ""}, follow=True)

    assert "3 active agencies will take part" in text(before)
    assert Participation.objects.count() == 3
    assert "Infrastructure · Qazvin" in text(after)
    assert "Open the cycle (Planned → Open)" in text(after)


def test_a_persian_page_has_persian_digits_and_jalali_dates_first(world, as_):
    page = text(as_(world.auditor, world.at).get("/fa/cycles/1405/"))

    assert "۱۰ خرداد ۱۴۰۶، ساعت ۲۴:۰۰ (۳۱ مهٔ ۲۰۲۷)" in page
    assert ">1405<" not in page


def test_participants_are_those_in_scope_and_the_search_reads_arabic_letters(world, as_):
    client = as_(world.provincial_administrator, world.at)

    everyone = text(client.get("/en/cycles/1405/participants/"))
    found = text(
        as_(world.administrator, world.at).get("/en/cycles/1405/participants/", {"q": "نيرو"})
    )

    assert "Qazvin Regional Water" in everyone
    assert "Ministry of Health" not in everyone
    assert "Ministry of Energy" in found
    assert "Ministry of Health" not in found
