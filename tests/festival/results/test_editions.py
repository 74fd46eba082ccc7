"""Editions: what a year's results are ranked by, and how an error is put
right in the next edition.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from cycles.models import Cycle, Entry, Participation, TieRule
from cycles.workflow import Refused
from festival.models import Edition, Standing
from festival.places import Entrant, Ranking, places
from festival.ranking import standings
from festival.results import actions as results
from submissions.models import Answer, NodeScore, Score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def line(world):
    return Answer.objects.get(submission=world.submission, measure__code="G1-1")


def revised(world, points=None, reason="نمرهٔ بند ۱ نادرست بود"):
    at = world.edition.publish_at or world.at
    right = {line(world).pk: Decimal(7) if points is None else points}
    return results.revise(
        world.edition, right, reason=reason, by=world.administrator, at=at + timedelta(days=1)
    )


# --- Rankings -----------------------------------------------------------------------------------


def result(world, *, percent, specific=None, before=None):
    def node(value):
        return NodeScore(percent=Decimal(value), ceiling=Decimal(1000), points=Decimal(value) * 10)

    nodes = {"": node(percent)} | ({"specific": node(specific)} if specific else {})
    last = None if before is None else Decimal(before)
    return standings.Result(Participation(pk=1), world.submission, nodes, last)


def test_growth_is_the_difference_of_the_percents_as_they_were_shown(final):
    assert result(final, percent="70.005", before="65.50").growth == Decimal("4.51")
    assert result(final, percent="70").growth is None


def test_who_has_no_growth_or_no_measures_of_a_kind_enters_no_such_ranking(final):
    found = result(final, percent="70", specific="60")

    assert found.entrant(1, Ranking.GROWTH, TieRule.SHARED) is None
    assert found.entrant(1, Ranking.THEMATIC, TieRule.SHARED) is None
    assert found.entrant(1, Ranking.SPECIFIC, TieRule.SHARED) == Entrant(
        1, 1, Decimal("60"), submitted=True
    )


def test_the_second_tie_rule_parts_equal_percents_by_specific_indicators_then_growth(final):
    def entrant(key, **of):
        found = result(final, **of)
        return Entrant(key, *_rest(found.entrant(1, Ranking.TOTAL, TieRule.SPECIFIC)))

    def _rest(e):
        return e.group, e.percent, e.submitted, e.then

    found = places(
        [
            entrant(1, percent="80", specific="60"),
            entrant(2, percent="80", specific="70"),
            entrant(3, percent="80", specific="60", before="70"),
            entrant(4, percent="80", specific="60"),
        ]
    )

    assert {p.key: p.place for p in found} == {2: 1, 3: 2, 1: 3, 4: 3}


def test_the_first_of_a_group_with_too_low_a_percent_is_no_winner(final):
    first = Standing.objects.firsts().first()
    assert first is not None

    Cycle.objects.filter(pk=final.cycle.pk).update(minimum_to_win=100)

    assert not Standing.objects.firsts().exists()
    assert Standing.objects.get(pk=first.pk).place == 1


def test_each_kind_has_places_of_its_own(final):
    standing = Standing.objects.get(participation__agency=final.power)
    of_kind = NodeScore.objects.get(
        run=final.edition.run, submission=final.submission, kind="general", axis=None
    )

    assert standing.general_percent == of_kind.percent.quantize(Decimal("0.01"))
    assert standing.general_place >= 1
    assert standing.growth_place is None


# --- Corrections --------------------------------------------------------------------------------


def test_a_correction_is_a_new_numbered_edition_and_the_one_before_stays(published):
    before = list(Standing.objects.filter(edition=published.edition).order_by("pk").values())

    made = revised(published)

    assert (made.number, made.state, made.reason) == (2, "ranked", "نمرهٔ بند ۱ نادرست بود")
    assert made.digest != published.edition.digest
    assert (
        list(Standing.objects.filter(edition=published.edition).order_by("pk").values()) == before
    )
    score = Score.objects.get(answer=line(published), is_current=True)
    assert (score.basis, score.points, score.reason) == ("correction", Decimal(7), made.reason)
    [entry] = Entry.objects.of(published.edition).filter(act="revise")
    assert entry.params["lines"] == [["MOE/G1-1", "7"]]


def test_the_public_sees_the_edition_before_until_the_new_one_s_moment(published, client, clock):
    made = revised(published)
    at = published.edition.publish_at + timedelta(days=2)
    made = results.schedule(
        made, publish_at=at, by=published.administrator, at=at - timedelta(hours=1)
    )
    year = published.cycle.year

    clock(at - timedelta(minutes=1))
    assert client.get(f"/en/festival/{year}/editions/2/").status_code == 404
    assert client.get(f"/en/festival/{year}/").context["edition"].number == 1
    clock(at)
    page = client.get(f"/en/festival/{year}/")
    assert page.context["edition"].number == 2
    assert made.reason in page.content.decode()
    assert (
        "This edition was corrected"
        in client.get(f"/en/festival/{year}/editions/1/").content.decode()
    )
    assert [e.number for e, _groups in client.get("/en/festival/").context["editions"]] == [2]


def test_publishing_a_corrected_edition_publishes_the_year_only_once(published):
    made = revised(published)
    at = published.edition.publish_at + timedelta(days=2)
    results.schedule(made, publish_at=at, by=published.administrator, at=at - timedelta(hours=1))

    assert results.publish_due(at=at) == [Edition.objects.get(pk=made.pk)]
    assert Cycle.objects.get(pk=published.cycle.pk).state == "published"
    assert Entry.objects.of(published.cycle).filter(act="publish").count() == 1


@pytest.mark.parametrize(
    ("points", "reason", "why"),
    (
        (Decimal(7), " ", "Say what was wrong"),
        (Decimal(1001), "x", "points lie between 0 and"),
        (Decimal(-1), "x", "points lie between 0 and"),
    ),
)
def test_a_correction_without_reason_or_beyond_the_ceiling_is_refused(
    published, points, reason, why
):
    with pytest.raises(Refused, match=why):
        revised(published, points, reason)

    assert Edition.objects.count() == 1


def test_points_that_stand_already_and_an_edition_that_was_corrected_are_refused(published):
    held = Score.objects.get(answer=line(published), is_current=True).points
    with pytest.raises(Refused, match="these are the points it has"):
        revised(published, held)
    revised(published)

    with pytest.raises(Refused, match="There is a later edition"):
        revised(published, Decimal(8))


def test_the_page_names_each_row_that_is_wrong_and_keeps_what_was_typed(published, client, clock):
    clock(published.edition.publish_at + timedelta(days=1))
    client.force_login(published.administrator, backend="config.accounts.backends.PasswordBackend")
    url = f"/fa/festival/manage/{published.cycle.year}/revise/"
    typed = "MOE, G1-1, seven\nMOE G9-9 1\nMOE G1-1"

    page = client.post(url, {"rows": typed, "note": "x", "password": "y"}).content.decode()

    for said in ("۱: ", "۲: ", "۳: "):
        assert said in page
    assert "MOE G9-9 1" in page
    assert Edition.objects.count() == 1
