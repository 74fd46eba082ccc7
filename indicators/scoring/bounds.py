"""Between which bounds a value can lie: what its method can mean, and what its measure says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.persian import localised, parse_decimal
from indicators.scoring.exact import ZERO, written
from indicators.scoring.formulas import Params, exactly, item_weights, number

HUNDRED = Fraction(100)
PERCENT = frozenset({"درصد", "٪", "%", "percent", "per cent", "percentage"})
"""How the unit of a share is written."""

NUMBERS = ("base", "floor", "target", "min", "max")
ROWS = ("bands", "targets")


@dataclass(frozen=True)
class ValueBounds:
    """The least and the most that a value can be; None where there is no bound."""

    least: Fraction | None = None
    most: Fraction | None = None

    def why_outside(self, value: Decimal) -> str:
        """Why the value cannot be meant, in a sentence that names the bound; "" when it can."""
        if self.least is not None and value < self.least:
            if self.least == ZERO:
                return gettext("The value may not be negative.")
            return gettext("The value may not be less than %(least)s.") % {
                "least": _shown(self.least)
            }
        if self.most is not None and value > self.most:
            return gettext("The value may not be more than %(most)s.") % {"most": _shown(self.most)}
        return ""

    @property
    def hint(self) -> str:
        """What stands beside a field; "" where there are no bounds."""
        words = str(self)
        return gettext("Possible values: %(bounds)s.") % {"bounds": words} if words else ""

    def __bool__(self) -> bool:
        return self != ValueBounds()

    def __str__(self) -> str:
        """In words; "" where there are none."""
        match self.least, self.most:
            case None, None:
                return ""
            case least, None if least is not None:
                return gettext("%(least)s or more") % {"least": _shown(least)}
            case None, most if most is not None:
                return gettext("%(most)s at most") % {"most": _shown(most)}
            case least, most:
                ends = {"least": _shown(least or ZERO), "most": _shown(most or ZERO)}
                return gettext("from %(least)s to %(most)s") % ends


def _shown(value: Fraction) -> str:
    return localised(parse_decimal(written(value)))


# --- What a method can mean ---------------------------------------------------------------------


FIXED: Mapping[str, Callable[[Params], ValueBounds]] = {
    "checklist": lambda params: ValueBounds(ZERO, sum(item_weights(params), ZERO)),
    "levels": lambda params: ValueBounds(ZERO, Fraction(len(params["levels"]) - 1)),
    "options": lambda params: ValueBounds(ZERO, Fraction(len(params["options"]) - 1)),
    "points": lambda params: ValueBounds(ZERO, number(params, "maximum")),
    "survey": lambda params: ValueBounds(ZERO, HUNDRED),
    "steward": lambda params: ValueBounds(ZERO, HUNDRED),
}
"""Methods whose values can be nothing else; a measure may only narrow them."""


def _usual(method: str, params: Params, *, is_percent: bool) -> ValueBounds:
    """What a value of the other methods is, where the measure says nothing.

    Counts and shares are never negative, but growth may be, and so is whatever is measured against
    a number below zero. A percent is at most 100, unless it is measured against more.
    """
    given = list(_numbers(params))
    may_be_negative = method == "growth" or any(each < 0 for each in given)
    is_share = is_percent and all(each <= HUNDRED for each in given)
    return ValueBounds(None if may_be_negative else ZERO, HUNDRED if is_share else None)


def _numbers(params: Params) -> Iterator[Fraction]:
    """The numbers that a value is measured against."""
    for key in NUMBERS:
        if params.get(key) is not None:
            yield number(params, key)
    for key in ROWS:
        for limit, _percent in params.get(key) or ():
            yield exactly(limit)


def bounds(
    method: str,
    params: Params,
    *,
    lowest: Decimal | None,
    highest: Decimal | None,
    is_percent: bool,
) -> ValueBounds:
    """The bounds of a measure's values; `params` must have passed the method's check."""
    said = ValueBounds(
        least=None if lowest is None else Fraction(lowest),
        most=None if highest is None else Fraction(highest),
    )
    if method in FIXED:
        fixed = FIXED[method](params)
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
    """What is wrong with the bounds that a measure says, in sentences; `params` must have passed
    the method's check.
    """
    if lowest is None and highest is None:
        return []
    if lowest is not None and highest is not None and lowest >= highest:
        return [gettext("The lowest possible value must be less than the highest.")]
    if method in FIXED:
        fixed = FIXED[method](params)
        if any(each is not None and fixed.why_outside(each) for each in (lowest, highest)):
            said = gettext(
                "By this method a value lies %(bounds)s; its bounds may only be narrower."
            )
            return [said % {"bounds": fixed}]
    held = bounds(method, params, lowest=lowest, highest=highest, is_percent=False)
    return [
        gettext("“%(name)s” lies outside the bounds of the value.") % {"name": label}
        for key, label in LABELS.items()
        if params.get(key) is not None and held.why_outside(Decimal(str(params[key])))
    ]
