from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import Params, number
from indicators.scoring.method import Method
from indicators.scoring.parameters import BASE, TARGET, not_numbers
from indicators.scoring.proportion import share_of_way


class Growth(Method):
    """(actual - base) / (target - base). A target below the base means less is better."""

    name = "growth"
    label = _("Growth from a baseline")
    formula = _("ceiling × (actual − baseline) ÷ (target − baseline)")
    numbers = _("%(ceiling)s × (%(value)s − %(base)s) ÷ (%(target)s − %(base)s)")
    parameters = (BASE, TARGET)
    may_be_negative = True

    def share(self, value: Fraction, params: Params) -> Fraction:
        return share_of_way(value, number(params, "base"), number(params, "target"))

    def check(self, params: Params) -> list[str]:
        errors = not_numbers(params, BASE, TARGET)
        if not errors and number(params, "base") == number(params, "target"):
            errors.append(gettext("The baseline and the target must differ."))
        return errors
