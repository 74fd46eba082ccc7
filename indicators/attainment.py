"""How far a quarter's target is attained and which light that gives, by one rule; pure, without a
database.

Where more is better the percent is actual / target, where less is better target / actual; both are
the ratio that the scoring methods use. What a ratio cannot say is defined: against a target of zero
one either is there or is not; against a target below zero (a balance, a growth) the shortfall
counts in parts of the target's size; a value of nothing where less is better attains the most there
is. The percent lies between 0 and 200, and a better value never has a lower one.
"""

from decimal import Decimal
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators.scoring.methods import SHOWN_PLACES, half_up

GREEN_FROM, AMBER_FROM = Fraction(100), Fraction(80)
LEAST, MOST = Fraction(0), Fraction(200)
_PLACES_BEFORE_ROUNDING = 10**12

RULE: str | Promise = _(
    "Attainment is the actual value divided by the quarter's target, or the target divided by the "
    "actual value where "
    "less is better; it counts from 0 to 200 percent. From 100 percent on the light is green, "
    "from 80 percent amber, "
    "below that red; without a target or an actual value there is no light."
)
"""The rule as users read it, on every page that shows a light."""


class Light(TextChoices):
    GREEN = "green", _("Green: on target")
    AMBER = "amber", _("Amber: slightly behind")
    RED = "red", _("Red: behind")
    NONE = "none", _("No light yet")


MISSED = frozenset({Light.AMBER, Light.RED})
"""The lights of a miss, which has to be explained."""


def attainment(
    actual: Decimal | None, target: Decimal | None, *, less_is_better: bool
) -> Fraction | None:
    """Compute the percent attained, exactly; None without a target or an actual value."""
    if actual is None or target is None:
        return None
    value, goal = Fraction(actual), Fraction(target)
    if goal > 0 and less_is_better:
        percent = goal / value * 100 if value > 0 else MOST
    elif goal == 0:
        reached = value <= 0 if less_is_better else value >= 0
        percent = GREEN_FROM if reached else LEAST
    else:
        better_by = goal - value if less_is_better else value - goal
        percent = (1 + better_by / abs(goal)) * 100
    return min(max(percent, LEAST), MOST)


def light(percent: Fraction | None) -> Light:
    """Choose the light of an exact percent; what is shown is rounded, what is judged is not."""
    if percent is None:
        return Light.NONE
    if percent >= GREEN_FROM:
        return Light.GREEN
    return Light.AMBER if percent >= AMBER_FROM else Light.RED


def shown_percent(percent: Fraction | None) -> Decimal | None:
    """Round a percent as it is shown: half-up to 2 places."""
    if percent is None:
        return None
    # the fraction's own half-way cases have few places, so cutting it at twelve loses none of them
    cut = Decimal(int(percent * _PLACES_BEFORE_ROUNDING)) / _PLACES_BEFORE_ROUNDING
    return half_up(cut, SHOWN_PLACES)
