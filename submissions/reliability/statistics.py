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
from math import pi, sqrt, tan
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


def _lines(readings: Iterable[Reading]) -> dict[int, Readers]:
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
    """Krippendorff's alpha of shares, as interval data, over the lines that two or more assessors
    have read.

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
        interval=None if alpha is None else _resampled(parts, seed, resamples),
        mean_difference=fmean(differences),
        within_tolerance=fmean(near),
    )


def _shared_marks(readings: Iterable[Reading]) -> list[list[float]]:
    """List the shares of each line that two or more assessors have read."""
    marks = []
    for readers in _lines(readings).values():
        if len(readers) > 1:
            marks.append([reading.share for reading in readers.values()])
    return marks


def _parts(marks: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """What each line adds to alpha: its number of marks, their sum, the sum of their squares, its
    disagreement.
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
    """Alpha from the sums of the lines' parts; None without variation.

    Squared differences of all pairs are a matter of sums and sums of squares, so alpha at the
    interval level needs no table of values by values, which grows past any memory with marks as
    fine as ours.
    """
    count, total, squares, disagreement = (float(part) for part in parts)
    variation = count * squares - total**2
    if variation < SAME * SAME * count * count:
        return None
    return 1 - (count - 1) * disagreement / variation


def _resampled(parts: npt.NDArray[np.float64], seed: int, resamples: int) -> Interval | None:
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


# --- Severity -----------------------------------------------------------------------------------

Who = tuple[int, ...]
"""Of whom an equation speaks: of one against the suggestion, or of the last against the average of
those before.
"""


@dataclass(frozen=True)
class Severity:
    """How much higher than the others' average an assessor marks the same line; below zero is
    severe.

    `lines` counts those that say something. `spread` is the standard deviation of what the model
    leaves unexplained in the assessor's marks, None where a single line leaves nothing. `peers` is
    how many others the effect is relative to. Flagged where the whole interval lies beyond the
    margin on one side.
    """

    assessor: int
    lines: int
    effect: float
    error: float
    interval: Interval
    spread: float | None
    peers: int
    flagged: bool


def severity(readings: Iterable[Reading], *, margin: float = 0.02) -> list[Severity]:
    """The effect of each assessor on marks, by least squares on an additive model.

    - A line that several have read: share = line + assessor + error. Whatever the line deserves
      cancels out, so only the differences between its readers count, and its suggestion says
      nothing more.
    - A line that one has read, with a suggestion: share - suggested = common mean + assessor
      + error.
    - A line that one has read, without a suggestion, says nothing about its assessor and is left
      out.

    Effects sum to zero over the assessors who can be compared: those joined by lines in common,
    directly or through others, and all who alone have marked lines with suggestions, joined by the
    common mean. Whoever can be compared with nobody is left out, and so are assessors whose few
    lines leave no error to judge by. Lines read once take it that assessors meet suggestions
    equally far off the mark; where each axis has its own, let lines in common tell.

    Errors need not be alike: what is erratic widens the intervals of the assessors concerned,
    hardly those of others (standard errors by MacKinnon and White, 1985, known as HC2; Student's t
    by the number of the assessor's lines).
    """
    targets: dict[Who, list[float]] = defaultdict(list)
    lines: dict[int, int] = defaultdict(int)
    for readers in _lines(readings).values():
        equations = _equations(readers)
        for who, target in equations:
            targets[who].append(target)
        for assessor in readers if equations else ():
            lines[assessor] += 1
    effects = []
    for assessors in _comparable(targets):
        of_these = {who: targets[who] for who in targets if assessors.issuperset(who)}
        effects += _effects(assessors, of_these, lines, margin)
    return sorted(effects, key=lambda severity: severity.assessor)


def _equations(readers: Readers) -> list[tuple[Who, float]]:
    """What one line says: each reader against those before, so that errors are as large as a single
    mark's.

    These are the contrasts of Helmert; least squares on them is least squares with an effect for
    each line.
    """
    who = tuple(sorted(readers))
    if len(who) > 1:
        shares = [readers[assessor].share for assessor in who]
        return [
            (who[: count + 1], sqrt(count / (count + 1)) * (shares[count] - fmean(shares[:count])))
            for count in range(1, len(who))
        ]
    [reading] = readers.values()
    return [] if reading.suggested is None else [(who, reading.share - reading.suggested)]


def _row(who: Who, place: dict[int, int]) -> npt.NDArray[np.float64]:
    """An equation's coefficients: one of each assessor, and the last of the common mean."""
    row = np.zeros(len(place) + 1)
    *others, last = who
    if not others:
        row[place[last]] = row[-1] = 1
        return row
    scale = sqrt(len(others) / len(who))
    row[place[last]] = scale
    row[[place[other] for other in others]] = -scale / len(others)
    return row


