from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.scoring.exact import ONE, ZERO, Params, exactly, in_digits, percent
from indicators.scoring.lists import falls_within, pairs
from indicators.scoring.method import Method, join_with_commas
from indicators.scoring.parameters import PairsParameter
from indicators.scoring.scales import Interpolate

TARGETS = PairsParameter(
    name="targets",
    label=_("Targets with their percents"),
    help_text=_(
        "For “Between several targets” only, the best first: 90:100, 80:90, 70:80, 60:70, 50:60."
    ),
)


class Interpolation(Method):
    """Targets, best first, each worth a percent; between two of them on a straight line.

    Nothing where worse than the last, all where better than the first: the five columns 100, 90,
    80, 70, 60 of India's Results-Framework Document (guidelines of 2011-12). Less is better when
    the targets rise.
    """

    name = "interpolation"
    label = _("Between several targets")
    formula = _(
        "ceiling × the percent that lies on a straight line between the two nearest targets"
    )
    numbers = _("%(ceiling)s × %(percent)s%% (the place of %(value)s among the targets)")
    parameters = (TARGETS,)

    def share(self, value: Fraction, params: Params) -> Fraction:
        return Interpolate(
            levels=tuple(percent(worth) for _target, worth in params["targets"]),
            above=ONE,
            below=ZERO,
            labels=(),
            targets=tuple(exactly(target) for target, _worth in params["targets"]),
            dated=False,
        ).score(value)

    def check(self, params: Params) -> list[str]:
        try:
            targets, percents = pairs(params.get("targets"))
        except ValueError:
            return [gettext("The targets must be rows of a value and a percent.")]
        errors = []
        steps = {later > earlier for earlier, later in pairwise(targets)}
        if len(targets) < 2 or len(set(targets)) != len(targets) or len(steps) > 1:
            errors.append(
                gettext("There must be two targets or more, and they must all rise or all fall.")
            )
        if percents[0] != 100 or not falls_within(percents):
            errors.append(
                gettext(
                    "The first target must be worth 100 percent, and none more than the one before."
                )
            )
        return errors

    def about(self, params: Params, *, bare: bool) -> str:
        return gettext("targets: %(rows)s") % {"rows": join_with_commas(_targets_in_words(params))}


def _targets_in_words(params: Params) -> Iterator[str]:
    for target, worth in params["targets"]:
        yield gettext("%(value)s = %(percent)s%%") % {
            "value": in_digits(exactly(target)),
            "percent": in_digits(exactly(worth)),
        }
