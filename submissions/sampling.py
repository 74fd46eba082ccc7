"""How risky a signed line is, and which lines are drawn to be verified at the source; no database,
no chance.

A line can be risky for four reasons. Its risk is their sum, each at most 1: it stands out (1), it
gained on last year (by so much of its ceiling), its weight (its share of its self-assessment's
points), and the same measure was corrected last year (1). Of the sample four fifths are the
riskiest of the lines that have a reason; the others are drawn by lot from all that is left, so that
nobody can feel safe. Whoever knows the seed can draw again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LARGE_GAIN = Fraction(20, 100)
"""From so much of the ceiling on, a gain on last year is a reason."""

HEAVY = Fraction(10, 100)
"""From such a share of its self-assessment's points on, a line's weight is a reason."""

LOT_SHARE = 5
"""One line in so many of the sample is drawn by lot alone."""


class Why(TextChoices):
    """Why a line was drawn."""

    OUTLIER = "outlier", _("Stands out")
    GAIN = "gain", _("Large gain on last year")
    WEIGHT = "weight", _("High weight")
    CORRECTION = "correction", _("Corrected last year")
    LOT = "lot", _("By lot")


@dataclass(frozen=True)
class Candidate:
    """A signed line: its share of its self-assessment's points, and its gain on last year as a
    share of the ceiling.

    The gain is None where the agency has no score of the same measure from last year.
    """

    key: int
    weight: Fraction
    gain: Fraction | None = None
    stands_out: bool = False
    was_corrected: bool = False

    @property
    def reasons(self) -> tuple[Why, ...]:
        held = {
            Why.OUTLIER: self.stands_out,
            Why.GAIN: self.gain is not None and self.gain >= LARGE_GAIN,
            Why.WEIGHT: self.weight >= HEAVY,
            Why.CORRECTION: self.was_corrected,
        }
        return tuple(why for why, holds in held.items() if holds)

    @property
    def risk(self) -> Fraction:
        gain = min(max(self.gain or Fraction(0), Fraction(0)), Fraction(1))
        return int(self.stands_out) + int(self.was_corrected) + gain + self.weight


def size(lines: int, percent: int) -> int:
    """Count how many of so many lines are drawn: the percent of them, rounded up."""
    return -(-lines * percent // 100)


def sample(lines: Iterable[Candidate], *, percent: int, seed: str) -> dict[int, tuple[Why, ...]]:
    """Draw lines, by key, with why; the riskiest first, those by lot last.

    Lines of equal risk stand in the order of their lots. Where fewer lines have a reason than there
    is room for, lots fill it.
    """
    lines = list(lines)
    room = size(len(lines), percent)
    by_lot = (2 * room + LOT_SHARE) // (2 * LOT_SHARE)  # a fifth, half up
    lots = {line.key: lot(seed, line.key) for line in lines}
    risky = sorted(
        (line for line in lines if line.reasons),
        key=lambda line: (-line.risk, lots[line.key], line.key),
    )
    found = {line.key: line.reasons for line in risky[: room - by_lot]}
    left = sorted((key for key in lots if key not in found), key=lambda key: (lots[key], key))
    return found | dict.fromkeys(left[: room - len(found)], (Why.LOT,))


def lot(seed: str, key: int) -> str:
    """Draw a line's lot: SHA-256 of "seed:verify:key", the lowest first."""
    return hashlib.sha256(f"{seed}:verify:{key}".encode()).hexdigest()
