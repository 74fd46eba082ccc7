"""How far assessors' marks can be relied on, as pure functions without a database.

A mark is a share of its line's ceiling, from 0 to 1. Five questions are asked of marks: do two
assessors of one line agree, is one of them severe, does one copy what the method suggests, does one
mark agencies rather than lines, and does a measure tell agencies apart at all. Every answer is a
reason to look, never a verdict: an assessor may copy because the suggestions are right, and seem
severe because the agencies of one axis claim too much.

Where one assessor has read a line twice, the later reading in the order given is the one that
counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import sqrt
from statistics import NormalDist, fmean, stdev

import numpy as np
import numpy.typing as npt

SAME = 1e-9
"""Shares closer than this are one: they are quotients of decimals, not measurements."""
CONFIDENCE = 0.95
NORMAL = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Reading:
    """One assessor's mark on one line; `suggested` is the share that the agency's own value earns
    by the method.
    """

    line: int
    agency: int
    axis: str
    assessor: int
    share: float
    suggested: float | None
    measure: int


@dataclass(frozen=True)
class Interval:
    """Where the true figure lies, with 95 percent confidence."""

    low: float
    high: float


Readers = dict[int, Reading]
"""The readings of one line, by assessor."""


def readers_by_line(readings: Iterable[Reading]) -> dict[int, Readers]:
    found: dict[int, Readers] = defaultdict(dict)
    for reading in readings:
        found[reading.line][reading.assessor] = reading
    return found


# --- Agreement ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """What the lines that were read by several assessors say: alpha is 1 where all agree, 0 where
    chance rules.
    """

    lines: int
    alpha: float | None
    interval: Interval | None
    mean_difference: float
    within_tolerance: float


def agreement(
    readings: Iterable[Reading], *, seed: int, resamples: int = 1000, tolerance: float = 0.1
) -> Agreement | None:
    """Measure agreement by Krippendorff's alpha of shares, as interval data, over the lines that
    two or more assessors have read.

    None where there are fewer than two such lines. Where all their marks are the same there is no
    variation to agree about: then alpha and its interval are None, for it would be nothing over
    nothing, and the rest is given. The interval is the middle 95 percent of what lines drawn again
    and again with replacement come to (bootstrap); draws without variation are drawn in vain.
    `within_tolerance` is the share of lines whose marks all lie that near.
    """
    marks = _shared_marks(readings)
    if len(marks) < 2:
        return None
    differences: list[float] = []
    for shares in marks:
        differences += [abs(one - other) for one, other in combinations(shares, 2)]
    near = [max(shares) - min(shares) <= tolerance + SAME for shares in marks]
    parts = _parts(marks)
    alpha = _alpha(parts.sum(axis=0))
    return Agreement(
        lines=len(marks),
        alpha=alpha,
        interval=None if alpha is None else _bootstrap_interval(parts, seed, resamples),
        mean_difference=fmean(differences),
        within_tolerance=fmean(near),
    )


def _shared_marks(readings: Iterable[Reading]) -> list[list[float]]:
    """List the shares of each line that two or more assessors have read."""
    marks = []
    for readers in readers_by_line(readings).values():
        if len(readers) > 1:
            marks.append([reading.share for reading in readers.values()])
    return marks


def _parts(marks: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """Work out what each line adds to alpha: its number of marks, their sum, the sum of their
    squares, its disagreement.
    """
    middle = fmean(chain.from_iterable(marks))
    rows = []
    for shares in marks:
        count = len(shares)
        total = sum(share - middle for share in shares)
        squares = sum((share - middle) ** 2 for share in shares)
        rows.append((count, total, squares, (count * squares - total**2) / (count - 1)))
    return np.array(rows)


def _alpha(parts: npt.NDArray[np.float64]) -> float | None:
    """Compute alpha from the sums of the lines' parts; None without variation.

    Squared differences of all pairs are a matter of sums and sums of squares, so alpha at the
    interval level needs no table of values by values, which grows past any memory with marks as
    fine as ours.
    """
    count, total, squares, disagreement = (float(part) for part in parts)
    variation = count * squares - total**2
    if variation < SAME * SAME * count * count:
        return None
    return 1 - (count - 1) * disagreement / variation


def _bootstrap_interval(
    parts: npt.NDArray[np.float64], seed: int, resamples: int
) -> Interval | None:
    draw = np.random.default_rng(seed)
    lines = len(parts)
    alphas = []
    for _time in range(resamples):
        times_drawn = np.bincount(draw.integers(lines, size=lines), minlength=lines)
        if (alpha := _alpha(times_drawn @ parts)) is not None:
            alphas.append(alpha)
    if not alphas:
        return None
    low, high = np.quantile(alphas, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Interval(float(low), float(high))


# --- Copying ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copying:
    """How many of an assessor's marks are just what was suggested; `others` is that share among all
    others' marks.
    """

    assessor: int
    lines: int
    copied: int
    interval: Interval
    others: float | None
    flagged: bool

    @property
    def share(self) -> float:
        return self.copied / self.lines


def copying(readings: Iterable[Reading], *, margin: float = 0.2) -> list[Copying]:
    """Count how often each assessor's mark equals the suggestion, over the lines that have one,
    against all others.

    Flagged where the lower bound of the share (Wilson, 1927) lies above the others' share by more
    than the margin; never where there are no others.
    """
    copies: dict[int, list[bool]] = defaultdict(list)
    for readers in readers_by_line(readings).values():
        for assessor, reading in readers.items():
            if reading.suggested is not None:
                copies[assessor].append(abs(reading.share - reading.suggested) <= SAME)
    all_lines = sum(map(len, copies.values()))
    all_copied = sum(map(sum, copies.values()))
    found = []
    for assessor, own in sorted(copies.items()):
        lines, copied = len(own), sum(own)
        others = (all_copied - copied) / (all_lines - lines) if all_lines > lines else None
        interval = _wilson(copied, lines)
        flagged = others is not None and interval.low > others + margin
        found.append(Copying(assessor, lines, copied, interval, others, flagged))
    return found


def _wilson(hits: int, of: int) -> Interval:
    share, weight = hits / of, NORMAL**2 / of
    middle = (share + weight / 2) / (1 + weight)
    reach = NORMAL * sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return Interval(max(middle - reach, 0.0), min(middle + reach, 1.0))


# --- Halo ---------------------------------------------------------------------------------------

FEWEST_AGENCIES_OF_HALO = 3
FEWEST_LINES_OF_HALO = 5


@dataclass(frozen=True)
class Halo:
    """How far an assessor's marks differ within an agency, against between agencies; both as
    standard deviations.
    """

    assessor: int
    agencies: int
    lines: int
    within: float
    between: float
    flagged: bool

    @property
    def ratio(self) -> float | None:
        """None where agencies do not differ, and a ratio would say nothing."""
        return self.within / self.between if self.between > SAME else None


def halo(readings: Iterable[Reading], *, threshold: float = 1.0) -> list[Halo]:
    """Measure whether an assessor marks agencies rather than their lines: one impression of an
    agency colours all its marks.

    Taken is how far marks deviate from the suggestion, or from the average of the line's readers
    where there is none; a line without either is left out. The ratio is the average over agencies
    of the standard deviation within, divided by the standard deviation of the agencies' averages.
    With no halo an agency's average of n lines only wavers by chance and the ratio is about the
    root of n; with a full one it is 0. Flagged where it lies below the threshold. Only agencies of
    which the assessor read at least five such lines count, and only assessors with three such
    agencies.
    """
    deviations: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for readers in readers_by_line(readings).values():
        average = fmean(reading.share for reading in readers.values())
        for assessor, reading in readers.items():
            if reading.suggested is not None:
                deviations[assessor][reading.agency].append(reading.share - reading.suggested)
            elif len(readers) > 1:
                deviations[assessor][reading.agency].append(reading.share - average)
    found = []
    for assessor, by_agency in sorted(deviations.items()):
        enough = [own for own in by_agency.values() if len(own) >= FEWEST_LINES_OF_HALO]
        if len(enough) < FEWEST_AGENCIES_OF_HALO:
            continue
        within, between = fmean(map(stdev, enough)), stdev(map(fmean, enough))
        flagged = between > SAME and within / between < threshold
        found.append(Halo(assessor, len(enough), sum(map(len, enough)), within, between, flagged))
    return found


# --- Saturation ---------------------------------------------------------------------------------

FEWEST_AGENCIES_OF_SATURATION = 10
MOST_AT_CEILING = 0.9


@dataclass(frozen=True)
class Saturation:
    """How far a measure tells agencies apart: the standard deviation of its shares, and how many
    are full marks.
    """

    measure: int
    agencies: int
    lines: int
    spread: float
    at_ceiling: float
    flagged: bool


def saturation(readings: Iterable[Reading], *, least_spread: float = 0.05) -> list[Saturation]:
    """Measure how far every measure read at ten agencies or more tells them apart; flag it where it
    does not.

    That is where shares spread less than the least, or nine of ten lines and more have full marks.
    A line that several have read counts once, with their average.
    """
    shares: dict[int, list[float]] = defaultdict(list)
    agencies: dict[int, set[int]] = defaultdict(set)
    for readers in readers_by_line(readings).values():
        measure, agency = next((reading.measure, reading.agency) for reading in readers.values())
        shares[measure].append(fmean(reading.share for reading in readers.values()))
        agencies[measure].add(agency)
    found = []
    for measure, own in sorted(shares.items()):
        if len(agencies[measure]) < FEWEST_AGENCIES_OF_SATURATION:
            continue
        spread = stdev(own)
        at_ceiling = fmean(share >= 1 - SAME for share in own)
        flagged = spread < least_spread or at_ceiling >= MOST_AT_CEILING
        found.append(
            Saturation(measure, len(agencies[measure]), len(own), spread, at_ceiling, flagged)
        )
    return found
