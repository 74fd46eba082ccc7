"""Pages of the register: the agencies in it, and the interests people declare."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Interest
from cycles import people as acts
from cycles import resources
from cycles.actions import why_not_administer
from cycles.filters import AgencyFilter
from cycles.pages import import_page, listed, only_for, sheet_answer
from cycles.people_forms import InterestForm
from cycles.sheets import Sheet
from cycles.tables import AgencyTable
from cycles.workflow import Refused


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    narrowed = AgencyFilter(request.GET, Agency.objects.visible_to(request.user, request.at).for_list())
    context = {
        "filter": narrowed,
        "table": listed(request, AgencyTable(narrowed.qs)),
        "may_import": not why_not_administer("import_agencies", by=request.user, at=request.at),
    }
    return render(request, "cycles/agencies.html", context)


@require_safe
def agencies_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The register as the list shows it, as a spreadsheet that the import page reads again."""
    shown = AgencyFilter(request.GET, Agency.objects.visible_to(request.user, request.at).for_list()).qs
    return sheet_answer(resources.exported(shown, kind), "agencies", kind)


@require_http_methods(["GET", "POST"])
def agencies_import(request: HttpRequest) -> HttpResponse:
    only_for(request, "import_agencies")

    def do(sheet: Sheet, *, as_checked: str, **said: Any) -> list[Agency]:
        write = partial(resources.write, sheet, as_checked)
        return acts.import_agencies(write, by=request.user, at=request.at, **said)

    return import_page(
        request,
        resources.AGENCIES,
        check=resources.check,
        do=do,
        then=reverse("cycles:agencies"),
        page="cycles/agencies_import.html",
    )


@require_http_methods(["GET", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    form = InterestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.declare_interest(**form.cleaned_data, by=request.user, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded. You neither mark, review nor vote on this agency from now on."))
            return redirect("cycles:interests")
    mine = Interest.objects.filter(user=request.user).select_related("agency").order_by("declared_at", "pk")
    return render(request, "cycles/interests.html", {"form": form, "interests": mine})
