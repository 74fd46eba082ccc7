"""Who hears what in a cycle, how its appeals ended, and what earlier ones say of the measures of a
set.
"""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.roles import Role
from appeals.models import Appeal
from appeals.outcomes import queries
from appeals.outcomes.tables import OutcomeTable
from appeals.workflow import AppealState
from cycles.requests import PortalRequest
from cycles.ui.pages import page_of, page_or_part
from indicators.lookups import visible
from submissions.lookups import overseen_cycle

WAYS = {
    "": (_("By measure"), _("Measure"), queries.by_measure),
    "ground": (_("By ground"), _("Ground"), queries.by_ground),
    "giver": (_("By whoever gave the score"), _("Gave the score"), queries.by_giver),
    "reviewer": (_("By reviewer"), _("Reviewer"), queries.by_reviewer),
}
"""What the outcomes may be looked at by: the words of the choice and of the column, and the
figures.
"""

NAMING = ("giver", "reviewer")
"""Ways that name people, for those alone who oversee the whole country."""

MOST_UNHEARD = 20
"""Of the appeals that have no reviewer, so many are named."""


@require_safe
def outcomes(request: PortalRequest, pk: int) -> HttpResponse:
    """Show who hears how much, what nobody hears yet, and how the appeals of a cycle ended, within
    the reader's scope.
    """
    cycle = overseen_cycle(request, pk)
    user, at = request.user, request.at
    filed = Appeal.objects.visible_to(user, at).filter(pk__in=queries.filed_in(cycle).values("pk"))
    whole = user.oversees_the_country(at)
    ways = {key: way for key, way in WAYS.items() if whole or key not in NAMING}
    by = request.GET.get("by", "")
    by = by if by in ways else ""
    _said, heading, figures = ways[by]
    of_cycle = f"{reverse('appeals:list')}?{urlencode({'cycle': cycle.pk})}"
    link = None if by else (lambda group: f"{of_cycle}&measure={group.key}")
    loads = queries.loads(filed, at)
    context = {
        "cycle": cycle,
        "all": queries.together(filed, cycle),
        "loads": loads,
        "unheard": filed.filter(state=AppealState.FILED, reviewer=None).for_list()[:MOST_UNHEARD],
        "unheard_count": sum(each.open for each in loads if each.reviewer is None),
        "may_share_out": bool(loads) and user.holds(Role.ADMINISTRATOR, at=at),
        "by": by,
        "ways": [(key, said) for key, (said, _heading, _figures) in ways.items()],
        "table": page_of(request, OutcomeTable(figures(filed, cycle), heading=heading, link=link)),
    }
    return render(request, "appeals/outcomes/outcomes.html", context)


@require_safe
def flags(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the measures of a set whose appeals of the year before were often upheld, for its page:
    counts, and no names.
    """
    indicator_set = visible(request, pk)
    context = {
        "set": indicator_set,
        "flags": queries.flagged_measures(indicator_set),
        "least": queries.FLAGGED_FROM,
    }
    return page_or_part(request, "appeals/outcomes/flags.html", "slot", context)
