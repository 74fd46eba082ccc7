"""How far two assessors agree."""

from math import isclose
from random import Random
from statistics import fmean

import krippendorff
import pytest

from submissions.reliability.statistics import agreement
from tests.submissions.reliability.readings import reading, table

NOBODY = None

PUBLISHED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, NOBODY, NOBODY, NOBODY),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NOBODY, 3),
    (NOBODY, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NOBODY),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NOBODY),
)
"""Four observers, twelve units: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011,
section C.
"""


def alpha(rows):
    return agreement(table(rows), seed=1, resamples=1).alpha


def test_alpha_is_the_published_one():
    assert round(alpha(PUBLISHED), 3) == 0.849


def test_alpha_does_not_depend_on_the_scale():
    shares = [[mark and mark / 5 for mark in row] for row in PUBLISHED]

    assert isclose(alpha(shares), alpha(PUBLISHED))


@pytest.mark.parametrize("seed", range(20))
def test_alpha_is_what_the_library_says(seed):
    dice = Random(seed)
    rows = [
        [dice.choice((None, dice.randrange(11) / 10, dice.random())) for _line in range(30)]
        for _assessor in "1234"
    ]
    as_floats = [[float("nan") if share is None else share for share in row] for row in rows]

    assert isclose(
        alpha(rows), krippendorff.alpha(as_floats, level_of_measurement="interval"), abs_tol=1e-12
    )


def test_agreement_tells_how_far_marks_lie_apart():
    found = agreement(table(((0.2, 0.5, 1.0, 0.7), (0.3, 0.5, 0.6, None))), seed=1, tolerance=0.1)

    assert found.lines == 3
    assert isclose(found.mean_difference, 0.5 / 3)
    assert isclose(found.within_tolerance, 2 / 3)


def pairs(dice, lines, noise):
    deserved = [dice.random() for _line in range(lines)]
    return table([[share + dice.gauss(0, noise) for share in deserved] for _assessor in "12"])


def test_the_same_seed_gives_the_same_interval_and_it_holds_alpha():
    readings = pairs(Random(5), 100, 0.1)

    found, again, other = (agreement(readings, seed=seed) for seed in (7, 7, 8))

    assert found == again
    assert found.interval != other.interval
    assert found.interval.low < found.alpha < found.interval.high


def test_the_interval_of_alpha_holds_the_truth_most_of_the_time():
    truth = (1 / 12) / (1 / 12 + 0.2**2)  # the variance of what lines deserve, against all there is
    dice = Random(11)
    found = [
        agreement(pairs(dice, 80, 0.2), seed=1, resamples=300).interval for _world in range(300)
    ]

    assert 0.91 <= fmean(each.low <= truth <= each.high for each in found) <= 0.98


@pytest.mark.parametrize(
    "readings",
    (
        [],
        [reading(1, 1, 0.5)],
        table(((0.5, 0.4), (0.5, None))),
        [reading(line, 1, 0.1 * line) for line in (1, 2, 3)] * 2,  # one assessor, twice
    ),
)
def test_fewer_than_two_lines_read_twice_say_nothing_of_agreement(readings):
    assert agreement(readings, seed=1) is None


def test_without_variation_there_is_no_alpha_but_the_rest():
    found = agreement(table(((0.7,) * 5, (0.7,) * 5)), seed=1)

    assert (found.alpha, found.interval) == (None, None)
    assert (found.lines, found.mean_difference, found.within_tolerance) == (5, 0, 1)


def test_full_agreement_is_one():
    found = agreement(table(((0, 1), (0, 1))), seed=1)

    assert found.alpha == 1
    assert (found.interval.low, found.interval.high) == (1, 1)
