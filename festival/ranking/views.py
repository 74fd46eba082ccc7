"""The page on which other weights are tried."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cycles.models import Group
from cycles.requests import PortalRequest
from festival.lookups import newest, note_reading
from festival.models import Standing
from festival.ranking import what_if as ranking_what_if
from festival.ranking.forms import WhatIfForm


@require_safe
def what_if(request: PortalRequest, year: int) -> HttpResponse:
    """Show the intervals of a group's places, and its order under other weights."""
    found = newest(request, year)
    note_reading(request, found)
    groups = Group.objects.filter(pk__in=Standing.objects.filter(edition=found).values("group"))
    groups = groups.order_by("province", "sort_key", "pk")
    form = WhatIfForm(request.GET if "group" in request.GET else None, groups=groups)
    group = form.cleaned_data["group"] if form.is_valid() else groups.first()
    if group is None:
        raise Http404
    usual = form.fields["weights"].initial
    if not form.is_bound:
        form = WhatIfForm({"group": group.pk, "weights": usual}, groups=groups)
    known = ranking_what_if.ranked_group(found, group)
    factors = form.weigh(known.parts)
    weights = form.cleaned_data.get("weights", usual)
    tried = ranking_what_if.trial(known, factors=factors, weights=weights)
    context = {"edition": found, "group": group, "form": form, "trial": tried, "weights": weights}
    return render(request, "festival/ranking/what_if.html", context)
