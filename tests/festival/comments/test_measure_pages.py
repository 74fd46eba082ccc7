"""The page of a measure, and what working groups read of its comments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle
from festival.models import Edition
from festival.ranking.history import measure_outcome
from indicators.models import IndicatorSet, Kind, Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, Score, Submission
from tests.factories import YEAR, make_agency
from tests.festival.comments.written_comments import TEXT, published_comment, waiting_comment

pytestmark = pytest.mark.usefixtures("english")


# -- The measure


def _score(world, measure, number, points, state=LineState.SCORED):
    agency = make_agency(f"Y{number}", f"سازمان {number}", f"Organization {number}")
    template = world.submission.participation
    template.pk, template.agency, template._state.adding = None, agency, True
    template.save()
    submission = Submission.objects.create(
        cycle=world.cycle, agency=agency, participation=template, state="communicated"
    )
    answer = Answer.objects.create(submission=submission, measure=measure)
    Score.objects.create(
        answer=answer, basis="agreed", state=state, points=points, scored_at=world.edition.ranked_at
    )  # fmt: skip


def test_the_distribution_is_told_from_five_agencies_on(public, client, url, measure):
    for number in range(3):
        _score(public, measure, number, Decimal(300))
    few = client.get(url).content.decode()
    _score(public, measure, 3, Decimal(60))
    _score(public, measure, 4, None, LineState.NOT_APPLICABLE)
    many, found = client.get(url).content.decode(), measure_outcome(public.edition, measure.lineage)

    assert "How many agencies reached" not in few
    assert "How many agencies reached" in many
    assert (found.scored, found.not_applicable, found.not_answered) == (5, 1, 0)
    assert [step.count for step in found.steps][-1] >= 3
    assert sum(step.count for step in found.steps) == 5
    assert {step.low: step.count for step in found.steps}[20] >= 1
    assert 20 < found.mean < 100


def test_there_is_no_page_of_what_was_not_asked_or_not_published(public, client, url, measure):
    other = "00000000-0000-4000-8000-000000000000"

    assert client.get(f"/en/festival/{YEAR}/measures/{other}/").status_code == 404
    assert client.get(url.replace(str(YEAR), str(YEAR - 1))).status_code == 404
    Edition.objects.update(publish_at=public.at + timedelta(hours=1))
    assert client.get(url).status_code == 404
    assert client.post(url, {"text": TEXT}).status_code == 404


def test_the_agency_s_page_leads_to_the_measure_with_the_agency_filled_in(public, client, url):
    page = client.get("/en/festival/agencies/MOE/").content.decode()

    assert f'href="{url}?agency=MOE"' in page
    assert 'value="MOE"' in client.get(f"{url}?agency=MOE").content.decode()


def test_a_measure_s_page_takes_the_same_queries_for_any_number_of_agencies(
    public, client, url, measure
):
    counts = []
    for number in range(3):
        _score(public, measure, number, Decimal(300))
        published_comment(public, measure, f"{TEXT} {number}", about=public.power)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert len(set(counts)) == 1


# -- The working groups


def _next_set(world, measure):
    """The general set of the next year, proposed, in which the measure has the same lineage."""
    cycle = Cycle.objects.create(year=YEAR + 1, preset="statutory_gregorian", state="open")
    following = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL, state="proposed")
    axis, indicator = measure.indicator.axis, measure.indicator
    axis.pk, axis.set, axis._state.adding = None, following, True
    axis.save()
    indicator.pk, indicator.axis, indicator._state.adding = None, axis, True
    indicator.save()
    measure.pk, measure.indicator, measure._state.adding = None, indicator, True
    measure.save()
    return following


def test_next_year_s_working_group_reads_the_published_comments_on_its_measures(
    public, client, measure
):
    published_comment(public, measure)
    waiting_comment(public, measure, "Still waiting")
    published_comment(
        public, Measure.objects.of(public.general).get(code="G2-1"), "Of another measure"
    )
    following = _next_set(public, measure)
    address = f"/en/festival/sets/{following.pk}/comments/"
    client.force_login(public.member)

    page, slot = (
        client.get(address, headers=h).content.decode() for h in ({}, {"HX-Request": "true"})
    )
    set_page = client.get(f"/en/indicators/{following.pk}/").content.decode()

    for text in (page, slot):
        assert TEXT in text
        assert "Still waiting" not in text
        assert "Of another measure" not in text
    assert "<html" not in slot
    assert f'hx-get="{address}"' in set_page
    assert f'href="{address}"' in set_page


def test_a_year_s_own_set_is_not_told_what_was_said_of_its_results(public, client, measure):
    published_comment(public, measure)
    client.force_login(public.member)

    page = client.get(f"/en/festival/sets/{public.general.pk}/comments/").content.decode()

    assert TEXT not in page


def test_comments_on_a_set_are_closed_to_those_who_may_not_see_it(public, client, measure):
    published_comment(public, measure)
    following = _next_set(public, measure)
    client.force_login(public.stranger)

    assert client.get(f"/en/festival/sets/{following.pk}/comments/").status_code == 404
