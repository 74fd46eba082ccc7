"""Exact numbers: rounding and writing them, and the roots and logarithms that no fraction holds.

Every score is a fraction, so that sums, weights and quotients lose nothing and a half is a half.
Logarithms and roots are worked out with 60 digits and kept with 50, so that the geometric mean of
equal numbers is that number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from agencies.persian import in_locale, parse_decimal, plain_number

ZERO, ONE = Fraction(0), Fraction(1)

Params = Mapping[str, Any]
"""The parameters of a scoring method, as JSON or the database keeps them."""

WRITTEN_WHOLE, WRITTEN_DIGITS = 40, 28

_WIDE = Context(prec=60, Emax=999999, Emin=-999999)
_KEPT = Context(prec=50, Emax=999999, Emin=-999999)
_WRITTEN = Context(prec=WRITTEN_DIGITS, Emax=999999, Emin=-999999)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_LONGEST_NUMBER = 60


def parse_fraction(text: str) -> Fraction:
    """Read the number of a cell, in Latin or Persian digits, an exponent allowed; ValueError when
    it is not one number.
    """
    plain = plain_number(text)
    if len(plain) > _LONGEST_NUMBER or not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a number: {text[:_LONGEST_NUMBER]!r}")
    return Fraction(plain)


def exactly(value: Any) -> Fraction:
    """Read a number exactly as JSON or the database keeps it; ValueError when it is not one plain
    number.
    """
    return parse_fraction(str(value))


def number(params: Params, key: str) -> Fraction:
    """Read a parameter exactly; ValueError when it is no number, KeyError when it is missing."""
    return exactly(params[key])


def percent(value: Any) -> Fraction:
    """Turn a percent into a share."""
    return exactly(value) / 100


def times(one: Fraction, other: Fraction) -> Fraction:
    """Multiply two numbers; most factors of a tree are `ONE` itself, and cost nothing."""
    return other if one is ONE else one if other is ONE else one * other


# --- Rounding and writing -----------------------------------------------------------------------

MODES = ("half_up", "half_even", "half_down", "up", "down", "floor", "ceiling")


@dataclass(frozen=True)
class Rounding:
    """To so many decimal places; half_up, half_down and up go away from zero or towards it, as in
    `decimal`.
    """

    digits: int
    mode: str = "half_up"

    def apply(self, value: Fraction) -> Fraction:
        places = max(self.digits, 0)
        return Fraction(self.units(value) * 10 ** (places - self.digits), 10**places)

    def units(self, value: Fraction) -> int:
        """Count the units of the last place in the rounded value."""
        up: int = 10 ** max(self.digits, 0)
        down: int = 10 ** max(-self.digits, 0)
        over = (
            value.denominator * down
        )  # whole numbers throughout: most of what is added up is rounded
        whole, rest = divmod(abs(value.numerator) * up, over)
        is_below_zero = value.numerator < 0
        units = whole + self._goes_away(2 * rest, over, is_odd=whole % 2 == 1, below=is_below_zero)
        return -units if is_below_zero else units

    def _goes_away(self, doubled: int, over: int, *, is_odd: bool, below: bool) -> bool:
        """Tell whether a rest goes away from zero; doubled, it is compared with `over`."""
        match self.mode:
            case "half_up":
                return doubled >= over
            case "half_down":
                return doubled > over
            case "half_even":
                return doubled > over or (doubled == over and is_odd)
            case "up":
                return doubled > 0
            case "floor":
                return doubled > 0 and below
            case "ceiling":
                return doubled > 0 and not below
            case _:
                return False

    def figure_text(self, value: Fraction) -> str:
        """Write the rounded value with all its places: 0.800."""
        return _with_places(self.apply(value), max(self.digits, 0))


def figure_text(value: Fraction) -> str:
    """Write the value in full where its decimals end within 40 digits, else to 28 significant
    digits, half-even.
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest == 1:
        digits = str(abs(value.numerator) * 10**places // value.denominator)
        if len(digits) <= WRITTEN_WHOLE:
            return _with_places(value, places)
    return f"{_WRITTEN.divide(Decimal(value.numerator), Decimal(value.denominator)):f}"


def in_digits(value: Fraction) -> str:
    """Write an exact number in the reader's digits, to four places when it does not end soon."""
    text = figure_text(value)
    return in_locale(parse_decimal(text), None if len(text) <= 12 else 4)


def _with_places(value: Fraction, places: int) -> str:
    return f"{Decimal(f'{int(value * 10**places)}E-{places}'):f}"


# --- Logarithms and roots -----------------------------------------------------------------------


def _decimal(value: Fraction) -> Decimal:
    return _WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))


def log_share(value: Fraction, least: Fraction, most: Fraction) -> Fraction:
    """Compute (ln value - ln least) / (ln most - ln least), of numbers above zero."""
    start = _WIDE.ln(_decimal(least))
    part = _WIDE.subtract(_WIDE.ln(_decimal(value)), start)
    return Fraction(_KEPT.plus(_WIDE.divide(part, _WIDE.subtract(_WIDE.ln(_decimal(most)), start))))


def geometric_mean(parts: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Compute exp(sum(weight x ln value) / sum(weight)) of (weight, value), values not below zero;
    zero when one is zero.
    """
    parts = [(weight, value) for weight, value in parts if weight]
    if any(value < 0 for _weight, value in parts):
        raise ValueError("the geometric mean takes no value below zero")
    if any(value == 0 for _weight, value in parts):
        return ZERO
    whole = sum((weight for weight, _value in parts), ZERO)
    total = Decimal(0)
    for weight, value in parts:
        total = _WIDE.fma(_decimal(weight / whole), _WIDE.ln(_decimal(value)), total)
    return Fraction(_KEPT.plus(_WIDE.exp(total)))
