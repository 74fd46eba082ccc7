"""What marks say about their assessors: published figures, a second implementation, and assessors
we made up.
"""

from dataclasses import replace
from math import isclose
from random import Random
from statistics import correlation, fmean

import krippendorff
import pytest

from submissions.reliability.severity import _student, severity
from submissions.reliability.statistics import Reading, agreement, copying, halo, saturation

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


def reading(line, assessor, share, suggested=None, *, agency=1, measure=1):
    return Reading(line, agency, "G1", assessor, share, suggested, measure)


def table(rows):
    """Readings of a table of assessors by lines, with gaps."""
    return [
        reading(line, assessor, share)
        for assessor, shares in enumerate(rows)
        for line, share in enumerate(shares)
        if share is not None
    ]


def alpha(rows):
    return agreement(table(rows), seed=1, resamples=1).alpha


# --- Agreement ----------------------------------------------------------------------------------


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


# --- Severity -----------------------------------------------------------------------------------


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


# --- Copying ------------------------------------------------------------------------------------


def copies(assessor, copied, lines):
    return [
        reading(100 * assessor + n, assessor, 0.8 if n < copied else 0.7, 0.8) for n in range(lines)
    ]


def test_who_copies_more_than_the_others_is_flagged():
    found = copying(copies(1, 48, 50) + copies(2, 20, 50) + copies(3, 25, 50), margin=0.2)

    assert [each.flagged for each in found] == [True, False, False]
    assert (found[0].share, found[0].others) == (0.96, 0.45)
    # Wilson's interval of 48 in 50
    assert found[0].interval.low == pytest.approx(0.8654, abs=1e-4)
    assert found[0].interval.high == pytest.approx(0.9890, abs=1e-4)


@pytest.mark.parametrize("margin, is_flagged", ((0.41, True), (0.42, False)))
def test_the_lower_bound_decides_over_copying(margin, is_flagged):
    found = copying(copies(1, 48, 50) + copies(2, 20, 50) + copies(3, 25, 50), margin=margin)

    assert found[0].flagged == is_flagged


def test_few_lines_flag_nobody():
    assert not any(each.flagged for each in copying(copies(1, 2, 2) + copies(2, 20, 50)))


def test_lines_without_a_suggestion_and_assessors_without_others_are_no_copies():
    [only] = copying([*copies(1, 50, 50), reading(1, 2, 0.8)])

    assert (only.assessor, only.lines, only.others, only.flagged) == (1, 50, None, False)
    assert copying([reading(1, 1, 0.5)]) == []


def test_a_suggestion_that_went_through_another_division_is_still_copied():
    [only] = copying([reading(1, 1, 0.1 + 0.2, 0.3)])

    assert only.copied == 1


# --- Halo ---------------------------------------------------------------------------------------


def impressions(dice, *, colour, noise, agencies=10, lines=20, assessor=1):
    """Marks coloured by one impression of each agency, with noise line by line."""
    readings = []
    for agency in range(agencies):
        impression = dice.gauss(0, colour)
        for line in range(lines):
            suggested = dice.random()
            share = suggested + impression + dice.gauss(0, noise)
            readings.append(
                reading(1000 * agency + line, assessor, share, suggested, agency=agency)
            )
    return readings


def test_marks_coloured_by_the_agency_are_flagged_and_others_not():
    [coloured] = halo(impressions(Random(1), colour=0.2, noise=0.05))
    [fair] = halo(impressions(Random(2), colour=0, noise=0.1))

    assert (coloured.flagged, fair.flagged) == (True, False)
    assert coloured.ratio < 0.5
    assert 2.5 < fair.ratio < 8  # the root of 20 is 4.5
    assert (coloured.agencies, coloured.lines) == (10, 200)


def test_hardly_anyone_without_halo_is_flagged():
    dice = Random(6)
    found = [
        halo(impressions(dice, colour=0, noise=0.1, agencies=3, lines=5))[0].flagged
        for _world in range(400)
    ]

    assert fmean(found) < 0.05


@pytest.mark.parametrize("agencies, lines", ((2, 20), (10, 4)))
def test_too_little_says_nothing_of_halo(agencies, lines):
    assert (
        halo(impressions(Random(1), colour=0.2, noise=0.05, agencies=agencies, lines=lines)) == []
    )


def test_where_suggestions_are_missing_the_other_reader_stands_in():
    coloured = impressions(Random(1), colour=0.2, noise=0.05)
    blind = [replace(each, suggested=None) for each in coloured]
    colleague = [
        replace(each, assessor=2, share=each.suggested, suggested=None) for each in coloured
    ]

    assert halo(blind) == []
    assert [each.flagged for each in halo(blind + colleague)] == [True, True]


def test_an_assessor_who_only_copies_has_no_halo():
    [found] = halo(
        [replace(each, share=each.suggested) for each in impressions(Random(1), colour=0, noise=0)]
    )

    assert (found.ratio, found.flagged) == (None, False)


# --- Saturation ---------------------------------------------------------------------------------


def measured(measure, shares):
    return [
        reading(100 * measure + n, 1, share, agency=n, measure=measure)
        for n, share in enumerate(shares)
    ]


def test_measures_that_tell_nothing_apart_are_flagged():
    full = measured(1, [1.0] * 18 + [0.1, 0.2])
    flat = measured(2, [0.5, 0.52] * 10)
    good = measured(3, [n / 20 for n in range(20)])
    fairly_full = measured(4, [1.0] * 17 + [0.1, 0.2, 0.5])

    found = saturation(full + flat + good + fairly_full)

    assert [(each.measure, each.flagged) for each in found] == [
        (1, True),
        (2, True),
        (3, False),
        (4, False),
    ]
    assert (found[0].at_ceiling, found[0].agencies, found[0].lines) == (0.9, 20, 20)
    assert found[1].spread == pytest.approx(0.01026, abs=1e-5)


def test_measures_of_few_agencies_are_not_judged():
    assert saturation(measured(1, [1.0] * 9)) == []
    assert len(saturation(measured(1, [1.0] * 10))) == 1


def test_a_line_read_twice_counts_once():
    readings = measured(1, [1.0] * 10)
    second = [replace(each, assessor=2, share=0.5) for each in readings[:5]]

    [found] = saturation(readings + second)

    assert (found.lines, found.at_ceiling) == (10, 0.5)
