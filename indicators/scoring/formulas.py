"""From the value of a measure to its share of the ceiling: one pure function a method, on exact
fractions.

Values are in the unit of the measure; a share is a pure number, 1 being the whole ceiling. A share
may lie below 0 or above 1: `methods.points` limits it and rounds once. What parameters a method
takes is checked in `parameter_checks.py`.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from indicators.scoring.exact import ONE, ZERO, parsed
from indicators.scoring.scales import Interpolate, MinMax, Ratio

Params = Mapping[str, Any]


def number(params: Params, key: str) -> Fraction:
    """The parameter as an exact number; ValueError when it is none, KeyError when it is missing."""
    return exactly(params[key])


def exactly(value: Any) -> Fraction:
    """A number as JSON or the database keeps it, exactly; ValueError when it is not one plain
    number.
    """
    return parsed(str(value))


def percent(value: Any) -> Fraction:
    """A percent as a share."""
    return exactly(value) / 100


# --- Against one number -------------------------------------------------------------------------


def linear(value: Fraction, params: Params) -> Fraction:
    """actual / target; more is better. Decree 44642/T27701H of 1381, AP / S x W."""
    return _ratio(number(params, "target"), value, down=False)


def inverse_linear(value: Fraction, params: Params) -> Fraction:
    """target / actual; less is better; nothing at all is full. Decree of
    1381, note 2, S / AP x W.
    """
    return _ratio(number(params, "target"), value, down=True)


def points_of(value: Fraction, params: Params) -> Fraction:
    """points / the most that can be had, both in the points of the source, whatever the ceiling
    here.
    """
    return _ratio(number(params, "maximum"), value, down=False)


def index(value: Fraction, params: Params) -> Fraction:
    """value / 100: an index of an outside survey, or the percent a steward gives."""
    return _ratio(Fraction(100), value, down=False)


def checklist(value: Fraction, params: Params) -> Fraction:
    """Weight of the met items / weight of all items. `checklist_value` makes the value."""
    return _ratio(sum(item_weights(params), ZERO), value, down=False)


def _ratio(standard: Fraction, value: Fraction, *, down: bool) -> Fraction:
    return Ratio(down=down, cap=None, floor=None, standard=standard).score(value)


def item_weights(params: Params) -> list[Fraction]:
    """The weights of a checklist: `items` is how many there are, or a list of objects that may have
    a `weight`.
    """
    items = params["items"]
    if isinstance(items, int):
        return [ONE] * items
    return [exactly(item.get("weight", 1)) for item in items]


def checklist_value(params: Params, met: Iterable[int]) -> Decimal:
    """The value of a checklist whose items at these places (from 0) are met."""
    weights = item_weights(params)
    whole = sum((weights[place] for place in set(met)), ZERO)
    return Decimal(whole.numerator) / Decimal(whole.denominator)


# --- Between numbers ----------------------------------------------------------------------------


def between(value: Fraction, params: Params) -> Fraction:
    """(actual - floor) / (target - floor). Less is better when the floor is the higher."""
    return _line(value, number(params, "floor"), number(params, "target"))


def growth(value: Fraction, params: Params) -> Fraction:
    """(actual - base) / (target - base). A target below the base means less is better."""
    return _line(value, number(params, "base"), number(params, "target"))


def minmax(value: Fraction, params: Params) -> Fraction:
    """(actual - min) / (max - min), with `log` of their natural logarithms; 1 less that where less
    is better.

    The dimension indices of the HDI, which takes the logarithm of income. A value without a
    logarithm counts as the min. Logarithms have 50 digits.
    """
    return MinMax(
        down=params.get("direction") == "lower",
        cap=None,
        floor=None,
        least=number(params, "min"),
        most=number(params, "max"),
        log=bool(params.get("log")),
    ).score(value)


def _line(value: Fraction, start: Fraction, end: Fraction) -> Fraction:
    return MinMax(down=False, cap=None, floor=None, least=start, most=end, log=False).score(value)


# --- By a list ----------------------------------------------------------------------------------


def interpolation(value: Fraction, params: Params) -> Fraction:
    """Targets, best first, each worth a percent; between two of them on a straight line.

    Nothing where worse than the last, all where better than the first: the five columns 100, 90,
    80, 70, 60 of India's Results-Framework Document (guidelines of 2011-12). Less is better when
    the targets rise.
    """
    return Interpolate(
        levels=tuple(percent(worth) for _target, worth in params["targets"]),
        above=ONE,
        below=ZERO,
        labels=(),
        targets=tuple(exactly(target) for target, _worth in params["targets"]),
        dated=False,
    ).score(value)


def bands(value: Fraction, params: Params) -> Fraction:
    """The percent of the first band that holds the value, nothing past the last.

    Rows are (limit, percent of the ceiling), best first: up to the limit when less is better, from
    it on when more is.
    """
    for limit, worth in params["bands"]:
        if value <= exactly(limit) if less_is_better(params) else value >= exactly(limit):
            return percent(worth)
    return ZERO


def less_is_better(params: Params) -> bool:
    return bool(params.get("direction", "lower") == "lower")


def levels(value: Fraction, params: Params) -> Fraction:
    """The percent of the level reached; its number, from 0 for the first, is the value. Below the
    first: nothing.
    """
    rows = params["levels"]
    return percent(rows[min(int(value), len(rows) - 1)]["percent"]) if value >= 0 else ZERO


def options(value: Fraction, params: Params) -> Fraction:
    """The percent of the option chosen; its number, from 0, is the value. Nothing where there is no
    such option.

    As PART's Yes, Large extent, Small extent, No, worth 100, 67, 33, 0.
    """
    row = chosen(value, params["options"])
    return percent(row["percent"]) if row else ZERO


def chosen(value: Fraction, rows: Any) -> Mapping[str, Any] | None:
    """The row whose number is the value."""
    found: Mapping[str, Any] | None = None
    if value.denominator == 1 and 0 <= value < len(rows):
        found = rows[int(value)]
    return found
