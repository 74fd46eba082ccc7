"""Proposals of awards: by the standings, and by hand."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.awards.candidates import candidates
from festival.models import Ceremony, Edition, Standing
from tests.festival.awards.ceremonies import (
    enter_agency,
    group_of,
    lay_ceremony,
    of_province,
    proposals,
    put_forward,
)

pytestmark = pytest.mark.usefixtures("english")


def proposed(ceremony, edition, code):
    """Whom the standings put forward in a category: agencies by rank."""
    found = [c for c in candidates(ceremony, edition) if c.category.code == code]
    return {(c.standing.participation.agency.code, c.rank.value) for c in found}


# --- Whom the standings put forward -------------------------------------------------------------


def test_the_first_is_proposed_as_winner_and_the_next_as_commended_by_the_category(
    final,
):
    ceremony = lay_ceremony(final)
    enter_agency(final, "SECOND", "65", 2)
    enter_agency(final, "THIRD", "60", 3)

    assert proposed(ceremony, final.edition, "total") == {
        ("MOE", "winner"),
        ("SECOND", "commended"),
    }
    assert proposed(ceremony, final.edition, "general") == {("MOE", "winner")}


def test_equal_places_are_all_proposed(final):
    ceremony = lay_ceremony(final)
    enter_agency(final, "ALSO", "70", 1)
    enter_agency(final, "THIRD", "60", 3)
    enter_agency(final, "TOO", "60", 3)

    found = proposed(ceremony, final.edition, "total")

    assert found == {
        ("MOE", "winner"),
        ("ALSO", "winner"),
        ("THIRD", "commended"),
        ("TOO", "commended"),
    }


def test_nobody_is_proposed_with_less_than_the_year_asks_or_without_having_submitted(final):
    ceremony = lay_ceremony(final)
    enter_agency(final, "SILENT", "0", 2, submitted=False)
    enter_agency(final, "LOW", "50", 2, growth=Decimal(30), growth_place=1)
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=60)
    edition = Edition.objects.get()

    assert proposed(ceremony, edition, "total") == {("MOE", "winner")}
    assert proposed(ceremony, edition, "growth") == set()
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=71)
    assert candidates(ceremony, Edition.objects.get()) == []


def test_an_award_given_once_goes_to_the_highest_of_all_groups_and_growth_is_growth(final):
    ceremony = lay_ceremony(final)
    power = Standing.objects.get(participation__agency=final.power)
    Standing.objects.filter(pk=power.pk).update(growth=Decimal("4.00"), growth_place=1)
    other = Standing.objects.get(participation__agency=final.health).group
    enter_agency(final, "GROWN", "61", 1, group=other, growth=Decimal("9.50"), growth_place=1)
    enter_agency(final, "FALLEN", "62", 2, growth=Decimal("-1.00"), growth_place=2)

    found = proposed(ceremony, final.edition, "growth")

    assert found == {("GROWN", "winner"), ("MOE", "commended")}


def test_a_province_s_ceremony_concerns_its_own_groups_only(final):
    lay_ceremony(final)
    enter_agency(final, "QZ-1", "80", 1, group=group_of(final, final.province))

    assert proposed(of_province(final), final.edition, "total") == {("QZ-1", "winner")}
    national = Ceremony.objects.get(province=None)
    assert proposed(national, final.edition, "total") == {("MOE", "winner")}


def test_proposals_are_made_once_and_what_was_struck_stays_struck(final):
    ceremony = lay_ceremony(final)
    made = proposals(final, ceremony)
    total = next(a for a in made if a.category.code == "total")
    awards.strike(total, reason="کمیته نپذیرفت", by=final.administrator, at=final.at)

    with pytest.raises(Refused, match="nobody to propose"):
        awards.propose(ceremony, by=final.administrator, at=final.at)

    assert {a.category.code for a in made} == {"total", "general", "specific"}
    assert final.fresh(total).state == "withdrawn"
    assert "Place 1" in total.reason_en
    assert "70.00 percent" in total.reason_en
    assert "رتبهٔ ۱" in total.reason


def test_as_many_queries_for_a_hundred_agencies_as_for_three(final):
    ceremony = lay_ceremony(final)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            candidates(ceremony, Edition.objects.select_related("cycle").get())
        return len(captured)

    before = asked()
    for number in range(100):
        enter_agency(final, f"N{number}", "60", 2)

    assert asked() == before


# --- By hand ------------------------------------------------------------------------------------


def test_by_hand_an_agency_is_put_forward_where_it_belongs_and_nowhere_else(final):
    ceremony = lay_ceremony(final)
    own = of_province(final)
    group = Standing.objects.get(participation__agency=final.power).group
    put_forward(final, ceremony, final.power)

    with pytest.raises(Refused, match="already"):
        put_forward(final, ceremony, final.power)
    with pytest.raises(Refused, match="no agency of this province"):
        put_forward(final, own, final.power)
    with pytest.raises(Refused, match="no such award at this ceremony"):
        put_forward(final, own, final.unit, "transformation")
    with pytest.raises(Refused, match="name the group"):
        put_forward(final, ceremony, final.power, "total")
    with pytest.raises(Refused, match="given once"):
        put_forward(final, ceremony, final.power, "elites", group=group)
    with pytest.raises(Refused, match="not in this group"):
        put_forward(final, ceremony, final.health, "total", group=group)
    with pytest.raises(Refused, match="in one sentence"):
        put_forward(final, ceremony, final.power, "elites", reason=" ")
    assert put_forward(final, ceremony, final.power, "total", group=group).standing.place == 1
    assert put_forward(final, ceremony, final.power, "transformation").standing is None


def test_by_hand_nobody_wins_below_the_minimum_or_without_having_submitted(final):
    ceremony = lay_ceremony(final)
    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=71)

    with pytest.raises(Refused, match="below which nobody wins"):
        put_forward(final, ceremony, final.power)
    with pytest.raises(Refused, match="submitted no self-assessment"):
        put_forward(final, ceremony, final.health)

    assert put_forward(final, ceremony, final.power, rank="commended").rank == "commended"
    assert put_forward(final, ceremony, final.health, rank="commended").rank == "commended"
