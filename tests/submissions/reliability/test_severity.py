"""How severe assessors are."""

from dataclasses import replace
from math import isclose
from random import Random
from statistics import correlation, fmean

import pytest

from submissions.reliability.severity import _student, severity
from tests.submissions.reliability.readings import reading, table


def world(dice, effects, *, lines, twice=0.2, spreads=(0.1,), overstated=0.08, on_grid=False):
    """Each assessor marks about so many lines, a part of them with a colleague; those alone have
    suggestions.
    """
    readings = []
    for line in range(round(lines * len(effects) / (1 + twice))):
        deserved, agency = dice.random(), dice.randrange(30)
        suggested = deserved + overstated + dice.gauss(0, 0.1)
        shared = dice.random() < twice
        for assessor in dice.sample(range(len(effects)), 2 if shared else 1):
            share = deserved + effects[assessor] + dice.gauss(0, spreads[assessor % len(spreads)])
            if on_grid:
                share = min(max(round(share * 20) / 20, 0), 1)
            readings.append(
                reading(line, assessor, share, None if shared else suggested, agency=agency)
            )
    return readings


def centred(effects):
    return [effect - fmean(effects) for effect in effects]


@pytest.mark.parametrize("twice", (0, 0.1, 0.5, 1))
@pytest.mark.parametrize("seed", range(3))
def test_known_severity_is_found_again(seed, twice):
    dice = Random(seed)
    effects = centred([dice.gauss(0, 0.06) for _assessor in range(20)])

    found = severity(world(dice, effects, lines=200, twice=twice, on_grid=True))

    assert [each.assessor for each in found] == list(range(20))
    assert correlation([each.effect for each in found], effects) >= 0.9
    assert isclose(sum(each.effect for each in found), 0, abs_tol=1e-9)


@pytest.mark.parametrize("twice", (0, 0.2, 1))
@pytest.mark.parametrize("spreads", ((0.1,), (0.05, 0.1, 0.3)))
@pytest.mark.parametrize("lines", (8, 40))
def test_intervals_of_severity_hold_the_truth_nineteen_times_of_twenty(lines, spreads, twice):
    dice = Random(3)
    held = []
    for _world in range(150):
        effects = centred([dice.gauss(0, 0.1) for _assessor in range(9)])
        found = severity(world(dice, effects, lines=lines, twice=twice, spreads=spreads))
        held += [
            each.interval.low <= effects[each.assessor] <= each.interval.high for each in found
        ]

    assert 0.925 <= fmean(held) <= 0.975


def test_an_erratic_assessor_spreads_more():
    spreads = (0.02, 0.02, 0.25)

    found = severity(world(Random(4), [0, 0, 0], lines=200, twice=0, spreads=spreads, overstated=0))

    assert max(found, key=lambda each: each.spread).assessor == 2
    assert found[2].error > 1.5 * found[0].error


def test_two_who_share_lines_differ_by_the_average_difference():
    severe, lenient = severity(table(((0.2, 0.4, 0.5, 0.5), (0.3, 0.4, 0.7, 0.6))))

    assert isclose(lenient.effect, 0.05)
    assert isclose(severe.effect, -0.05)
    assert (severe.lines, severe.peers) == (4, 1)
    # the paired t test on differences of 0.1, 0, 0.2, 0.1: mean 0.1, standard error 0.0408, t of 3
    # degrees 3.182
    assert isclose(severe.error, 0.0408 / 2, rel_tol=1e-2)
    assert isclose(severe.interval.low, -0.05 - 3.182 * 0.0408 / 2, rel_tol=1e-2)


def test_three_readers_of_one_line_are_compared_in_pairs_too():
    found = severity(table(((0.1, 0.3, 0.6), (0.2, 0.5, 0.6), (0.6, 0.7, 0.9))))

    # all have read all, so the effects are the differences of averages
    averages = [1 / 3, 1.3 / 3, 2.2 / 3]
    assert [each.effect for each in found] == pytest.approx(centred(averages))


def test_only_those_who_can_be_compared_are():
    together = table(((0.2, 0.4, 0.5), (0.3, 0.4, 0.7)))
    apart = [
        replace(each, line=each.line + 10, assessor=each.assessor + 10, share=each.share / 2)
        for each in together
    ]
    alone = [reading(20 + line, 20, 0.5) for line in range(5)]

    found = severity(together + apart + alone)

    assert [(each.assessor, each.peers) for each in found] == [(0, 1), (1, 1), (10, 1), (11, 1)]
    assert isclose(found[2].effect, found[0].effect / 2)


@pytest.mark.parametrize(
    "readings",
    (
        [],
        [reading(1, 1, 0.5, 0.6)],
        [reading(line, 1, line / 10, 0.5) for line in range(10)],  # all by one
        [
            reading(line, line % 3, line / 10) for line in range(10)
        ],  # no suggestion, no line in common
        table(((0.2,), (0.4,))),  # a difference, and nothing to hold it against
    ),
)
def test_what_compares_nobody_says_nothing_of_severity(readings):
    assert severity(readings) == []


def test_one_line_gives_an_effect_with_a_wide_interval_and_no_spread():
    many = [reading(line, line % 2, 0.5 + 0.01 * (line % 5), 0.5) for line in range(20)]

    found = severity([*many, reading(99, 7, 0.1, 0.5)])[-1]

    assert (found.assessor, found.lines, found.spread) == (7, 1, None)
    assert found.effect < -0.2
    assert found.interval.high - found.interval.low > 0.2


def test_without_variation_all_effects_are_zero():
    found = severity([reading(line, line % 3, 0.5, 0.5) for line in range(12)])

    assert [(each.effect, each.error, each.spread) for each in found] == [
        (pytest.approx(0, abs=1e-12),) * 3
    ] * 3


@pytest.mark.parametrize(
    "freedom, quantile",
    (
        (1, 12.7062),
        (2, 4.30265),
        (3, 3.18245),
        (4, 2.77645),
        (5, 2.57058),
        (10, 2.22814),
        (30, 2.04227),
        (199, 1.97196),
    ),
)
def test_quantiles_of_student_are_those_of_the_tables(freedom, quantile):
    assert isclose(_student(freedom), quantile, rel_tol=0.002)
