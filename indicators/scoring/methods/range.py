from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import Params, number
from indicators.scoring.method import Method
from indicators.scoring.parameters import FLOOR, TARGET, not_numbers
from indicators.scoring.proportion import share_of_way


class Range(Method):
    """(actual - floor) / (target - floor). Less is better when the floor is the higher."""

    name = "range"
    label = _("Between a floor and the target")
    formula = _("ceiling × (actual − floor) ÷ (target − floor)")
    numbers = _("%(ceiling)s × (%(value)s − %(floor)s) ÷ (%(target)s − %(floor)s)")
    parameters = (FLOOR, TARGET)

    def share(self, value: Fraction, params: Params) -> Fraction:
        return share_of_way(value, number(params, "floor"), number(params, "target"))

    def check(self, params: Params) -> list[str]:
        errors = not_numbers(params, FLOOR, TARGET)
        if not errors and number(params, "floor") == number(params, "target"):
            errors.append(gettext("The floor and the target must differ."))
        return errors
