from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ONE, ZERO, Params, exactly, in_digits
from indicators.scoring.parameters import MOST_ITEMS, ItemsParameter
from indicators.scoring.proportion import Proportion
from indicators.scoring.value_bounds import ValueBounds

ITEMS = ItemsParameter(
    name="items",
    label=_("Number of checklist items"),
    help_text=_("For “Checklist” only."),
    most=MOST_ITEMS,
)


class Checklist(Proportion):
    """Weight of the met items / weight of all items. `checklist_value` makes the value."""

    name = "checklist"
    label = _("Checklist")
    formula = _("ceiling × items met ÷ all items, by weight")
    numbers = _("%(ceiling)s × %(value)s ÷ %(items)s")
    parameters = (ITEMS,)

    def standard(self, params: Params) -> Fraction:
        return sum(_weights(params), ZERO)

    def fixed_bounds(self, params: Params) -> ValueBounds:
        return ValueBounds(ZERO, self.standard(params))

    def check(self, params: Params) -> list[str]:
        try:
            weights = _weights(params)
        except (KeyError, TypeError, AttributeError, ValueError):
            return [gettext("A checklist needs its number of items, or a list of them.")]
        if not weights or not all(weight > 0 for weight in weights):
            return [
                gettext(
                    "A checklist needs at least one item, and every weight must be more than zero."
                )
            ]
        return []

    def own_words(self, value: Decimal, params: Params) -> dict[str, str]:
        return {"items": in_digits(self.standard(params))}


def _weights(params: Params) -> list[Fraction]:
    """List the weights of a checklist: `items` is how many there are, or a list of objects that
    may have a `weight`.
    """
    items = params["items"]
    if isinstance(items, int):
        return [ONE] * items
    return [exactly(item.get("weight", 1)) for item in items]


def checklist_value(params: Params, met: Iterable[int]) -> Decimal:
    """Compute the value of a checklist whose items at these places (from 0) are met."""
    weights = _weights(params)
    whole = sum((weights[place] for place in set(met)), ZERO)
    return Decimal(whole.numerator) / Decimal(whole.denominator)