def _comparable(found: Iterable[Who]) -> list[set[int]]:
    """The sets of two and more assessors whose effects can be told apart."""
    equations = list(found)
    sets: list[set[int]] = []
    for linked in ({who[0] for who in equations if len(who) == 1}, *map(set, equations)):
        touched = [each for each in sets if each & linked]
        sets = [each for each in sets if not each & linked] + [linked.union(*touched)]
    return [each for each in sets if len(each) > 1]


def _effects(
    assessors: set[int], targets: dict[Who, list[float]], lines: dict[int, int], margin: float
) -> list[Severity]:
    """Least squares over one set of comparable assessors; equations of the same assessors are
    summed first.
    """
    place = {assessor: number for number, assessor in enumerate(sorted(assessors))}
    many = len(place)
    rows = np.array([_row(who, place) for who in targets])
    counts = np.array([len(found) for found in targets.values()], dtype=np.float64)
    sums = np.array([sum(found) for found in targets.values()])
    has_mean = bool(rows[:, -1].any())
    gram = rows.T @ (rows * counts[:, None])
    gram[:many, :many] += 1  # the effects sum to zero
    gram[-1, -1] += not has_mean
    inverse = np.linalg.inv(gram)
    solution = inverse @ (rows.T @ sums)
    fitted = rows @ solution
    pairs = zip(targets.values(), fitted, strict=True)
    squares = np.array([_squares(found, float(fit)) for found, fit in pairs])
    left_over = counts.sum() - (many - 1 + has_mean)
    if left_over <= 0:
        return []
    spare = 1 - np.einsum("ij,jk,ik->i", rows, inverse, rows)
    is_judged = spare > SAME
    # an equation that alone determines something fits by force: its error is taken to be like the
    # others'
    variances = np.where(
        is_judged, squares / np.where(is_judged, spare, 1) / counts, squares.sum() / left_over
    )
    covariance = inverse @ (rows.T @ (rows * (counts * variances)[:, None])) @ inverse
    found = []
    for assessor, number in place.items():
        effect, error = float(solution[number]), sqrt(max(float(covariance[number, number]), 0))
        reach = error * _student(max(lines[assessor] - 1, 1))
        own = (rows[:, number] != 0) & is_judged
        found.append(
            Severity(
                assessor=assessor,
                lines=lines[assessor],
                effect=effect,
                error=error,
                interval=Interval(effect - reach, effect + reach),
                spread=sqrt(float(np.average(variances[own], weights=counts[own])))
                if own.any()
                else None,
                peers=many - 1,
                flagged=effect - reach > margin or effect + reach < -margin,
            )
        )
    return found


def _squares(targets: Iterable[float], fitted: float) -> float:
    return sum((target - fitted) ** 2 for target in targets)


def _student(freedom: int) -> float:
    """The quantile of Student's t that bounds 95 percent in the middle.

    Exact for one and two degrees of freedom, from there by the expansion of Abramowitz and Stegun
    (26.7.5), which is within 0.2 percent.
    """
    if freedom == 1:
        return tan(pi * CONFIDENCE / 2)
    if freedom == 2:
        return CONFIDENCE * sqrt(2 / (1 - CONFIDENCE**2))
    z = NORMAL
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )


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
    """How often each assessor's mark equals the suggestion, over the lines that have one, against
    all others.

    Flagged where the lower bound of the share (Wilson, 1927) lies above the others' share by more
    than the margin; never where there are no others.
    """
    copies: dict[int, list[bool]] = defaultdict(list)
    for readers in _lines(readings).values():
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
    """Whether an assessor marks agencies rather than their lines: one impression of an agency
    colours all its marks.

    Taken is how far marks deviate from the suggestion, or from the average of the line's readers
    where there is none; a line without either is left out. The ratio is the average over agencies
    of the standard deviation within, divided by the standard deviation of the agencies' averages.
    With no halo an agency's average of n lines only wavers by chance and the ratio is about the
    root of n; with a full one it is 0. Flagged where it lies below the threshold. Only agencies of
    which the assessor read at least five such lines count, and only assessors with three such
    agencies.
    """
    deviations: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for readers in _lines(readings).values():
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


def saturated(readings: Iterable[Reading], *, least_spread: float = 0.05) -> list[Saturation]:
    """Every measure read at ten agencies or more; flagged where it does not tell them apart.

    That is where shares spread less than the least, or nine of ten lines and more have full marks.
    A line that several have read counts once, with their average.
    """
    shares: dict[int, list[float]] = defaultdict(list)
    agencies: dict[int, set[int]] = defaultdict(set)
    for readers in _lines(readings).values():
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
