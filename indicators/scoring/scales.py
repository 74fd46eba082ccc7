"""Scales of reference frameworks: from the value of a leaf to its score, as pure functions without
a database.

    options      the value of the option, named by its code or its label
    number       the value itself, from min to max, in steps
    points       the value itself, from 0 to max
    interpolate  targets t1..tn are worth levels l1..ln; between two targets a straight line:
                 l[i] + (l[i+1] - l[i]) x (value - t[i]) / (t[i+1] - t[i])  (RFD guidelines 2011-12)
    ratio        up: value / standard; down: standard / value  (decree 44642/T27701H of 28/10/1381)
    minmax       (value - min) / (max - min);
                 with transform log (ln value - ln min) / (ln max - ln min)  (HDI since 2010)

Where the files leave something open:

- A leaf's own `targets`, `standard`, `direction`, `min`, `max`, `step`, `cap`, `floor`, `above`,
  `below` come before its scale's.
- A value off the `step` (counted from `min`, else from 0), below `min` or above `max` is refused.
- interpolate: more is better when the targets fall, less when they rise. Better than the first
  target is `above` (else the first level), worse than the last is `below` (else 0, as in the RFD).
  Targets may be dates, year-month-day.
- ratio: without `cap` or `floor` nothing limits it. Where less is better, nothing at all (or less)
  is worth the cap.
- minmax: the share stays between `floor` 0 and `cap` 1, as the HDI publishes nobody above 1; false
  lifts the limit. Any other number limits the value itself instead, before the transform: a cap of
  75000 is an income. `direction` down turns the scale round: 1 - share. A `min` above `max` does
  the same.
- `bands` of a number and `labels` of an interpolation name a score by the highest limit that it
  reaches; an option's label names it.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from indicators.scoring.exact import ONE, ZERO, figure_text, log_share, parse_fraction

NOT_APPLICABLE, UNDER_REVIEW = "NA", "REVIEW"


class Unfit(ValueError):
    """A value that its scale does not have, with the reason in words."""


@dataclass(frozen=True)
class Band:
    """A name for every score from `least` on; None when a rule names it by its code."""

    least: Fraction | None
    label: str
    code: str = ""


def band_label(bands: tuple[Band, ...], score: Fraction) -> str:
    """Find the label of the highest band that the score reaches; "" below the lowest."""
    found = [band for band in bands if band.least is not None and score >= band.least]
    return max(found, key=lambda band: band.least or ZERO).label if found else ""


@dataclass(frozen=True)
class Scale:
    """What every scale has: `full` is the score of a full answer; None
    where the scale sets none.
    """

    @property
    def low(self) -> Fraction | None:
        return None

    @property
    def full(self) -> Fraction | None:
        return None

    @property
    def high(self) -> Fraction | None:
        return self.full

    def read(self, text: str) -> Fraction:
        """Read the value of a cell; Unfit when the scale has no such value."""
        try:
            return parse_fraction(text)
        except ValueError as error:
            raise Unfit(str(error)) from None

    def score(self, value: Fraction) -> Fraction:
        return value

    def label(self, score: Fraction) -> str:
        """Find the name that the scale has for this score; "" where it has none."""
        return ""


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    value: Fraction


@dataclass(frozen=True)
class Options(Scale):
    options: tuple[Option, ...]
    not_applicable: tuple[str, ...]

    @property
    def low(self) -> Fraction:
        return min(option.value for option in self.options)

    @property
    def full(self) -> Fraction:
        return max(option.value for option in self.options)

    def read(self, text: str) -> Fraction:
        for name in ("code", "label"):
            for option in self.options:
                if getattr(option, name).casefold() == text.casefold():
                    return option.value
        raise Unfit(
            f"“{text[:60]}” is none of the options "
            f"{', '.join(option.code for option in self.options)}"
        )

    def label(self, score: Fraction) -> str:
        return next((option.label for option in self.options if option.value == score), "")


@dataclass(frozen=True)
class Number(Scale):
    least: Fraction | None
    most: Fraction | None
    step: Fraction | None
    bands: tuple[Band, ...]

    @property
    def low(self) -> Fraction | None:
        return self.least

    @property
    def full(self) -> Fraction | None:
        return self.most

    def read(self, text: str) -> Fraction:
        value = super().read(text)
        if self.least is not None and value < self.least:
            raise Unfit(f"{text} is less than {figure_text(self.least)}, the least of the scale")
        if self.most is not None and value > self.most:
            raise Unfit(f"{text} is more than {figure_text(self.most)}, the most of the scale")
        if self.step is not None and (value - (self.least or ZERO)) % self.step:
            raise Unfit(
                f"{text} is not on the scale, which goes in steps of {figure_text(self.step)}"
            )
        return value

    def label(self, score: Fraction) -> str:
        return band_label(self.bands, score)


@dataclass(frozen=True)
class Interpolate(Scale):
    levels: tuple[Fraction, ...]
    above: Fraction
    below: Fraction
    labels: tuple[str, ...]
    targets: tuple[Fraction, ...]
    dated: bool

    @property
    def low(self) -> Fraction:
        return min(self.below, *self.levels)

    @property
    def full(self) -> Fraction:
        return max(self.above, *self.levels)

    def read(self, text: str) -> Fraction:
        if not self.dated:
            return super().read(text)
        try:
            return Fraction(date.fromisoformat(text).toordinal())
        except ValueError:
            raise Unfit(f"“{text[:60]}” is not a date like 2014-03-31") from None

    def score(self, value: Fraction) -> Fraction:
        sign = 1 if self.targets[0] > self.targets[-1] else -1  # times the sign, more is better
        value, targets = sign * value, [sign * target for target in self.targets]
        if value > targets[0]:
            return self.above
        for (upper, lower), (best, worst) in zip(
            pairwise(targets), pairwise(self.levels), strict=True
        ):
            if value == upper:
                return best
            if value > lower:
                return best + (worst - best) * (value - upper) / (lower - upper)
        return self.levels[-1] if value == targets[-1] else self.below

    def label(self, score: Fraction) -> str:
        named = zip(self.levels, self.labels, strict=False)
        return band_label(tuple(Band(level, name) for level, name in named), score)


@dataclass(frozen=True)
class Shared(Scale):
    """A scale whose full answer is one, with a limit above and below."""

    down: bool
    cap: Fraction | None
    floor: Fraction | None

    @property
    def low(self) -> Fraction | None:
        return self.floor

    @property
    def full(self) -> Fraction:
        return ONE

    @property
    def high(self) -> Fraction | None:
        return self.cap

    def limit_share(self, share: Fraction) -> Fraction:
        """Take the share, or the cap or the floor that it lies beyond."""
        if self.floor is not None:
            share = max(share, self.floor)
        return share if self.cap is None else min(share, self.cap)


@dataclass(frozen=True)
class Ratio(Shared):
    standard: Fraction

    def read(self, text: str) -> Fraction:
        value = super().read(text)
        if self.down and value <= 0 and self.cap is None:
            raise Unfit(f"the standard cannot be divided by {text}")
        return value

    def score(self, value: Fraction) -> Fraction:
        if not self.down:
            return self.limit_share(value / self.standard)
        return self.limit_share(self.standard / value if value > 0 else self.cap or ONE)


@dataclass(frozen=True)
class MinMax(Shared):
    least: Fraction
    most: Fraction
    log: bool
    bottom: Fraction | None = None
    top: Fraction | None = None

    def read(self, text: str) -> Fraction:
        value = super().read(text)
        worth_little = self.cap if (self.least > self.most) != self.down else self.floor
        if self.log and worth_little is None and self._within(value) <= 0:
            raise Unfit(f"{text} has no logarithm")
        return value

    def score(self, value: Fraction) -> Fraction:
        value = self._within(value)
        if self.log:
            share = log_share(
                value if value > 0 else min(self.least, self.most), self.least, self.most
            )
        else:
            share = (value - self.least) / (self.most - self.least)
        return self.limit_share(ONE - share if self.down else share)

    def _within(self, value: Fraction) -> Fraction:
        """Take the value, or the bottom or the top that it lies beyond."""
        value = value if self.bottom is None else max(value, self.bottom)
        return value if self.top is None else min(value, self.top)
