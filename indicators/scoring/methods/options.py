from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ZERO, Params, percent
from indicators.scoring.lists import ChosenRow, worths
from indicators.scoring.parameters import RowsParameter

OPTIONS = RowsParameter(
    name="options",
    label=_("Answers"),
    help_text=_(
        "For “One of several answers” only, one a line: percent | words in Persian | words "
        "in English."
    ),
)


class Options(ChosenRow):
    """The percent of the option chosen; its number, from 0, is the value. Nothing where there is no
    such option.

    As PART's Yes, Large extent, Small extent, No, worth 100, 67, 33, 0.
    """

    name = "options"
    label = _("One of several answers")
    formula = _("ceiling × the percent of the answer chosen; the number of the answer is given")
    numbers = _("%(ceiling)s × %(percent)s%% (%(name)s)")
    parameters = (OPTIONS,)
    rows = "options"

    def share(self, value: Fraction, params: Params) -> Fraction:
        row = self.chosen_row(value, params)
        return percent(row["percent"]) if row else ZERO

    def check(self, params: Params) -> list[str]:
        try:
            percents = worths(params.get("options"))
        except ValueError:
            return [
                gettext("There must be two options or more, each with its percent and its words.")
            ]
        if not all(0 <= percent <= 100 for percent in percents):
            return [gettext("The percents of the options must lie between 0 and 100.")]
        return []
