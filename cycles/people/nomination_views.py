"""Pages of the national roles that wait for a second administrator."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods, require_safe

from cycles.administration_workflow import NOMINATIONS
from cycles.engine.perform import why_closed
from cycles.models import Nomination
from cycles.people import nominations as people_nominations
from cycles.people.tables import NominationTable
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page, page_of

DECISIONS = ("confirm", "decline", "withdraw")


@require_safe
def nominations(request: PortalRequest) -> HttpResponse:
    """Show what waits, with the decisions open to the reader, and what has been decided."""
    if not request.user.oversees_the_country(request.at):
        raise Http404
    seen = Nomination.objects.visible_to(request.user, request.at).for_list()
    context = {
        "waiting": [(n, _moves(request, n)) for n in seen.waiting()],
        "table": page_of(
            request, NominationTable(seen.exclude(pk__in=seen.waiting().values("pk")))
        ),
    }
    return render(request, "cycles/people/nominations.html", context)


def _moves(request: PortalRequest, nomination: Nomination) -> list[tuple[str, str | Promise]]:
    """List the decisions that the table lets through: name and button."""
    return [
        (name, NOMINATIONS[name].label)
        for name in DECISIONS
        if not why_closed(NOMINATIONS, nomination, name, by=request.user, at=request.at)
    ]


@require_http_methods(["GET", "POST"])
def decide(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    nomination = get_object_or_404(
        Nomination.objects.visible_to(request.user, request.at).for_list(), pk=pk
    )
    return act_page(
        request,
        NOMINATIONS,
        nomination,
        name,
        do=lambda note: people_nominations.decide(
            nomination, name, by=request.user, at=request.at, note=note
        ),
        then=reverse("cycles:nominations"),
        summary="cycles/people/nomination_summary.html",
        nomination=nomination,
    )
