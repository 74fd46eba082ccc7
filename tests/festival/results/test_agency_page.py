"""An agency's page over the years: its percents, axes and measures, from the editions in force and
nothing else.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle, Group, Participation
from festival.models import Edition, Standing
from festival.ranking.history import (
    NOT_ASKED,
    NOT_SUBMITTED,
    agency_history,
    frozen_scores,
    measure_outcome,
)
from festival.results import actions as results
from indicators.models import Axis, Indicator, IndicatorSet, Kind, Measure
from indicators.scoring.statutory_tree import LineState
from submissions.models import Answer, NodeScore, Score, ScoreRun, Submission
from tests.factories import YEAR

URL = "/en/festival/agencies/MOE/"


@pytest.fixture
def public(scheduled, clock):
    """The world, looked at an hour after publication."""
    scheduled.at = scheduled.edition.publish_at + timedelta(hours=1)
    clock(scheduled.at)
    return scheduled


def _standings(world):
    rows = Standing.objects.filter(
        participation__agency=world.power, edition__in=Edition.objects.current(world.at)
    )
    return list(rows.select_related("edition__cycle"))


def _rows(world):
    return {row.code: row for part in agency_history(_standings(world)).parts for row in part.rows}


def _line(world, code):
    return Answer.objects.get(submission=world.submission, measure__code=code)


def _told(world, code, **score):
    """The line's score as if it had been given so before the results were frozen."""
    Score.objects.filter(answer=_line(world, code), is_current=True).update(**score)


def _year_before(
    world, year, *, title="Old name", percent="40", submitted=True, published=True, measures=1
):
    """A published edition of an earlier year with its own set, in which the measure G1-1 has the
    same lineage.
    """
    cycle = Cycle.objects.create(year=year, preset="statutory_gregorian", state="published")
    group = Group.objects.create(
        cycle=cycle, code="infrastructure", name_fa="زیربنایی", name_en="Infrastructure"
    )
    entered = Participation.objects.create(
        cycle=cycle,
        agency=world.power,
        level=world.power.level,
        sector=world.power.sector,
        name_fa="نیرو",
    )
    at = world.edition.ranked_at - timedelta(days=365)
    run = ScoreRun.objects.create(cycle=cycle, why="final", asked_at=at, finished_at=at)
    edition = Edition.objects.create(
        cycle=cycle, run=run, ranked_at=at, state="scheduled" if published else "ranked",
        publish_at=at if published else None,
    )  # fmt: skip
    submission = Submission.objects.create(
        cycle=cycle,
        agency=world.power,
        participation=entered,
        state="communicated" if submitted else "lapsed",
    )
    Standing.objects.create(
        edition=edition, group=group, participation=entered, submission=submission, submitted=submitted, general=400,
        specific=0, total=400, ceiling=1000, percent=percent if submitted else 0, band="weak", place=1,
    )  # fmt: skip
    sets = IndicatorSet.objects.create(cycle=cycle, kind=Kind.GENERAL, state="communicated")
    titles = {"title_fa": "قدیمی", "title_en": title, "points": 600}
    axis = Axis.objects.create(set=sets, code="G1", **titles)
    indicator = Indicator.objects.create(axis=axis, code="G1-1", **titles)
    NodeScore.objects.create(
        run=run,
        submission=submission,
        kind=Kind.GENERAL,
        axis=axis,
        points=240,
        ceiling=600,
        percent=40,
    )
    lineage = Measure.objects.of(world.general).get(code="G1-1").lineage
    for number in range(measures):
        same = {"lineage": lineage} if number == 0 else {}
        m = Measure.objects.create(
            indicator=indicator, code=f"G1-{number + 1}", unit_fa="درصد", method="linear", target=90,
            **titles | {"points": 300}, **same,
        )  # fmt: skip
        line = Answer.objects.create(submission=submission, measure=m, value=12)
        Score.objects.create(
            answer=line, basis="agreed", state=LineState.SCORED, points=120, scored_at=at
        )
    return edition


def test_the_page_shows_the_percent_the_axes_and_the_measures_of_the_year(public, client):
    page = client.get(URL).content.decode()

    for text in (
        "Percent by year",
        "70.00 %",
        "E-government",
        "Human capital",
        "Measure G1-1",
        "Non-revenue water",
    ):
        assert text in page
    assert (
        page.index("Percent by year")
        < page.index("Results over the years")
        < page.index("Measures over the years")
    )


