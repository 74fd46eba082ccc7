from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params, exactly, percent
from indicators.scoring.lists import falls_within, pairs
from indicators.scoring.method import Method
from indicators.scoring.parameters import DIRECTION, PairsParameter, wrong_direction

BANDS = PairsParameter(
    name="bands",
    label=_("Steps"),
    help_text=_(
        "For “Steps” only: limit:percent from the best to the worst, such as 0:100, 7:70, 14:40."
    ),
)


class Bands(Method):
    """The percent of the first band that holds the value, nothing past the last.

    Rows are (limit, percent of the ceiling), best first: up to the limit when less is better, from
    it on when more is.
    """

    name = "bands"
    label = _("Steps")
    formula = _("ceiling × the percent of the step that holds the actual")
    numbers = _("%(ceiling)s × %(percent)s%% (the step of %(value)s)")
    parameters = (BANDS, DIRECTION)

    def share(self, value: Fraction, params: Params) -> Fraction:
        for limit, worth in params["bands"]:
            if value <= exactly(limit) if _less_is_better(params) else value >= exactly(limit):
                return percent(worth)
        return ZERO

    def check(self, params: Params) -> list[str]:
        try:
            limits, percents = pairs(params.get("bands"))
        except ValueError:
            return [gettext("The bands must be rows of a limit and a percent.")]
        errors = wrong_direction(params)
        in_order = sorted(limits, reverse=not _less_is_better(params))
        if len(set(limits)) != len(limits) or limits != in_order:
            errors.append(
                gettext("The bands must stand from the best to the worst, each limit once.")
            )
        if not falls_within(percents):
            errors.append(
                gettext("The percents of the bands must lie between 0 and 100 and never rise.")
            )
        return errors


def _less_is_better(params: Params) -> bool:
    return bool(params.get("direction", "lower") == "lower")
