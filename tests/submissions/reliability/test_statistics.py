"""Copying, halo and saturation."""

from dataclasses import replace
from random import Random
from statistics import fmean

import pytest

from submissions.reliability.statistics import copying, halo, saturation
from tests.submissions.reliability.readings import reading


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
