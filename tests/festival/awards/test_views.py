"""Pages of ceremonies and awards."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Interest
from cycles.calendar import Phase
from cycles.workflow import Refused
from festival.awards import actions as awards
from festival.models import Award, AwardCategory, Ceremony
from festival.places import Ranking
from festival.results import actions as results
from tests.factories import PASSWORD, build
from tests.festival.awards.ceremonies import (
    REASON,
    SECOND,
    correct,
    decide,
    enter_agency,
    given_award,
    keep_minutes,
    lay_ceremony,
    of_code,
    of_province,
    proposals,
    put_forward,
)

pytestmark = pytest.mark.usefixtures("english")


def test_the_committee_s_day_from_the_standings_to_the_list(scheduled, visit):
    at, by = scheduled.at, scheduled.administrator
    client = visit(by, at)
    year = scheduled.cycle.year
    client.post(reverse("festival:ceremonies", args=[year]))
    client.post(reverse("festival:award_categories", args=[year]))
    ceremony = Ceremony.objects.get(province=None)

    def url(name):
        return reverse(f"festival:{name}", args=[ceremony.pk])

    client.post(
        url("ceremony_edit"),
        {"name_fa": "جشنواره", "held_on": "1406/06/04", "place": "تالار", "chair": "رئیس"},
    )
    client.post(url("award_propose"))
    said = {
        "category": of_code(scheduled, "elites").pk,
        "agency": "MOE",
        "rank": "commended",
        "reason": REASON,
    }
    client.post(url("award_add"), said)
    held = {
        "held_at": f"{at - timedelta(hours=3):%Y-%m-%d %H:%M}",
        "members": "یک\nدو",
        "text": "بررسی شد",
    }
    client.post(url("minutes_new"), held)
    form = {"minutes": ceremony.minutes.get().pk, "password": PASSWORD}
    for a in Award.objects.all():
        form |= {f"take-{a.pk}": "on", f"rank-{a.pk}": a.rank, f"reason-{a.pk}": a.reason}
    client.post(url("award_decide"), form)

    page = client.get(url("ceremony")).content.decode()
    listed = client.get(url_of_list(ceremony, "csv"))
    rows = tablib.Dataset().load(listed.content.decode().removeprefix("\ufeff"), format="csv").dict

    assert "Top in all indicators" in page
    assert str(ceremony.cycle.year) in page
    assert [r["rank"] for r in rows] == ["commended", "winner", "winner", "winner"]
    assert [r["category"] for r in rows] == ["elites", "total", "general", "specific"]
    assert Ceremony.objects.get(pk=ceremony.pk).held_on.isoformat() == "2027-08-26"


def url_of_list(ceremony, form):
    return reverse("festival:ceremony_list_file", args=[ceremony.pk, form])


def test_a_decision_without_the_password_or_a_reason_keeps_what_was_typed(scheduled, visit):
    award = put_forward(scheduled, lay_ceremony(scheduled), scheduled.power)
    keep_minutes(scheduled, award.ceremony)
    form = {
        f"take-{award.pk}": "on",
        f"rank-{award.pk}": "winner",
        f"reason-{award.pk}": "",
        "password": "wrong",
    }
    form |= {"minutes": award.ceremony.minutes.get().pk, f"reason_en-{award.pk}": "typed before"}

    page = visit(scheduled.administrator, scheduled.at).post(
        reverse("festival:award_decide", args=[award.ceremony_id]), form
    )

    text = page.content.decode()
    assert "it stands on the certificate" in text
    assert "typed before" in text
    assert "This is not your password." in text
    assert scheduled.fresh(award).state == "proposed"


def test_a_decider_with_an_interest_is_offered_the_others_only(scheduled, visit):
    ceremony = lay_ceremony(scheduled)
    enter_agency(scheduled, "SECOND", "65", 2)
    Interest.objects.create(
        user=scheduled.administrator, agency=scheduled.power, reason="x", declared_at=scheduled.at
    )
    proposals(scheduled, ceremony)
    keep_minutes(scheduled, ceremony)

    page = visit(scheduled.administrator, scheduled.at).get(
        reverse("festival:award_decide", args=[ceremony.pk])
    )

    text = page.content.decode()
    assert "Organization SECOND" in text
    assert "Ministry of Energy" not in text
    assert "3 proposals are of agencies in which you have an interest" in text


def test_the_page_lists_what_rests_on_an_earlier_edition(scheduled, visit):
    ceremony = lay_ceremony(scheduled)
    decide(scheduled, *proposals(scheduled, ceremony))
    correct(scheduled, place=2, percent=Decimal("55.00"))

    page = visit(scheduled.administrator, scheduled.at).get(
        reverse("festival:ceremony", args=[ceremony.pk])
    )

    text = page.content.decode()
    assert "Rests on an earlier edition" in text
    assert "place 1, 70.00" in text
    assert "place 2, 55.00" in text
    assert "Confirm after the correction" in text


def test_the_public_narrows_by_festival_and_category_and_sees_what_was_revoked(scheduled, visit):
    award = given_award(scheduled)
    unit = put_forward(
        scheduled, of_province(scheduled), scheduled.unit, "elites", rank="commended"
    )
    decide(scheduled, unit)
    moment = scheduled.edition.publish_at
    awards.revoke(award, reason="Wrong data", by=scheduled.administrator, at=moment)
    client, url = (
        visit(None, moment + SECOND),
        reverse("festival:awards", args=[scheduled.cycle.year]),
    )

    every, national, province = (
        client.get(url + q).content.decode() for q in ("", "?festival=national", "?festival=IR-26")
    )
    elites = client.get(url + "?category=elites").content.decode()

    assert "Wrong data" in every
    assert "Revoked" in national
    assert "Qazvin Regional Water" in every
    assert "Qazvin Regional Water" in province
    assert "Qazvin Regional Water" in elites
    assert "Qazvin Regional Water" not in national
    assert "Ministry of Energy" not in province
    assert "Ministry of Energy" not in elites
    assert client.get(url + "?festival=nowhere").status_code == 200


@pytest.mark.parametrize("name", ("ceremony", "ceremony_list", "award_decide", "awards"))
def test_pages_take_the_same_queries_for_many_awards(scheduled, visit, name):
    ceremony = lay_ceremony(scheduled)
    moment = scheduled.edition.publish_at
    AwardCategory.objects.update(most_winners=None, most_commended=None)
    decide(scheduled, put_forward(scheduled, ceremony, scheduled.power))
    put_forward(scheduled, ceremony, scheduled.power, "elites")
    client = visit(scheduled.administrator, moment + SECOND)
    url = reverse(
        f"festival:{name}", args=[scheduled.cycle.year if name == "awards" else ceremony.pk]
    )

    def asked():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    before = asked()
    for number in range(12):
        agency = enter_agency(scheduled, f"N{number}", "60", 2).participation.agency
        decide(scheduled, put_forward(scheduled, ceremony, agency))
        put_forward(scheduled, ceremony, agency, "elites")

    assert asked() == before


def test_the_secretariat_finds_its_ceremonies_from_the_public_page(scheduled, visit):
    lay_ceremony(scheduled)
    year = scheduled.cycle.year

    years = visit(scheduled.provincial_administrator, scheduled.at).get(
        reverse("festival:award_years")
    )
    page = visit(scheduled.provincial_administrator, scheduled.at).get(
        reverse("festival:ceremonies", args=[year])
    )

    assert reverse("festival:ceremonies", args=[year]) in years.content.decode()
    assert "Shahid Rajaei Festival of Qazvin" in page.content.decode()
    assert "National Shahid Rajaei Festival" not in page.content.decode()


def test_cells_that_a_spreadsheet_would_reckon_with_are_made_harmless(scheduled, visit):
    award = put_forward(scheduled, lay_ceremony(scheduled), scheduled.power, reason="=1+1")
    decide(scheduled, award)

    answer = visit(scheduled.administrator, scheduled.at).get(url_of_list(award.ceremony, "csv"))

    assert ",'=1+1," in answer.content.decode()
    xlsx = visit(scheduled.administrator, scheduled.at).get(url_of_list(award.ceremony, "xlsx"))
    assert (
        tablib.Dataset().load(io.BytesIO(xlsx.content), format="xlsx").dict[0]["reason"] == "'=1+1"
    )


def test_there_are_no_awards_before_there_are_results(db):
    world = build("decided")
    world.at = world.opens(Phase.FINAL) + timedelta(hours=9)
    ceremony = lay_ceremony(world)

    with pytest.raises(Refused, match="no results yet"):
        awards.propose(ceremony, by=world.administrator, at=world.at)
    with pytest.raises(Refused, match="no results yet"):
        put_forward(world, ceremony, world.power)
    results.finalise(world.cycle, by=world.administrator, at=world.at)
    assert {Ranking(a.category.basis) for a in proposals(world, ceremony)} == {
        Ranking.TOTAL,
        Ranking.GENERAL,
        Ranking.SPECIFIC,
    }
