from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring import scales
from indicators.scoring.exact import Params, in_digits, number
from indicators.scoring.method import Method, join_with_commas
from indicators.scoring.parameters import (
    DIRECTION,
    FlagParameter,
    NumberParameter,
    not_numbers,
    wrong_direction,
)

LEAST = NumberParameter(
    name="min",
    label=_("Least value"),
    help_text=_("For “Between the least and the greatest value” only: it earns nothing."),
)
MOST = NumberParameter(
    name="max",
    label=_("Greatest value"),
    help_text=_("For “Between the least and the greatest value” only: it earns all points."),
)
LOG = FlagParameter(
    name="log",
    label=_("Of natural logarithms"),
    help_text=_("For values such as income, where each doubling counts alike."),
)


class MinMax(Method):
    """(actual - min) / (max - min), with `log` of their natural logarithms; 1 less that where less
    is better.

    The dimension indices of the HDI, which takes the logarithm of income. A value without a
    logarithm counts as the min. Logarithms have 50 digits.
    """

    name = "minmax"
    label = _("Between the least and the greatest value")
    formula = _(
        "ceiling × (actual − least) ÷ (greatest − least), of logarithms if so chosen; less is "
        "better: 1 − the same"
    )
    numbers = _("%(ceiling)s × %(fraction)s")
    parameters = (LEAST, MOST, LOG, DIRECTION)

    def share(self, value: Fraction, params: Params) -> Fraction:
        return scales.MinMax(
            down=params.get("direction") == "lower",
            cap=None,
            floor=None,
            least=number(params, "min"),
            most=number(params, "max"),
            log=bool(params.get("log")),
        ).score(value)

    def check(self, params: Params) -> list[str]:
        errors = not_numbers(params, LEAST, MOST)
        if not errors and number(params, "min") >= number(params, "max"):
            errors.append(gettext("The greatest value must be more than the least."))
        if not errors and params.get("log") and number(params, "min") <= 0:
            errors.append(gettext("For logarithms the least value must be more than zero."))
        return errors + wrong_direction(params)

    def own_words(self, value: Decimal, params: Params) -> dict[str, str]:
        """Write the fraction; a value without a logarithm stands as the min that it counts as."""
        least, most = number(params, "min"), number(params, "max")
        shown = least if params.get("log") and value <= 0 else Fraction(value)
        words = {"value": in_digits(shown), "min": in_digits(least), "max": in_digits(most)}
        text = "(ln %(value)s − ln %(min)s) ÷ (ln %(max)s − ln %(min)s)"
        text = (text if params.get("log") else text.replace("ln ", "")) % words
        return {"fraction": f"(1 − {text})" if params.get("direction") == "lower" else text}

    def about(self, params: Params, *, bare: bool) -> str:
        return join_with_commas(self.limits_in_words(params)) if bare else ""

    def limits_in_words(self, params: Params) -> Iterator[str]:
        yield from super().limits_in_words(params)
        if params.get("log"):
            yield gettext("of natural logarithms")
        if params.get("direction") == "lower":
            yield gettext("less is better")
