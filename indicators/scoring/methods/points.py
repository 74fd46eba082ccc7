from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params, number
from indicators.scoring.method import join_with_commas
from indicators.scoring.parameters import NumberParameter, not_numbers
from indicators.scoring.proportion import Proportion
from indicators.scoring.value_bounds import ValueBounds

MAXIMUM = NumberParameter(
    name="maximum",
    label=_("Most points"),
    help_text=_("For “Points out of a maximum” only: the most that can be had there."),
    is_threshold=False,
)


class PointsOfMaximum(Proportion):
    """points / the most that can be had, both in the points of the source, whatever the ceiling
    here.
    """

    name = "points"
    label = _("Points out of a maximum")
    formula = _("ceiling × points ÷ the most points")
    numbers = _("%(ceiling)s × %(value)s ÷ %(maximum)s")
    parameters = (MAXIMUM,)

    def standard(self, params: Params) -> Fraction:
        return number(params, "maximum")

    def fixed_bounds(self, params: Params) -> ValueBounds:
        return ValueBounds(ZERO, self.standard(params))

    def check(self, params: Params) -> list[str]:
        errors = not_numbers(params, MAXIMUM)
        if not errors and number(params, "maximum") <= 0:
            errors.append(gettext("The most points must be more than zero."))
        return errors

    def about(self, params: Params, *, bare: bool) -> str:
        return join_with_commas(self.limits_in_words(params)) if bare else ""