def test_a_measure_is_one_row_over_the_years_under_its_newest_title(public, client):
    _year_before(public, YEAR - 1, title="Old name")

    row = _rows(public)["G1-1"]
    page = client.get(URL).content.decode()

    assert row.year == YEAR
    assert (row.cells[0].year, row.cells[0].percent) == (YEAR - 1, Decimal("40.00"))
    assert row.cells[0].value == 12
    assert row.cells[1].percent is not None
    assert "Measure G1-1" in page
    assert "Old name" not in page
    assert page.count('<polyline class="stroke-home"') == 1


def test_not_asked_not_submitted_not_applicable_not_answered_and_zero_are_told_apart(
    public, client
):
    _year_before(public, YEAR - 1)
    _year_before(public, YEAR - 2, submitted=False)
    _told(public, "G2-1", state=LineState.NOT_APPLICABLE, points=None)
    _told(public, "G1-2", state=LineState.NOT_ANSWERED, points=None)
    _told(public, "G1-1", state=LineState.SCORED, points=0)

    rows = _rows(public)

    assert [c.words for c in rows["G2-1"].cells] == [
        NOT_SUBMITTED,
        NOT_ASKED,
        LineState.NOT_APPLICABLE.label,
    ]
    assert rows["G1-2"].cells[2].words == LineState.NOT_ANSWERED.label
    assert (rows["G1-1"].cells[2].words, rows["G1-1"].cells[2].percent) == ("", 0)
    page = client.get(URL).content.decode()
    for words in ("Not submitted", "Not asked", "Not applicable", "Not answered", "0.00 %"):
        assert words in page


def test_an_axis_that_does_not_apply_has_no_percent(public):
    NodeScore.objects.filter(run=public.edition.run, axis__code="G2").update(
        points=0, ceiling=0, percent=0
    )

    axes = {row.code: row.cells[0] for row in agency_history(_standings(public)).axes}

    assert (axes["G2"].percent, axes["G2"].words) == (None, LineState.NOT_APPLICABLE.label)
    assert axes["G1"].percent is not None


def test_what_is_not_published_is_not_told(public, client):
    _year_before(public, YEAR - 1, title="Secret", percent="43.21", published=False)

    page = client.get(URL).content.decode()

    assert "Secret" not in page
    assert "43.21" not in page
    assert str(YEAR - 1) not in page


def test_a_correction_is_told_with_the_edition_that_it_belongs_to_and_not_before(public, client):
    line = _line(public, "G1-1")
    before = _rows(public)["G1-1"].cells[0].percent
    later = results.revise(
        public.edition, {line.pk: Decimal(3)}, reason="x", by=public.administrator, at=public.at
    )

    shown_first, measure_first = (
        _rows(public)["G1-1"].cells[0].percent,
        measure_outcome(public.edition, line.measure.lineage),
    )
    Edition.objects.filter(pk=later.pk).update(state="scheduled", publish_at=public.at)
    shown_then = _rows(public)["G1-1"].cells[0].percent

    assert shown_first == before == measure_first.mean
    assert before != 1
    assert shown_then == 1


def test_of_no_edition_no_score_is_held(public):
    assert frozen_scores([]) == {}


def test_an_agency_that_was_never_assessed_has_no_charts(public, client):
    page = client.get("/en/festival/agencies/MOE-QZ/").content.decode()
    Standing.objects.filter(participation__agency=public.unit).delete()
    cache.clear()
    empty = client.get("/en/festival/agencies/MOE-QZ/").content.decode()

    assert "Percent by year" in page
    assert "Percent by year" not in empty
    assert "No results of this agency are published yet" in empty


def test_the_page_takes_the_same_few_queries_for_any_number_of_years_and_measures(public, client):
    counts = []
    for year, measures in ((None, 0), (YEAR - 1, 1), (YEAR - 2, 30), (YEAR - 3, 5)):
        if year:
            _year_before(public, year, measures=measures)
        client.get(URL)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_search_engines_are_told_what_the_page_is_and_where_it_stands(public, client):
    page = client.get(f"{URL}?from=mail").content.decode()

    assert '<meta name="description" content="Ministry of Energy: published results' in page
    assert f'<link rel="canonical" href="http://testserver{URL}">' in page
