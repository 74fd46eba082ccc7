"""The board: how far each agency's indicators have come."""

from collections import Counter

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.models import in_reach
from agencies.roles import Constituency, Role
from cycles.models import Cycle, Participation, Window
from cycles.requests import PortalRequest
from cycles.ui.pages import page_of
from indicators.models import (
    STAGES,
    with_stage,
)
from indicators.working_groups.filters import BoardFilter
from indicators.working_groups.tables import BoardTable


@require_safe
def board(request: PortalRequest, year: int) -> HttpResponse:
    """Show every agency of a cycle with the stage its own indicators have reached, and the days
    left or late.
    """
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    taking_part = Participation.objects.active().filter(_seen(request), cycle=cycle)
    rows = with_stage(taking_part.select_related("agency"))
    narrowed = BoardFilter(request.GET, rows.order_by("sort_key", "pk"))
    table = BoardTable(narrowed.qs, at=request.at, windows=Window.objects.terms([cycle.pk]))
    counts = Counter(rows.order_by().values_list("stage", flat=True))
    context = {
        "cycle": cycle,
        "filter": narrowed,
        "table": page_of(request, table),
        "stages": [(stage, label, counts[stage]) for stage, label in STAGES if counts[stage]],
    }
    return render(request, "indicators/working_groups/board.html", context)


def _seen(request: PortalRequest) -> Q:
    """Select the agencies whose stage the reader may know: the authority's scope, what one
    represents, one's own.
    """
    user, at = request.user, request.at
    seats = user.memberships(at, Role.MEMBER)
    represented = [m.agency_id for m in seats if m.constituency == Constituency.AGENCY]
    seen = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR)) | Q(
        agency__in=[*represented, *user.agency_ids(at)]
    )
    for m in seats:
        if m.constituency != Constituency.AGENCY:
            within = Q(agency__province=m.province_id) if m.province_id else ~Q(pk__in=())
            seen |= within & (Q(sector=m.sector) if m.sector else ~Q(pk__in=()))
    return seen
