"""The chapters of the report that look past the ranking."""

from festival.models import Standing
from festival.report import chapters
from indicators.models import Measure
from indicators.scoring.methods import half_up
from submissions.models import Score


def test_a_specific_line_that_did_not_earn_its_ceiling_is_behind_its_target(facts):
    behind = facts.behind

    assert behind.lines >= behind.behind >= len(behind.most) > 0
    assert all(row.lost > 0 and row.percent < 100 for row in behind.most)
    assert [row.lost for row in behind.most] == sorted(
        (row.lost for row in behind.most), reverse=True
    )


def test_each_article_of_the_act_lies_in_one_chapter():
    articles = [
        a for _number, first, last, _title in chapters.CHAPTERS for a in range(first, last + 1)
    ]

    assert articles == list(range(1, 129))


def test_the_chapters_of_the_act_are_measured_by_what_cites_their_articles(final):
    Measure.objects.filter(code="G1-1").update(law="csma", article="۳۷ و ۳۸")

    rows = {row.number: row for row in chapters.execution(final.edition)}

    assert (rows[5].measures, rows[5].lines) == (1, 1)
    line = Score.objects.get(
        answer__measure__code="G1-1", answer__submission=final.submission, is_current=True
    )
    ceiling = Measure.objects.get(code="G1-1").points
    assert rows[5].percent == half_up(line.points * 100 / ceiling, 2)
    assert rows[11].percent is None


def test_provinces_count_their_own_units_alone(final):
    standings = Standing.objects.filter(edition=final.edition).for_list()

    [row] = chapters.provinces(standings)

    assert (row.province.code, row.size, row.submitted, row.mean) == ("IR-26", 1, 0, None)


def test_of_few_agencies_no_correlation_is_told(final):
    Measure.objects.filter(code="G1-1").update(method="survey")

    [row] = chapters.validity(final.edition, Standing.objects.filter(edition=final.edition))

    assert (row.agencies, row.correlation) == (1, None)
