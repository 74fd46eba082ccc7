"""How sure places are: intervals that hold what they promise, and corners that are the widest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.sureness import (
    Axes,
    Measured,
    error_of_a_mark,
    error_of_a_percent,
    sureness,
    under_weights,
    weighed,
)


def test_the_error_of_a_mark_is_the_root_of_half_the_mean_square_of_the_differences():
    assert error_of_a_mark([0.1, -0.1, 0.3]) == pytest.approx((0.11 / 3 / 2) ** 0.5)
    assert error_of_a_mark([]) is None


def test_the_error_of_a_percent_is_in_percent_and_falls_with_readers():
    assert error_of_a_percent([(100, 1)], 100, 0.1) == pytest.approx(10)
    assert error_of_a_percent([(50, 1), (50, 1)], 100, 0.1) == pytest.approx(10 / 2**0.5)
    assert error_of_a_percent([(100, 4)], 100, 0.1) == pytest.approx(5)


@pytest.mark.parametrize(("agencies", "spread"), ((12, 6.0), (60, 6.0), (60, 2.5)))
def test_intervals_hold_their_ninety_percent_of_simulated_truths(agencies, spread):
    """Truths are drawn, lines marked by one or two assessors with an error, and the error estimated from the pairs."""
    draw = np.random.default_rng(agencies * 1000 + int(spread * 10))
    lines, error, twice = 60, 0.12, 6
    held_percents, held_places, times = [], [], 120
    for number in range(times):
        truths = draw.normal(70, spread, agencies)
        readers = np.where(np.arange(lines) < twice, 2, 1)
        marks = draw.normal(0, error, (agencies, lines, 2))
        known = error_of_a_mark((marks[:, :twice, 0] - marks[:, :twice, 1]).ravel())
        read = np.where(readers == 2, marks.mean(axis=2), marks[:, :, 0])
        observed = truths + 100 * read.mean(axis=1)
        wide = error_of_a_percent([(1, int(n)) for n in readers], lines, known)
        members = [Measured(n, float(p), wide) for n, p in enumerate(observed)]
        places = 1 + (truths[None, :] > truths[:, None]).sum(axis=1)
        for found in sureness(members, seed=number, draws=1000):
            held_percents.append(found.low <= truths[found.key] <= found.high)
            held_places.append(found.best <= places[found.key] <= found.worst)

    assert 0.85 <= np.mean(held_percents) <= 0.95
    assert 0.85 <= np.mean(held_places) <= 0.95


def test_without_error_a_place_is_sure():
    members = [Measured(n, 50 + 5 * n, 0.0) for n in range(6)]

    assert [(s.best, s.worst) for s in sureness(members, seed=1)] == [(6 - n, 6 - n) for n in range(6)]


def test_where_all_differ_by_error_alone_nobody_s_place_is_sure():
    members = [Measured(n, 70 + 0.01 * n, 3.0) for n in range(10)]

    assert all(s.best <= 2 and s.worst >= 9 for s in sureness(members, seed=1))


def test_of_a_small_group_nothing_is_said():
    assert sureness([Measured(n, 50.0 + n, 1.0) for n in range(4)], seed=1) is None


def test_the_same_seed_gives_the_same_intervals():
    members = [Measured(n, 60 + n, 2.0) for n in range(8)]

    assert sureness(members, seed=5) == sureness(members, seed=5)


amounts = st.floats(0, 100, allow_nan=False)
axes = st.lists(st.tuples(amounts, amounts, amounts), min_size=2, max_size=2)


@given(axes, st.lists(st.floats(-1, 1), min_size=3, max_size=3))
def test_no_weights_within_the_bounds_give_one_of_two_a_place_outside_its_band(shares, inside):
    members = [Axes(n, points, (100.0, 100.0, 100.0)) for n, points in enumerate(shares)]
    bands = under_weights(members, percent=10, seed=1)

    percents = weighed(members, [1 + 0.1 * x for x in inside])

    for number, (best, worst) in enumerate(bands):
        place = 1 + (percents[1 - number] > percents[number] + 0.005)
        assert best <= place <= worst


def test_places_stay_where_every_axis_says_the_same():
    members = [Axes(n, (50.0 + n, 50.0 + n), (100.0, 100.0)) for n in range(5)]

    assert under_weights(members, percent=20, seed=1) == [(5 - n, 5 - n) for n in range(5)]


def test_a_band_opens_where_two_agencies_are_strong_on_different_axes():
    members = [Axes(1, (90.0, 50.0), (100.0, 100.0)), Axes(2, (50.0, 89.0), (100.0, 100.0))]

    assert under_weights(members, percent=10, seed=1) == [(1, 2), (1, 2)]
