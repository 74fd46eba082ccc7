from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import Params, number
from indicators.scoring.parameters import TARGET, not_numbers
from indicators.scoring.proportion import Proportion


class Linear(Proportion):
    """actual / target; more is better. Decree 44642/T27701H of 1381, AP / S x W."""

    name = "linear"
    label = _("In proportion to the target")
    formula = _("ceiling × actual ÷ target")
    numbers = _("%(ceiling)s × %(value)s ÷ %(target)s")
    parameters = (TARGET,)

    def standard(self, params: Params) -> Fraction:
        return number(params, "target")

    def check(self, params: Params) -> list[str]:
        errors = not_numbers(params, TARGET)
        if not errors and number(params, "target") <= 0:
            errors.append(gettext("The target must be more than zero."))
        return errors
