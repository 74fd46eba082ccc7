"""The page on which a year is closed, and what follows from it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cycles.requests import PortalRequest
from cycles.ui.pages import page_or_part
from festival.closing import summary
from festival.lookups import managed_cycles
from festival.models import Edition


@require_safe
def closing(request: PortalRequest, year: int) -> HttpResponse:
    """Show a year's closing in the figures of the Article 82 report."""
    cycle = get_object_or_404(managed_cycles(request).of_years(), year=year)
    context = {"cycle": cycle, "closing": summary.closing(cycle, request.at)}
    return render(request, "festival/closing/closing.html", context)


@login_not_required
@require_safe
def plans_after_results(request: PortalRequest, year: int) -> HttpResponse:
    """Show the plans made after a year's results, a part of the edition's page."""
    found = get_object_or_404(
        Edition.objects.current(request.at).select_related("cycle"), cycle__year=year
    )
    context = {"edition": found, "planned": summary.plan_counts(found.cycle)}
    return page_or_part(request, "festival/closing/followed.html", "slot", context)
