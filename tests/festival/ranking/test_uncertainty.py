"""How sure places are: intervals that hold what they promise, and corners that are the widest."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from festival.places import Entrant, places
from festival.ranking.uncertainty import (
    Axes,
    MeasuredPercent,
    error_of_a_mark,
    error_of_a_percent,
    percents_under,
    place_intervals,
    standing_of_ties,
    under_weights,
)
from indicators.scoring import nodes, tree
from indicators.scoring.methods import decimal, half_up
from indicators.scoring.scales import Number


def test_the_error_of_a_mark_is_the_root_of_half_the_mean_square_of_the_differences():
    assert error_of_a_mark([0.1, -0.1, 0.3]) == pytest.approx((0.11 / 3 / 2) ** 0.5)
    assert error_of_a_mark([]) is None


def test_the_error_of_a_percent_is_in_percent_and_falls_with_readers():
    assert error_of_a_percent([(100, 1)], 100, 0.1) == pytest.approx(10)
    assert error_of_a_percent([(50, 1), (50, 1)], 100, 0.1) == pytest.approx(10 / 2**0.5)
    assert error_of_a_percent([(100, 4)], 100, 0.1) == pytest.approx(5)


@pytest.mark.parametrize(("agencies", "spread"), ((12, 6.0), (60, 6.0), (60, 2.5)))
def test_intervals_hold_their_ninety_percent_of_simulated_truths(agencies, spread):
    """Truths are drawn, lines marked by one or two assessors with an error, and the error estimated
    from the pairs.
    """
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
        members = [
            MeasuredPercent(n, float(p), wide, int((observed > p).sum()) + 1)
            for n, p in enumerate(observed)
        ]
        true_places = 1 + (truths[None, :] > truths[:, None]).sum(axis=1)
        for found in place_intervals(members, seed=number, draws=1000):
            held_percents.append(found.low <= truths[found.key] <= found.high)
            held_places.append(found.best <= true_places[found.key] <= found.worst)

    assert 0.85 <= np.mean(held_percents) <= 0.95
    assert 0.85 <= np.mean(held_places) <= 0.95


def test_without_error_a_place_is_sure():
    members = [MeasuredPercent(n, 50 + 5 * n, 0.0, 6 - n) for n in range(6)]

    assert [(s.best, s.worst) for s in place_intervals(members, seed=1)] == [
        (6 - n, 6 - n) for n in range(6)
    ]


def test_where_all_differ_by_error_alone_nobody_s_place_is_sure():
    members = [MeasuredPercent(n, 70 + 0.01 * n, 3.0, 10 - n) for n in range(10)]

    assert all(s.best <= 2 and s.worst >= 9 for s in place_intervals(members, seed=1))


def test_of_a_small_group_nothing_is_said():
    assert (
        place_intervals([MeasuredPercent(n, 50.0 + n, 1.0, 4 - n) for n in range(4)], seed=1)
        is None
    )


def test_the_same_seed_gives_the_same_intervals():
    members = [MeasuredPercent(n, 60 + n, 2.0, 8 - n) for n in range(8)]

    assert place_intervals(members, seed=5) == place_intervals(members, seed=5)


@given(st.lists(st.integers(0, 10_000), min_size=5, max_size=12), st.integers(0, 400))
def test_the_interval_of_places_holds_the_published_place(hundredths, error):
    entrants = [Entrant(key, 0, Decimal(p) / 100, True) for key, p in enumerate(hundredths)]
    published = {p.key: p.place for p in places(entrants)}
    members = [
        MeasuredPercent(e.key, float(e.percent), error / 100, published[e.key]) for e in entrants
    ]

    found = place_intervals(members, seed=1, draws=50)

    assert all(s.best <= published[s.key] <= s.worst for s in found)


# --- Other weights, exactly ---------------------------------------------------------------------

HALVES = (Decimal("65.618"), Decimal("59.383"), Decimal("48.105"))
OF = (Decimal(100), Decimal(140), Decimal(120))


def test_the_weights_as_they_are_give_the_percent_that_is_published():
    assert percents_under([Axes(1, HALVES, OF)], [Decimal(1)] * 3) == [Decimal("48.085")]
    assert half_up(percents_under([Axes(1, HALVES, OF)], [Decimal(1)] * 3)[0], 2) == Decimal(
        "48.09"
    )


def test_a_band_holds_the_published_place_where_doubles_would_lose_it():
    members = [
        Axes(1, HALVES, OF),
        Axes(2, (Decimal("48.09"), *[Decimal(0)] * 2), (Decimal(100), *[Decimal(0)] * 2)),
    ]

    assert under_weights(members, percent=0, seed=1) == [(1, 1), (1, 1)]


points = st.decimals(0, 100, places=3)
ceilings = st.sampled_from([Decimal(n) for n in (100, 120, 140, 333)])
factors = st.decimals(0, 10, places=2)
lines = st.tuples(points, points, points), st.tuples(ceilings, ceilings, ceilings)


@given(*lines, st.tuples(factors, factors, factors))
def test_percents_under_other_weights_are_those_of_the_tree(earned, applies, weights):
    kids = []
    for number, (weight, most) in enumerate(zip(weights, applies, strict=True)):
        scale = Number(least=Fraction(0), most=Fraction(most), step=None, bands=())
        kids.append(nodes.Node(str(number), "", Fraction(weight), scale=scale))
    root = nodes.Node("", "", agg="sum", children=tuple(kids))
    given_points = {str(number): Fraction(p) for number, p in enumerate(earned)}

    [found] = percents_under([Axes(1, earned, applies)], weights)

    outcome = tree.score_tree(root, given_points)[""]
    assert found == (decimal(100 * outcome.score / root.full) if any(weights) else 0)


@given(st.lists(st.tuples(*lines, st.integers(0, 3)), min_size=2, max_size=6), st.integers(0, 100))
def test_a_band_of_places_holds_the_published_place_under_the_rule_for_ties(rows, percent):
    then = [(Decimal(tie),) for _earned, _applies, tie in rows]
    members = []
    for key, ((earned, applies, _tie), before) in enumerate(
        zip(rows, standing_of_ties(then), strict=True)
    ):
        members.append(Axes(key, earned, applies, before))
    percents = percents_under(members, [Decimal(1)] * 3)
    entrants = [
        Entrant(m.key, 0, p, True, tie) for m, p, tie in zip(members, percents, then, strict=True)
    ]
    published = {p.key: p.place for p in places(entrants)}

    bands = under_weights(members, percent=percent, seed=1)

    for member, (best, worst) in zip(members, bands, strict=True):
        assert best <= published[member.key] <= worst


def test_equal_percents_are_parted_by_the_rule_of_the_year_in_the_band_too():
    same = ((Decimal(50), Decimal(50)), (Decimal(100), Decimal(100)))
    first, second = standing_of_ties([(Decimal(80), Decimal(1)), (Decimal(70), Decimal(9))])

    assert under_weights([Axes(1, *same), Axes(2, *same)], percent=10, seed=1) == [(1, 1), (1, 1)]
    assert under_weights([Axes(1, *same, first), Axes(2, *same, second)], percent=10, seed=1) == [
        (1, 1),
        (2, 2),
    ]


shares = st.lists(st.tuples(points, points, points), min_size=2, max_size=2)
steps = st.integers(-1000, 1000)


@given(shares, st.tuples(steps, steps, steps))
def test_no_weights_within_the_bounds_give_one_of_two_a_place_outside_its_band(earned, inside):
    members = [Axes(n, own, (Decimal(100),) * 3) for n, own in enumerate(earned)]
    bands = under_weights(members, percent=10, seed=1)

    percents = percents_under(members, [1 + Decimal(step) / 10_000 for step in inside])

    assume(
        abs(percents[0] - percents[1]) >= Decimal("0.01")
    )  # nearer, rounding decides whether they share a place
    for place in places([Entrant(n, 0, percent, True) for n, percent in enumerate(percents)]):
        best, worst = bands[place.key]
        assert best <= place.place <= worst


def test_places_stay_where_every_axis_says_the_same():
    members = [Axes(n, (Decimal(50 + n),) * 2, (Decimal(100),) * 2) for n in range(5)]

    assert under_weights(members, percent=20, seed=1) == [(5 - n, 5 - n) for n in range(5)]


def test_a_band_opens_where_two_agencies_are_strong_on_different_axes():
    hundred = (Decimal(100),) * 2
    members = [
        Axes(1, (Decimal(90), Decimal(50)), hundred),
        Axes(2, (Decimal(50), Decimal(89)), hundred),
    ]

    assert under_weights(members, percent=10, seed=1) == [(1, 2), (1, 2)]
