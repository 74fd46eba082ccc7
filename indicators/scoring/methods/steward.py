from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params
from indicators.scoring.proportion import Proportion
from indicators.scoring.value_bounds import ValueBounds

HUNDRED = Fraction(100)


class Steward(Proportion):
    """value / 100: the percent that a steward gives."""

    name = "steward"
    label = _("Given by the steward")
    formula = _("ceiling × the percent given by the steward ÷ 100")
    numbers = _("%(ceiling)s × %(value)s ÷ 100")

    def standard(self, params: Params) -> Fraction:
        return HUNDRED

    def fixed_bounds(self, params: Params) -> ValueBounds:
        return ValueBounds(ZERO, HUNDRED)
