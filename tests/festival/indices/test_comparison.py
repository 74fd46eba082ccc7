"""Position and rate of progress: examples reckoned by hand, and what holds of any scores."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.indices.comparison import (
    Gap,
    Place,
    change,
    gap,
    holder,
    median,
    percentile,
    place_of,
    places,
    progress,
    span,
)

COUNTRIES = ("IRN", "TUR", "IRQ", "SAU", "AZE", "FRA")
scores_of = st.decimals(min_value=-100, max_value=100, places=4, allow_nan=False)
SCORES = st.dictionaries(st.sampled_from(COUNTRIES), scores_of, min_size=2).map(
    lambda d: {"IRN": Decimal(1), **d}
)
PAIRS = st.tuples(SCORES, SCORES).map(lambda ends: {2015: ends[0], 2020: ends[1]})
FACTORS = st.integers(min_value=1, max_value=50)


def scores(**given: str) -> dict[str, Decimal]:
    return {country: Decimal(score) for country, score in given.items()}


def test_equal_scores_share_a_place_and_the_next_stands_after_them():
    found = places(scores(A="9", B="7", C="7", D="5"), higher=True)

    assert found == {"A": 1, "B": 2, "C": 2, "D": 4}


def test_where_less_is_better_the_lowest_stands_first():
    found = places(scores(A="9", B="7", C="7", D="5"), higher=False)

    assert found == {"D": 1, "B": 2, "C": 2, "A": 4}


def test_a_place_among_a_region_counts_only_those_of_it_that_are_covered():
    held = scores(IRN="5", IRQ="6", FRA="9", TUR="4")

    assert place_of(held, "IRN", higher=True) == Place(3, 4)
    assert place_of(held, "IRN", higher=True, among={"IRN", "IRQ", "TUR", "SAU"}) == Place(2, 3)


def test_there_is_no_place_for_who_is_not_covered_or_stands_alone():
    assert place_of(scores(IRQ="6", TUR="4"), "IRN", higher=True) is None
    assert place_of(scores(IRN="6"), "IRN", higher=True) is None
    assert percentile(scores(IRN="6"), "IRN", higher=True) is None
    assert percentile(scores(IRQ="6", TUR="4"), "IRN", higher=True) is None


def test_a_percentile_is_the_share_of_the_others_that_do_worse_rounded_half_up():
    held = scores(IRN="5", A="5", B="4", C="6")

    assert percentile(held, "IRN", higher=True) == Decimal("33.33")
    assert percentile(held, "IRN", higher=False) == Decimal("33.33")
    assert percentile(
        scores(IRN="5", A="4", B="6", C="7", D="8", E="9", F="9"), "IRN", higher=True
    ) == Decimal("16.67")


def test_a_change_needs_both_ends():
    series = {2018: scores(IRN="0.5"), 2020: scores(TUR="0.9"), 2022: scores(IRN="0.7")}

    assert change(series, "IRN", 4, higher=True) == Decimal("0.2")
    assert change(series, "IRN", 4, higher=False) == Decimal("-0.2")
    assert change(series, "IRN", 2, higher=True) is None
    assert change({}, "IRN", 4, higher=True) is None


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], None),
        ([2020], None),
        ([2018, 2020], (2018, 2020)),
        ([2010, 2014, 2018, 2020], (2014, 2020)),
        ([2010, 2015, 2020], (2015, 2020)),
    ],
)
def test_progress_is_taken_over_five_years_at_the_least_where_they_are_held(covered, expected):
    assert span(covered, 5) == expected


def test_progress_is_the_annual_change_less_the_median_of_those_covered_at_both_ends():
    series = {
        2015: scores(IRN="10", TUR="20", IRQ="30", FRA="50"),
        2020: scores(IRN="20", TUR="25", IRQ="20", SAU="90"),
    }

    found = progress(series, "IRN", years=5, higher=True)

    assert found is not None
    assert (found.first, found.last, found.compared) == (2015, 2020, 2)
    assert (found.annual, found.median, found.excess) == (Decimal(2), Decimal(1), Decimal(1))
    assert found.faster == Decimal("0.00")


def test_where_less_is_better_a_fall_is_progress():
    series = {
        2015: scores(IRN="90", TUR="80", IRQ="70"),
        2020: scores(IRN="85", TUR="60", IRQ="75"),
    }

    found = progress(series, "IRN", years=5, higher=False)

    assert found is not None
    assert (found.annual, found.median, found.excess) == (Decimal(1), Decimal(1), Decimal(0))
    assert found.faster == Decimal("50.00")


def test_without_others_there_is_a_rate_but_nothing_to_compare_it_with():
    found = progress(
        {2015: scores(IRN="1"), 2020: scores(IRN="2", TUR="3")}, "IRN", years=5, higher=True
    )

    assert found is not None
    assert (found.annual, found.median, found.excess, found.faster) == (
        Decimal("0.2"),
        None,
        None,
        None,
    )


def test_one_year_is_no_progress():
    assert progress({2020: scores(IRN="1", TUR="3")}, "IRN", years=5, higher=True) is None
    assert (
        progress({2015: scores(TUR="3"), 2020: scores(IRN="1")}, "IRN", years=5, higher=True)
        is None
    )


def test_the_gap_to_a_target_says_what_each_year_must_add():
    half, tenth = Decimal("0.5"), Decimal("0.8")

    assert gap(half, tenth, higher=True, year=2022, by=2025) == Gap(Decimal("0.3"), Decimal("0.1"))
    assert gap(tenth, half, higher=False, year=2022, by=2025) == Gap(Decimal("0.3"), Decimal("0.1"))
    assert gap(tenth, half, higher=True, year=2022, by=2025) == Gap(Decimal("-0.3"), None)
    assert gap(half, tenth, higher=True, year=2025, by=2025) == Gap(Decimal("0.3"), None)


def test_the_score_of_a_place_is_the_last_ones_where_there_are_fewer():
    held = scores(A="9", B="7", C="5")

    assert [holder(held, place, higher=True) for place in (1, 2, 3, 4)] == [9, 7, 5, 5]
    assert holder(held, 1, higher=False) == 5
    assert holder({}, 1, higher=True) is None


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle():
    assert median([Decimal(1), Decimal(4), Decimal(2), Decimal(9)]) == 3
    assert median([]) is None


# --- What holds of any scores -------------------------------------------------------------------


@given(SCORES, FACTORS, scores_of)
def test_another_scale_leaves_places_and_percentiles_as_they_are(held, factor, shift):
    scaled = {country: score * factor + shift for country, score in held.items()}

    assert places(scaled, higher=True) == places(held, higher=True)
    assert percentile(scaled, "IRN", higher=True) == percentile(held, "IRN", higher=True)


@given(SCORES)
def test_turning_scale_and_direction_both_changes_nothing(held):
    turned = {country: -score for country, score in held.items()}

    assert places(turned, higher=False) == places(held, higher=True)
    assert percentile(turned, "IRN", higher=False) == percentile(held, "IRN", higher=True)


@given(SCORES, st.permutations(COUNTRIES))
def test_who_the_others_are_does_not_matter(held, order):
    shuffled = {country: held[country] for country in order if country in held}

    assert places(shuffled, higher=True) == places(held, higher=True)
    assert place_of(shuffled, "IRN", higher=True) == place_of(held, "IRN", higher=True)


@given(SCORES)
def test_places_from_both_ends_count_every_country_once(held):
    best, worst = places(held, higher=True), places(held, higher=False)

    for country, score in held.items():
        tied = sum(1 for other in held.values() if other == score)
        assert best[country] + worst[country] + tied == len(held) + 2


@given(PAIRS)
def test_progress_turned_both_ways_is_the_same(series):
    turned = {year: {c: -s for c, s in of.items()} for year, of in series.items()}

    assert progress(turned, "IRN", years=5, higher=False) == progress(
        series, "IRN", years=5, higher=True
    )


@given(PAIRS, FACTORS, scores_of)
def test_progress_grows_with_the_scale_and_does_not_see_where_it_begins(series, factor, shift):
    scaled = {year: {c: s * factor + shift for c, s in of.items()} for year, of in series.items()}

    before, after = (progress(s, "IRN", years=5, higher=True) for s in (series, scaled))

    assert before is not None
    assert after is not None
    assert after.annual == before.annual * factor
    assert (after.faster, after.compared) == (before.faster, before.compared)


@given(PAIRS)
def test_if_all_move_as_much_nobody_is_ahead(series):
    moved = {2015: series[2015], 2020: {c: s + 3 for c, s in series[2015].items()}}

    found = progress(moved, "IRN", years=5, higher=True)

    assert found is not None
    assert (found.annual, found.excess, found.faster) == (Decimal("0.6"), 0, 0)
