from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import Params
from indicators.scoring.methods.linear import Linear


class InverseLinear(Linear):
    """target / actual; less is better; nothing at all is full.

    Decree of 1381, note 2, S / AP x W.
    """

    name = "inverse_linear"
    label = _("In inverse proportion to the target")
    formula = _("ceiling × target ÷ actual; full when the actual is zero")
    numbers = _("%(ceiling)s × %(target)s ÷ %(value)s")
    less_is_better = True

    def sentence(self, value: Decimal, words: dict[str, str], params: Params) -> str:
        if value <= 0:
            return gettext("nothing at all is full points: %(points)s") % words
        return super().sentence(value, words, params)
