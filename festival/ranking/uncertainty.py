"""How sure a place is, as pure functions without a database: from the error of assessors, and apart
from it under other weights.

Two questions are kept apart. Had other assessors read the same lines, where might the agency stand?
And had the axes weighed a little more or less, where might it stand? Neither changes a published
place, and every band of places holds it. The first answer is statistical and reckoned in doubles;
the second is exact: whole numbers all the way, rounded and placed by the very rules of scoring
and `festival.places`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import lcm, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from indicators.scoring.methods import HUNDRED, PLACES, SHOWN_PLACES

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[Any]
"""Whole numbers: of Python, and so as large as they need be, or of 64 bits."""

CONFIDENCE = 0.9
DRAWS = 4000
VERTICES = 1000
FEWEST = 5
"""In a smaller group nothing is said: too little is known of how its agencies differ."""
TEN = 10
SHOWN = TEN**SHOWN_PLACES
"""How many steps a percent has in which percents are shown: what stands on
one step shares a place.
"""


@dataclass(frozen=True)
class MeasuredPercent:
    """An agency's percent, and the standard deviation of the error that its assessors put into it,
    in percent.

    `place` is the published one. `before` is what parts equal percents, the larger first
    (`standing_of_ties`).
    """

    key: int
    percent: float
    error: float
    place: int
    before: int = 0


@dataclass(frozen=True)
class PlaceInterval:
    """Where the percent and the place lie with 90 percent confidence; both ends included."""

    key: int
    low: float
    high: float
    best: int
    worst: int


# --- The error of assessors ---------------------------------------------------------------------


def error_of_a_mark(differences: Iterable[float]) -> float | None:
    """Estimate the standard deviation of one assessor's mark around the average of all assessors,
    as a share.

    From the differences of two marks of one line by two assessors who did not see each other:
    sqrt(mean(d^2) / 2), for the difference of two independent errors has twice the variance of one
    (Dahlberg 1940). None without such lines.
    """
    squares = [d * d for d in differences]
    return sqrt(sum(squares) / len(squares) / 2) if squares else None


def error_of_a_percent(lines: Iterable[tuple[float, int]], ceiling: float, error: float) -> float:
    """Estimate the standard deviation of an agency's percent from (ceiling, number of readers) of
    its lines that assessors mark.

    Errors of lines are independent, and the mean of n readers has 1/n of the variance: 100 /
    ceiling x error x sqrt(sum(points^2 / readers)).
    """
    return (
        100 / ceiling * error * sqrt(sum(points**2 / readers for points, readers in lines))
        if ceiling
        else 0.0
    )


def place_intervals(
    members: Sequence[MeasuredPercent], *, seed: int, draws: int = DRAWS
) -> list[PlaceInterval] | None:
    """Estimate intervals of percents and places in one group, by empirical Bayes; None in a group
    that is too small.

    What was measured is the truth with an error, so that extremes are extreme partly by luck: each
    percent is drawn to the group's mean by as much as its error is large against the spread of the
    group (James and Stein; Laird and Louis 1989 for ranks). The spread is what remains of the
    variance of the percents after the mean variance of the errors. Percents of all agencies are
    drawn together from what is then known of them, and placed; the interval is the shortest that
    holds 90 of 100 draws. It holds the truth in 90 of 100 cases, which a test tries on simulated
    truths; where luck speaks so much against the published place that it lies outside, the interval
    of places reaches to it.
    """
    if len(members) < FEWEST:
        return None
    percents = np.array([m.percent for m in members])
    noise = np.array([m.error**2 for m in members])
    spread = max(float(percents.var(ddof=1) - noise.mean()), 0.0)
    weight = spread / (spread + noise) if spread else np.where(noise > 0, 0.0, 1.0)
    together = 1 / (spread + noise) if np.all(spread + noise > 0) else np.ones(len(members))
    mean = float((together * percents).sum() / together.sum())
    of_mean = 1 / together.sum() if spread or np.all(noise > 0) else 0.0
    middle = weight * percents + (1 - weight) * mean
    wide = np.sqrt(weight * noise + (1 - weight) ** 2 * of_mean)
    drawn = middle + wide * np.random.default_rng(seed).standard_normal((draws, len(members)))
    steps = np.floor(drawn * SHOWN + 0.5).astype(np.int64)
    places = _places(steps, [member.before for member in members])
    ends = [_shortest(places_of_member) for places_of_member in places.T]
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * wide
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, 100)
    found = []
    for number, member in enumerate(members):
        best, worst = ends[number]
        found.append(
            PlaceInterval(
                key=member.key,
                low=float(low[number]),
                high=float(high[number]),
                best=min(best, member.place),
                worst=max(worst, member.place),
            )
        )
    return found


def _places(steps: Whole, before: Sequence[int]) -> Whole:
    """Place each member in each row, as `festival.places` does: one more than are ahead of it."""
    order = steps * (max(before) + 1) + np.array(before, dtype=np.int64)
    places = np.empty(order.shape, dtype=np.int64)
    for number, row in enumerate(order):
        places[number] = 1 + len(row) - np.searchsorted(np.sort(row), row, side="right")
    return places


def standing_of_ties(then: Sequence[tuple[Decimal, ...]]) -> list[int]:
    """Number from 0 what parts equal percents, in its order; equal where nothing parts them."""
    ranks = {found: number for number, found in enumerate(sorted(set(then)))}
    return [ranks[found] for found in then]


def _shortest(places: Numbers) -> tuple[int, int]:
    """Find the shortest run of places with 90 percent of the draws; of several the one with the
    most draws.
    """
    held = np.concatenate(([0], np.bincount(places.astype(int)).cumsum()))
    wanted = CONFIDENCE * len(places)
    runs = []
    for best in range(1, len(held)):
        worst = int(np.searchsorted(held, held[best] + wanted))
        if worst < len(held):
            runs.append((worst - best, held[best] - held[worst], best, worst - 1))
    _length, _draws, best, worst = min(runs)
    return best, worst


# --- Other weights ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axes:
    """What an agency earned on each axis and what applies to it there, in the same order for all,
    in 10 places.

    `before` is what parts equal percents, the larger first (`standing_of_ties`).
    """

    key: int
    points: tuple[Decimal, ...]
    ceilings: tuple[Decimal, ...]
    before: int = 0


def percents_under(members: Sequence[Axes], factors: Sequence[Decimal]) -> list[Decimal]:
    """Compute percents with the weight of each axis multiplied by its factor, as the tree of scores
    does:

    100 x sum(f x points) / sum(f x ceiling), rounded half-up to 10 places; 0 where nothing applies.
    """
    points, ceilings = _table(members)
    exact = [Fraction(factor) for factor in factors]
    unit = lcm(*(factor.denominator for factor in exact))
    in_units = [int(factor * unit) for factor in exact]
    whole = np.array([in_units], dtype=object)
    return [Decimal(f"{units}E-{PLACES}") for units in _percents(points, ceilings, whole)[0]]


def under_weights(members: Sequence[Axes], *, percent: int, seed: int) -> list[tuple[int, int]]:
    """Find the best and the worst place of each where every axis weighs up to so many percent more
    or less.

    The weights as they are are tried, so that the band holds the published place, and the corners
    of what is allowed, each axis at its most or its least, where one agency is at its widest ahead
    of another with the same ceilings; with up to ten axes every corner is tried, with more a
    thousand of them drawn by lot.
    """
    points, ceilings = _table(members)
    count = points.shape[1]
    if 2**count <= VERTICES * 2:
        signs = np.array(list(product((-1, 1), repeat=count)))
    else:
        signs = np.random.default_rng(seed).choice((-1, 1), size=(VERTICES, count))
    factors = np.vstack([np.full((1, count), int(HUNDRED)), int(HUNDRED) + signs * percent]).astype(
        object
    )
    steps = _half_up(_percents(points, ceilings, factors), 10 ** (PLACES - SHOWN_PLACES))
    places = _places(steps.astype(np.int64), [m.before for m in members])
    return [
        (int(best), int(worst))
        for best, worst in zip(places.min(axis=0), places.max(axis=0), strict=True)
    ]


def _table(members: Sequence[Axes]) -> tuple[Whole, Whole]:
    """Write points and ceilings in units of the last of 10 places, as whole numbers of Python."""
    points = [_units(member.points) for member in members]
    ceilings = [_units(member.ceilings) for member in members]
    return np.array(points, dtype=object), np.array(ceilings, dtype=object)


def _units(values: Iterable[Decimal]) -> list[int]:
    return [int(value.scaleb(PLACES)) for value in values]


def _percents(points: Whole, ceilings: Whole, factors: Whole) -> Whole:
    """Compute percents in units of the last of 10 places, a row for each row of factors: divided as
    by hand, digit by digit.

    So every number stays within 64 bits, where numpy is quick; what could be larger is left to
    Python's own.
    """
    most = factors.max(initial=0) * max(
        points.sum(axis=1).max(initial=0), ceilings.sum(axis=1).max(initial=0)
    )
    if most * 2 * TEN <= np.iinfo(np.int64).max:
        points, ceilings, factors = (
            table.astype(np.int64) for table in (points, ceilings, factors)
        )
    earned, applies = factors @ points.T, factors @ ceilings.T
    divisor = np.where(applies > 0, applies, 1)
    percents, rest = earned // divisor, earned % divisor
    for _digit in range(PLACES + 2):  # of a percent, which has a hundred parts
        percents, rest = percents * TEN + rest * TEN // divisor, rest * TEN % divisor
    return np.where(applies > 0, percents + (2 * rest >= divisor), 0)


def _half_up(value: Whole, unit: Whole | int) -> Whole:
    """Count the units in a value that is not below zero, rounded half-up."""
    return (2 * value + unit) // (2 * unit)
