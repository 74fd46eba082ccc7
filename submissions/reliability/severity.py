"""How severe assessors are: least squares on an additive model."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import pi, sqrt, tan
from statistics import fmean

import numpy as np
import numpy.typing as npt

from submissions.reliability.statistics import (
    CONFIDENCE,
    NORMAL,
    SAME,
    Interval,
    Readers,
    Reading,
    readers_by_line,
)

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
    """Estimate the effect of each assessor on marks, by least squares on an additive model.

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
    for readers in readers_by_line(readings).values():
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
    """Turn the marks on one line into equations: each assessor against those before, so that errors
    are as large as a single mark's.

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
    """Write an equation's coefficients: one of each assessor, and the last of the common mean."""
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
    """Find the sets of two and more assessors whose effects can be told apart."""
    equations = list(found)
    sets: list[set[int]] = []
    for linked in ({who[0] for who in equations if len(who) == 1}, *map(set, equations)):
        touched = [each for each in sets if each & linked]
        sets = [each for each in sets if not each & linked] + [linked.union(*touched)]
    return [each for each in sets if len(each) > 1]


def _effects(
    assessors: set[int], targets: dict[Who, list[float]], lines: dict[int, int], margin: float
) -> list[Severity]:
    """Fit one set of comparable assessors by least squares; equations of the same assessors are
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
    """Return the quantile of Student's t that bounds 95 percent in the middle.

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
