"""Pages of the register: the agencies in it, and the interests people declare."""

from functools import partial

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
from cycles.ui.pages import import_page, only_for, page_of, sheet_answer
from cycles.workflow import CycleState


@require_safe
def agencies(request: PortalRequest) -> HttpResponse:
    narrowed = AgencyFilter(
        request.GET, Agency.objects.visible_to(request.user, request.at).for_list()
    )
    context = {
        "filter": narrowed,
        "table": page_of(request, AgencyTable(narrowed.qs)),
        "may_import": not why_not_administer("import_agencies", by=request.user, at=request.at),
    }
    return render(request, "cycles/register/agencies.html", context)


@require_safe
def agencies_export(request: PortalRequest, kind: str) -> HttpResponse:
    """Send the register as the list shows it, as a spreadsheet that the import page reads again."""
    shown = AgencyFilter(
        request.GET, Agency.objects.visible_to(request.user, request.at).for_list()
    ).qs
    return sheet_answer(agency_sheets.spreadsheet_of(shown, kind), "agencies", kind)


@require_http_methods(["GET", "POST"])
def agencies_import(request: PortalRequest) -> HttpResponse:
    only_for(request, "import_agencies")

    def write(
        sheet: Sheet,
        *,
        as_checked: str,
        basis: LegalBasis | None,
        file_name: str,
        sha256: str,
        left_out: int,
    ) -> list[Agency]:
        return reorganisation.import_register(
            partial(agency_sheets.write, sheet, as_checked, basis=basis),
            basis=basis,
            by=request.user,
            at=request.at,
            file_name=file_name,
            sha256=sha256,
            left_out=left_out,
        )

    return import_page(
        request,
        agency_sheets.AGENCIES,
        check=agency_sheets.check,
        do=write,
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
        "unstated": _cycles_to_state(request),
        "stated": _stated_cycles(request),
    }
    return render(request, "cycles/register/interests.html", context)


def _cycles_to_state(request: PortalRequest) -> list[Cycle]:
    """List the open cycles of whose work this person is shown nothing before saying that all
    interests are declared.
    """
    if why_not_administer("state_interests", by=request.user, at=request.at):
        return []
    stated = request.user.cleared_years(Clearance.Kind.INTERESTS)
    return list(
        Cycle.objects.filter(state=CycleState.OPEN).exclude(year__in=stated).order_by("-year")
    )


def _stated_cycles(request: PortalRequest) -> list[tuple[Cycle, Clearance]]:
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
