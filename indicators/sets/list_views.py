"""The list of indicator sets, with those that can be begun."""

from django.forms import ModelChoiceField
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.roles import Role
from cycles.models import Cycle, Window
from cycles.requests import PortalRequest
from cycles.ui.pages import page_of
from cycles.workflow import CycleState, Windows
from indicators.models import (
    IndicatorSet,
    Kind,
)
from indicators.sets.draft_forms import WhomForm
from indicators.sets.filters import SetFilter
from indicators.sets.tables import SetTable
from indicators.workflow import SETS, SetState


@require_safe
def set_list(request: PortalRequest) -> HttpResponse:
    cycles = Cycle.objects.visible_to(request.user, request.at).for_list()
    windows = Window.objects.terms(Cycle.objects.living())
    narrowed = SetFilter(
        request.GET,
        IndicatorSet.objects.visible_to(request.user, request.at).for_list(),
        cycles=cycles,
    )
    approved = IndicatorSet.objects.visible_to(request.user, request.at).filter(
        state=SetState.APPROVED
    )
    waiting = list(approved.for_notices().order_by("cycle", "pk").distinct("cycle"))
    beginnings = _beginnings(request, windows)
    context = {
        "filter": narrowed,
        "table": page_of(request, SetTable(narrowed.qs, at=request.at, windows=windows)),
        "beginnings": beginnings,
        "thematic": _thematic(request, windows),
        "communicable": [
            s.cycle
            for s in waiting
            if not SETS.why_not(
                s, SETS["communicate"], by=request.user, at=request.at, windows=windows
            )
        ],
        "boards": [c for c in cycles if c.state in (CycleState.OPEN, CycleState.FINAL)],
        "in_group": request.user.holds(
            Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR, at=request.at
        ),
    }
    return render(request, "indicators/sets/list.html", context)


def _beginnings(request: PortalRequest, windows: Windows) -> list[IndicatorSet]:
    """List the sets that this user could begin now and nobody has begun."""
    agencies = Agency.objects.filter(pk__in=request.user.agency_ids(request.at)).order_by(
        "sort_key", "pk"
    )
    cycles = list(Cycle.objects.filter(state=CycleState.OPEN).for_list())
    begun = set(
        IndicatorSet.objects.filter(cycle__in=cycles).values_list("cycle", "kind", "agency")
    )
    edit = SETS["edit"]
    beginnings = []
    for cycle in cycles:
        possible = [IndicatorSet(cycle=cycle, kind=Kind.GENERAL)]
        for agency in agencies:
            possible.append(IndicatorSet(cycle=cycle, kind=Kind.SPECIFIC, agency=agency))
        for possible_set in possible:
            if (
                cycle.pk,
                possible_set.kind,
                possible_set.agency_id,
            ) not in begun and not SETS.why_not(
                possible_set, edit, by=request.user, at=request.at, windows=windows
            ):
                beginnings.append(possible_set)
    return beginnings


def _thematic(request: PortalRequest, windows: Windows) -> WhomForm | None:
    """Make the form with which an administrator begins a thematic set, while some cycle takes
    proposals.
    """
    form = WhomForm(user=request.user, at=request.at)
    field = form.fields["province"]
    assert isinstance(field, ModelChoiceField)
    assert field.queryset is not None
    provinces = list(field.queryset[:1])
    for cycle in Cycle.objects.filter(state=CycleState.OPEN).for_list() if provinces else ():
        possible_set = IndicatorSet(cycle=cycle, kind=Kind.THEMATIC, province=provinces[0])
        if not SETS.why_not(
            possible_set, SETS["edit"], by=request.user, at=request.at, windows=windows
        ):
            return form
    return None
