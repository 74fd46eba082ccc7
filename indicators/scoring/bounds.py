"""Between which bounds a value can lie: what its method can mean, and what its measure says."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params
from indicators.scoring.methods import METHODS, parameters
from indicators.scoring.value_bounds import ValueBounds

HUNDRED = Fraction(100)
PERCENT = frozenset({"درصد", "٪", "%", "percent", "per cent", "percentage"})
"""How the unit of a share is written."""


# --- What a method can mean ---------------------------------------------------------------------


def _usual(method: str, params: Params, *, is_percent: bool) -> ValueBounds:
    """Bound a value of the methods without fixed bounds, where the measure says nothing.

    Counts and shares are never negative, but growth may be, and so is whatever is measured against
    a number below zero. A percent is at most 100, unless it is measured against more.
    """
    against = list(_thresholds(params))
    may_be_negative = METHODS[method].may_be_negative or any(each < 0 for each in against)
    is_share = is_percent and all(each <= HUNDRED for each in against)
    return ValueBounds(None if may_be_negative else ZERO, HUNDRED if is_share else None)


def _thresholds(params: Params) -> Iterator[Fraction]:
    """List the numbers that a value is measured against."""
    for name, parameter in parameters().items():
        if name in params:
            yield from parameter.thresholds(params[name])


def bounds(
    method: str,
    params: Params,
    *,
    lowest: Decimal | None,
    highest: Decimal | None,
    is_percent: bool,
) -> ValueBounds:
    """Find the bounds of a measure's values; `params` must have passed the method's check."""
    said = ValueBounds(
        least=None if lowest is None else Fraction(lowest),
        most=None if highest is None else Fraction(highest),
    )
    fixed = METHODS[method].fixed_bounds(params)
    if fixed is not None:
        return ValueBounds(
            least=max(each for each in (fixed.least, said.least) if each is not None),
            most=min(each for each in (fixed.most, said.most) if each is not None),
        )
    usual = _usual(method, params, is_percent=is_percent)
    return ValueBounds(
        least=usual.least if said.least is None else said.least,
        most=usual.most if said.most is None else said.most,
    )


# --- What is wrong with the bounds of a measure -------------------------------------------------


LABELS: dict[str, str | Promise] = {
    "base": _("Baseline"),
    "floor": _("Floor"),
    "target": _("Target"),
}


def wrong_bounds(method: str, params: Params, lowest: Any, highest: Any) -> list[str]:
    """Say what is wrong with the bounds that a measure says, a sentence each; `params` must have
    passed the method's check.
    """
    if lowest is None and highest is None:
        return []
    if lowest is not None and highest is not None and lowest >= highest:
        return [gettext("The lowest possible value must be less than the highest.")]
    fixed = METHODS[method].fixed_bounds(params)
    said = [each for each in (lowest, highest) if each is not None]
    if fixed is not None and any(fixed.why_outside(each) for each in said):
        sentence = gettext(
            "By this method a value lies %(bounds)s; its bounds may only be narrower."
        )
        return [sentence % {"bounds": fixed}]
    held = bounds(method, params, lowest=lowest, highest=highest, is_percent=False)
    return [
        gettext("“%(name)s” lies outside the bounds of the value.") % {"name": label}
        for key, label in LABELS.items()
        if params.get(key) is not None and held.why_outside(Decimal(str(params[key])))
    ]
