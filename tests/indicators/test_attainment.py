"""The traffic light: how far a quarter's target is attained, by the one stated rule."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.attainment import MISSED, MOST, Light, attainment, light, shown_percent

NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=8)


def of(actual, target, *, less=False):
    return attainment(
        None if actual is None else Decimal(str(actual)),
        None if target is None else Decimal(str(target)),
        less_is_better=less,
    )


@pytest.mark.parametrize(
    ("actual", "target", "less", "percent"),
    (
        (45, 90, False, "50"),
        (90, 90, False, "100"),
        (99, 90, False, "110"),
        (900, 90, False, "200"),
        (25, 20, True, "80"),
        (20, 20, True, "100"),
        (16, 20, True, "125"),
        (0, 20, True, "200"),
        (-1, 20, True, "200"),
        (0, 0, False, "100"),
        (5, 0, False, "100"),
        (-1, 0, False, "0"),
        (0, 0, True, "100"),
        (1, 0, True, "0"),
        (-5, 20, False, "0"),
        (-5, -5, False, "100"),
        (-6, -5, False, "80"),
        (-10, -5, False, "0"),
        (0, -5, False, "200"),
        (-5, -5, True, "100"),
        (-4, -5, True, "80"),
        (-6, -5, True, "120"),
        (3, -5, True, "0"),
    ),
)
def test_the_percent_is_a_ratio_and_defined_where_a_ratio_says_nothing(
    actual, target, less, percent
):
    assert of(actual, target, less=less) == Fraction(percent)


@pytest.mark.parametrize(("actual", "target"), ((None, 5), (5, None), (None, None)))
def test_without_a_target_or_a_value_there_is_neither_percent_nor_light(actual, target):
    percent = of(actual, target)

    assert (percent, light(percent), shown_percent(percent)) == (None, Light.NONE, None)


@pytest.mark.parametrize(
    ("actual", "expected"),
    (
        ("100", Light.GREEN),
        ("99.99999999", Light.AMBER),
        ("80", Light.AMBER),
        ("79.99999999", Light.RED),
        ("0", Light.RED),
    ),
)
def test_the_light_goes_by_the_exact_percent_and_not_by_the_one_shown(actual, expected):
    assert light(of(actual, 100)) == expected


def test_an_amber_and_a_red_light_are_misses():
    assert {Light.AMBER, Light.RED} == MISSED


@pytest.mark.parametrize(
    ("actual", "target", "expected"),
    (
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        ("0.00005", 1, "0.01"),
        ("0.00004999", 1, "0.00"),
        (1, 8, "12.50"),
    ),
)
def test_the_percent_is_shown_half_up_to_two_places(actual, target, expected):
    assert str(shown_percent(of(actual, target))) == expected


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans())
def test_a_better_value_never_attains_less(one, other, target, less):
    worse, better = sorted((one, other), reverse=less)

    low = attainment(worse, target, less_is_better=less)
    high = attainment(better, target, less_is_better=less)

    assert 0 <= low <= high <= MOST


@given(NUMBERS, NUMBERS, st.booleans())
def test_green_means_that_the_value_is_at_least_as_good_as_the_target(actual, target, less):
    reached = actual <= target if less else actual >= target

    assert (light(attainment(actual, target, less_is_better=less)) == Light.GREEN) == reached


@given(st.decimals(min_value="0.00000001", max_value=10**6, places=8), st.booleans())
def test_a_target_is_attained_by_itself_in_full(target, less):
    assert attainment(target, target, less_is_better=less) == 100
