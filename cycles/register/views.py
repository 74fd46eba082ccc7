"""Pages of the register: the agencies in it, and the interests people declare."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Clearance, Interest
from cycles.administration_workflow import ADMINISTRATION
from cycles.engine.perform import why_not_administer
from cycles.models import Cycle, LegalBasis
from cycles.people import interests as interest_actions
from cycles.people.forms import InterestForm
from cycles.register import agency_sheets
from cycles.register.filters import AgencyFilter
from cycles.register.tables import AgencyTable
from cycles.reorganisation import actions as reorganisation
from cycles.reorganisation.forms import RegisterImportForm
from cycles.requests import PortalRequest
from cycles.spreadsheets.sheets import Sheet
from cycles.ui.attempts import attempt
from cycles.ui.pages import import_page, listed, only_for, sheet_answer
from cycles.workflow import CycleState


@require_safe
def agencies(request: PortalRequest) -> HttpResponse:
    narrowed = AgencyFilter(
        request.GET, Agency.objects.visible_to(request.user, request.at).for_list()
    )
    context = {
        "filter": narrowed,
        "table": listed(request, AgencyTable(narrowed.qs)),
        "may_import": not why_not_administer("import_agencies", by=request.user, at=request.at),
    }
    return render(request, "cycles/register/agencies.html", context)


@require_safe
def agencies_export(request: PortalRequest, kind: str) -> HttpResponse:
    """The register as the list shows it, as a spreadsheet that the import page reads again."""
    shown = AgencyFilter(
        request.GET, Agency.objects.visible_to(request.user, request.at).for_list()
    ).qs
    return sheet_answer(agency_sheets.exported(shown, kind), "agencies", kind)


@require_http_methods(["GET", "POST"])
def agencies_import(request: PortalRequest) -> HttpResponse:
    only_for(request, "import_agencies")

    def do(sheet: Sheet, *, as_checked: str, basis: LegalBasis | None, **file: Any) -> list[Agency]:
        write = partial(agency_sheets.write, sheet, as_checked, basis=basis)
        return reorganisation.import_register(
            write, basis=basis, by=request.user, at=request.at, **file
        )

    return import_page(
        request,
        agency_sheets.AGENCIES,
        check=agency_sheets.check,
        do=do,
        then=reverse("cycles:agencies"),
        page="cycles/register/agencies_import.html",
        form_class=RegisterImportForm,
        signed=ADMINISTRATION["import_agencies"].signed,
    )


@require_http_methods(["GET", "POST"])
def interests(request: PortalRequest) -> HttpResponse:
    form = InterestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            interest_actions.declare_interest(**form.cleaned_data, by=request.user, at=request.at)
            messages.success(
                request,
                _("Recorded. You neither mark, review nor vote on this agency from now on."),
            )
            return redirect("cycles:interests")
    mine = (
        Interest.objects.filter(user=request.user)
        .select_related("agency")
        .order_by("declared_at", "pk")
    )
    context = {
        "form": form,
        "interests": mine,
        "unstated": _unstated(request),
        "stated": _stated(request),
    }
    return render(request, "cycles/register/interests.html", context)


def _unstated(request: PortalRequest) -> list[Cycle]:
    """The open cycles of whose work this person is shown nothing before saying that all interests
    are declared.
    """
    if why_not_administer("state_interests", by=request.user, at=request.at):
        return []
    stated = request.user.cleared_years(Clearance.Kind.INTERESTS)
    return list(
        Cycle.objects.filter(state=CycleState.OPEN).exclude(year__in=stated).order_by("-year")
    )


def _stated(request: PortalRequest) -> list[tuple[Cycle, Clearance]]:
    held = {c.year: c for c in request.user.clearance_set.filter(kind=Clearance.Kind.INTERESTS)}
    return [
        (cycle, held[cycle.year]) for cycle in Cycle.objects.filter(year__in=held).order_by("-year")
    ]


@require_POST
def interests_state(request: PortalRequest, pk: int) -> HttpResponse:
    """Say that all interests are declared for a cycle."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), pk=pk)
    with attempt(request):
        interest_actions.state_interests(cycle, by=request.user, at=request.at)
        said = _("Recorded. What is assigned to you in %(cycle)s can be shown now.")
        messages.success(request, said % {"cycle": cycle})
    return redirect("cycles:interests")
