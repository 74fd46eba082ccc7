"""The lines of a chart over the years as points of an inline SVG, without
any text; pure functions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

WIDTH, HEIGHT, EDGE = 600, 200, 6


@dataclass(frozen=True)
class Frame:
    """The years of a chart from left to right, its scores from below to above."""

    first: int
    last: int
    low: Decimal
    high: Decimal
    width: int = WIDTH
    height: int = HEIGHT

    def points(self, line: Iterable[tuple[int, Decimal]]) -> str:
        """Write a line as the `points` of a polyline."""
        return " ".join(f"{x},{y}" for x, y in self.dots(line))

    def dots(self, line: Iterable[tuple[int, Decimal]]) -> list[tuple[str, str]]:
        """Place the line's years in the frame, each from the left and from the top."""
        return [(self._x(year), self._y(score)) for year, score in line]

    def _x(self, year: int) -> str:
        inner = self.width - 2 * EDGE
        share = (
            Decimal(year - self.first) / (self.last - self.first)
            if self.last > self.first
            else Decimal("0.5")
        )
        return f"{EDGE + inner * share:.1f}"

    def _y(self, score: Decimal) -> str:
        inner = self.height - 2 * EDGE
        share = (
            (score - self.low) / (self.high - self.low) if self.high > self.low else Decimal("0.5")
        )
        return f"{EDGE + inner * (1 - share):.1f}"


def frame(
    lines: Sequence[Sequence[tuple[int, Decimal]]], *, width: int = WIDTH, height: int = HEIGHT
) -> Frame | None:
    """Return the frame around all lines together; None where there is no point."""
    points = list(chain.from_iterable(lines))
    if not points:
        return None
    years = [year for year, _score in points]
    scores = [score for _year, score in points]
    return Frame(min(years), max(years), min(scores), max(scores), width, height)
