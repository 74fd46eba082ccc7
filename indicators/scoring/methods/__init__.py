"""Scoring methods: from an actual value to points, as pure functions without a database; one class
a file.

Sources: `points = actual / standard x ceiling`, its inverse where less is better, and "earned may
not exceed the ceiling" are the form of the Council of Ministers' decree 44642/T27701H of 28/10/1381
(http://www.dastour.ir/Brows/?lid=306807). Range, bands, checklist and growth are composed for this
portal; interpolation is the Results-Framework Document's, minmax the Human Development Index's,
options PART's. Points are in the unit of the ceiling and rounded half-up to 10 places.
"""

from decimal import Decimal

from django.utils.functional import Promise

from indicators.scoring.exact import Params
from indicators.scoring.method import Method
from indicators.scoring.methods.bands import Bands
from indicators.scoring.methods.checklist import Checklist
from indicators.scoring.methods.growth import Growth
from indicators.scoring.methods.interpolation import Interpolation
from indicators.scoring.methods.inverse_linear import InverseLinear
from indicators.scoring.methods.levels import Levels
from indicators.scoring.methods.linear import Linear
from indicators.scoring.methods.minmax import MinMax
from indicators.scoring.methods.options import Options
from indicators.scoring.methods.points import PointsOfMaximum
from indicators.scoring.methods.range import Range
from indicators.scoring.methods.steward import Steward
from indicators.scoring.methods.survey import Survey
from indicators.scoring.parameters import Parameter
from indicators.scoring.rounding import (
    HUNDRED,
    ONE,
    PLACES,
    ROUNDED,
    SHOWN_PLACES,
    ZERO,
    decimal,
    half_up,
    round_to_decimal,
    scale_points,
)

__all__ = (
    "HUNDRED",
    "METHODS",
    "ONE",
    "PLACES",
    "ROUNDED",
    "SHOWN_PLACES",
    "ZERO",
    "Method",
    "decimal",
    "half_up",
    "method_choices",
    "parameters",
    "points",
    "round_to_decimal",
    "scale_points",
)

_METHODS: tuple[Method, ...] = (
    Linear(),
    InverseLinear(),
    Range(),
    Bands(),
    Checklist(),
    Levels(),
    Options(),
    Interpolation(),
    MinMax(),
    PointsOfMaximum(),
    Survey(),
    Steward(),
    Growth(),
)
METHODS: dict[str, Method] = {method.name: method for method in _METHODS}


def method_choices() -> list[tuple[str, str | Promise]]:
    """List each method's name with its label."""
    return [(method.name, method.label) for method in METHODS.values()]


def parameters() -> dict[str, Parameter]:
    """Find every parameter of any method, by its name, in the order of the methods."""
    found: dict[str, Parameter] = {}
    for method in METHODS.values():
        for parameter in method.parameters:
            found.setdefault(parameter.name, parameter)
    return found


def points(method: str, value: Decimal, *, ceiling: Decimal, params: Params) -> Decimal:
    """Compute the points of a value, from 0 to the ceiling, to 10 places. `params` must have
    passed the method's check.
    """
    return METHODS[method].points(value, ceiling=ceiling, params=params)
