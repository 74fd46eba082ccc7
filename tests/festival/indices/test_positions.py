"""Position and progress of the country, and the chapter on them."""

from datetime import timedelta
from decimal import Decimal

from festival.indices import actions as indices
from festival.indices.chapter import chapter
from festival.indices.queries import positions
from festival.models import Index, Region
from tests.festival.indices.registers import enter, take_in, write_report
from tests.worlds.indices import index, region


def test_a_position_says_rank_region_percentile_change_and_progress(world):
    [found] = positions([index(world)], region(world))

    assert (found.ranked, found.place.of, found.is_reckoned) == (3, 4, True)
    assert (found.region_place.place, found.region_place.of) == (2, 3)
    assert found.better_than == Decimal("33.33")
    assert (found.change.since, found.change.gain) == (2018, Decimal("0.1"))
    assert (found.progress.first, found.progress.last, found.progress.compared) == (2018, 2024, 3)
    assert found.progress.annual == Decimal("0.01666667")
    assert found.progress.excess == 0
    assert found.region_progress.faster == Decimal("50.00")


def test_the_gap_to_a_place_is_told_in_places_and_in_the_score_that_it_takes(world):
    [found] = positions([index(world)], region(world))

    assert (found.goal.places, found.goal.score) == (1, Decimal("0.9"))
    assert (found.goal.gap.lacking, found.goal.gap.pace) == (Decimal("0.3"), Decimal("0.05"))


def test_the_countrys_own_values_alone_give_no_place_and_no_comparison(world):
    indices.load_register(by=world.administrator, at=world.at)

    [found] = positions([Index.objects.get(code="FSI")], Region.objects.get())

    assert (found.at.score, found.place, found.ranked, found.region_place, found.progress) == (
        Decimal("82.9"), None, None, None, None,
    )  # fmt: skip
    [hdi] = positions([Index.objects.get(code="HDI")], Region.objects.get())
    assert (hdi.progress.annual, hdi.progress.excess, hdi.better_than) == (
        Decimal("-0.0016"),
        None,
        None,
    )


def test_positions_take_three_queries_for_any_number_of_indices_and_countries(
    world, django_assert_num_queries
):
    indices.load_register(by=world.administrator, at=world.at)
    codes = "\n".join(
        f"{code},{year},{n},{n}"
        for year in (2018, 2024)
        for n, code in enumerate(("TUR", "IRQ", "SAU"), 1)
    )
    take_in(world, Index.objects.get(code="EGDI"), f"country,year,score,rank\n{codes}\n")
    every, near = list(Index.objects.for_list()), Region.objects.get()

    for some in (every[:1], every):
        with django_assert_num_queries(3):
            positions(some, near)


def test_the_chapter_holds_what_was_known_in_its_year_and_what_was_approved(world):
    egdi = index(world)
    indices.send_report(write_report(world, egdi), by=world.head, at=world.at)
    text = indices.recommend(
        egdi, year=1405, text="سامانه‌ها پیوسته شود", by=world.administrator, at=world.at
    )

    before = chapter(1405, world.at)
    indices.approve_recommendation(text, by=world.administrator, at=world.at)
    after, early = chapter(1405, world.at), chapter(1397, world.at)

    assert [row.position.edition.year for row in after.rows] == [2024]
    assert [row.position.edition.year for row in early.rows] == [2018]
    assert (
        before.entries_with_recommendation,
        [row.recommendation.text for row in after.entries_with_recommendation],
    ) == (
        (),
        ["سامانه‌ها پیوسته شود"],
    )
    assert [report.agency for row in after.entries_with_reports for report in row.reports] == [
        world.power
    ]
    assert (early.entries_with_recommendation, early.entries_with_reports) == ((), ())
    assert chapter(1390, world.at).is_empty


def test_an_edition_that_comes_out_later_is_not_in_an_earlier_chapter(world, followed):
    tomorrow = (world.at + timedelta(days=1)).date()
    enter(world, followed, year=2019, label="2019", published_on=tomorrow)

    assert chapter(1400, world.at).is_empty
    assert not chapter(1400, world.at + timedelta(days=2)).is_empty
