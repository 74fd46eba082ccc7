"""The least and the most that a value can be."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from agencies.persian import in_locale, parse_decimal
from indicators.scoring.exact import ZERO, figure_text


@dataclass(frozen=True)
class ValueBounds:
    """The least and the most that a value can be; None where there is no bound."""

    least: Fraction | None = None
    most: Fraction | None = None

    def why_outside(self, value: Decimal) -> str:
        """Say why the value cannot be meant, in a sentence that names the bound; "" when it can."""
        if self.least is not None and value < self.least:
            if self.least == ZERO:
                return gettext("The value may not be negative.")
            return gettext("The value may not be less than %(least)s.") % {
                "least": _bound_text(self.least)
            }
        if self.most is not None and value > self.most:
            return gettext("The value may not be more than %(most)s.") % {
                "most": _bound_text(self.most)
            }
        return ""

    @property
    def hint(self) -> str:
        """What stands beside a field; "" where there are no bounds."""
        words = str(self)
        return gettext("Possible values: %(bounds)s.") % {"bounds": words} if words else ""

    def __bool__(self) -> bool:
        return self != ValueBounds()

    def __str__(self) -> str:
        """Write the bounds in words; "" where there are none."""
        match self.least, self.most:
            case None, None:
                return ""
            case least, None if least is not None:
                return gettext("%(least)s or more") % {"least": _bound_text(least)}
            case None, most if most is not None:
                return gettext("%(most)s at most") % {"most": _bound_text(most)}
            case least, most:
                ends = {"least": _bound_text(least or ZERO), "most": _bound_text(most or ZERO)}
                return gettext("from %(least)s to %(most)s") % ends


def _bound_text(value: Fraction) -> str:
    return in_locale(parse_decimal(figure_text(value)))
