from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params, percent
from indicators.scoring.lists import ChosenRow, falls_within, worths
from indicators.scoring.parameters import RowsParameter

LEVELS = RowsParameter(
    name="levels",
    label=_("Levels"),
    help_text=_(
        "For “Described levels” only, one a line, the lowest first: percent | words in "
        "Persian | words in English."
    ),
)


class Levels(ChosenRow):
    """The percent of the level reached; its number, from 0 for the first, is the value. Below the
    first: nothing.
    """

    name = "levels"
    label = _("Described levels")
    formula = _("ceiling × the percent of the level reached; the number of the level is given")
    numbers = _("%(ceiling)s × %(percent)s%% (level %(value)s: %(name)s)")
    parameters = (LEVELS,)
    rows = "levels"

    def share(self, value: Fraction, params: Params) -> Fraction:
        rows = params["levels"]
        if value < 0:
            return ZERO
        return percent(rows[min(int(value), len(rows) - 1)]["percent"])

    def check(self, params: Params) -> list[str]:
        try:
            percents = worths(params.get("levels"))
        except ValueError:
            return [
                gettext("There must be two levels or more, each with its percent and its words.")
            ]
        if not falls_within(percents[::-1]):
            return [
                gettext("The percents of the levels must lie between 0 and 100 and never fall.")
            ]
        return []
