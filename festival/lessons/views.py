"""Pages of how a year was closed, and of what its results say of their measures: of all, and of a
later year's set.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.roles import OVERSEERS, Role
from cycles.requests import PortalRequest
from cycles.ui.pages import page_of, page_or_part
from festival.lessons import queries
from festival.lessons.tables import LessonTable
from festival.models import Edition
from indicators.lookups import visible


def _limits() -> dict[str, object]:
    """List the limits by which measures are flagged, for the page to name."""
    names = ("FEWEST", "FULL", "SATURATED", "LEAST_SPREAD", "MOST_VOID", "MUCH_APPEALED")
    return {name.lower(): getattr(queries, name) for name in names} | {
        "least_discrimination": f"{queries.LEAST_DISCRIMINATION}"
    }


@require_safe
def lessons(request: PortalRequest, year: int) -> HttpResponse:
    """List every measure of a year with its figures: for the secretariat once frozen, for working
    groups once published.
    """
    if not request.user.holds(*OVERSEERS, Role.MEMBER, at=request.at):
        raise Http404
    editions = Edition.objects.visible_to(request.user, request.at).for_list()
    edition = get_object_or_404(editions, cycle__year=year)
    found = queries.lessons(edition)
    table = LessonTable(found, caption=str(edition.cycle))
    context = {
        "edition": edition,
        "table": page_of(request, table),
        "flagged": sum(bool(lesson.flags) for lesson in found),
        "limits": _limits(),
    }
    return render(request, "festival/lessons/lessons.html", context)


@require_safe
def lessons_of_set(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the newest published figures of a set's measures on its page, without any agency's
    name.
    """
    indicator_set = visible(request, pk)
    context = {
        "set": indicator_set,
        "lessons": queries.for_set(indicator_set, request.at),
        "limits": _limits(),
    }
    return page_or_part(request, "festival/lessons/lessons_of_set.html", "slot", context)
