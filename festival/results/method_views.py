"""The public page on method: how indicators become points, points a percent, and percents places.

It is drawn from the tables by which the portal itself reckons, so that it says what is done.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from cycles.calendar import PHASES
from cycles.models import RULES, TieRule
from cycles.requests import PortalRequest
from festival.places import Ranking
from festival.ranking.uncertainty import CONFIDENCE, DRAWS, FEWEST
from indicators.models import FULL_POINTS, Kind
from indicators.scoring.methods import METHODS, PLACES, SHOWN_PLACES, Method
from indicators.scoring.parameters import NumberParameter
from indicators.scoring.statutory_tree import BANDS, LineState
from submissions.models import Score

STATES = (
    LineState.SCORED,
    LineState.NOT_ANSWERED,
    LineState.UNDER_REVIEW,
    LineState.NOT_APPLICABLE,
)


def _parameters(method: Method) -> list[str | Promise]:
    """Return how the parameters that a method needs are called."""
    return [
        parameter.label
        for parameter in method.parameters
        if parameter.is_needed and isinstance(parameter, NumberParameter)
    ]


@login_not_required
@require_safe
def method(request: PortalRequest) -> HttpResponse:
    """Explain to everybody how results come about."""
    context: dict[str, object] = {
        "methods": [(method, _parameters(method)) for method in METHODS.values()],
        "kinds": [kind.label for kind in Kind],
        "full": FULL_POINTS,
        "places": PLACES,
        "shown": SHOWN_PLACES,
        "states": [state.label for state in STATES],
        "bases": [basis.label for basis in Score.Basis if basis != Score.Basis.SELF],
        "bands": BANDS,
        "rankings": [ranking.label for ranking in Ranking],
        "tie_rules": [rule.label for rule in TieRule],
        "usual_rule": TieRule(RULES["tie_rule"]).label,
        "spreads": RULES["spreads_points"],
        "minimum": RULES["minimum_to_win"],
        "may_fall": RULES["appeal_may_lower"],
        "confidence": int(CONFIDENCE * 100),
        "draws": DRAWS,
        "fewest": FEWEST,
        "phases": [
            (spec.phase.label, spec.article, spec.binding.label) for spec in PHASES.values()
        ],
    }
    return render(request, "festival/results/method.html", context)
