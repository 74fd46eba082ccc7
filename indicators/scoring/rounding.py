"""Points and percents as they are kept and shown: rounded half-up, once."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

from indicators.scoring.exact import Rounding

PLACES = 10
SHOWN_PLACES = 2
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
ROUNDED = Rounding(PLACES)
PRECISION = 60
"""Ample for numeric(28,8) x numeric(16,10)."""

_UNITS = {places: Decimal(1).scaleb(-places) for places in (PLACES, SHOWN_PLACES)}
_WIDE = Context(prec=PRECISION, rounding=ROUND_HALF_UP)


def half_up(value: Decimal, places: int) -> Decimal:
    """Round half away from zero, as PostgreSQL rounds numeric."""
    unit = _UNITS.get(places) or Decimal(1).scaleb(-places)
    return value.quantize(unit, context=_WIDE)


def round_to_decimal(value: Fraction | float, places: int) -> Decimal:
    """Round a quotient or a statistic half-up, once, as it is shown."""
    return Decimal(f"{Rounding(places).units(Fraction(value))}E-{places}")


def scale_points(points: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Compute points x part / whole, rounded half-up to 10 places."""
    with localcontext() as context:
        context.prec = PRECISION
        return half_up(points * part / whole, PLACES)


def decimal(value: Fraction) -> Decimal:
    """Turn a fraction into a decimal, rounded half-up to 10 places."""
    return Decimal(f"{ROUNDED.units(value)}E-{PLACES}")
