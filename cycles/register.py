"""Pages of the register: agencies, people, the roles they hold and the interests they declare."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Interest, Membership, people_visible_to
from agencies.roles import Role
from cycles import people as acts
from cycles import resources
from cycles.actions import why_not_administer
from cycles.filters import AgencyFilter, PeopleFilter
from cycles.forms import GrantForm, InterestForm
from cycles.pages import import_page, listed, only_for, sheet_answer
from cycles.sheets import Sheet
from cycles.tables import AgencyTable, PeopleTable
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


# --- People -----------------------------------------------------------------------------------------------------------


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    seen_roles = Membership.objects.visible_to(request.user, request.at)
    seen = people_visible_to(request.user, request.at).order_by("name_fa", "username", "pk")
    narrowed = PeopleFilter(request.GET, seen, at=request.at, memberships=seen_roles)
    held = Prefetch("membership_set", seen_roles.for_list(), to_attr="seen_memberships")
    table = PeopleTable(narrowed.qs.prefetch_related(held), at=request.at)
    return render(request, "cycles/people.html", {"filter": narrowed, "table": listed(request, table)})


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    held = Membership.objects.visible_to(request.user, request.at).filter(user=someone).for_list()
    context = {
        "person": someone,
        "roles": [(m, m.in_force(request.at), _may_end(request, m)) for m in held],
        "interests": Interest.objects.filter(user=someone).select_related("agency").order_by("declared_at", "pk"),
        "may_grant": _may_grant(request),
    }
    return render(request, "cycles/person.html", context)


def _may_end(request: HttpRequest, membership: Membership) -> bool:
    reach = acts.scope_of(membership.agency, membership.province)
    why = why_not_administer("end_role", by=request.user, at=request.at, agency=reach)
    return not why and membership.in_force(request.at)


def _may_grant(request: HttpRequest) -> bool:
    """Whether there is any place in which this user may grant a role."""
    places = [acts.scope_of(None, m.province) for m in request.user.memberships(request.at, Role.ADMINISTRATOR)]
    return any(not why_not_administer("grant_role", by=request.user, at=request.at, agency=place) for place in places)


@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    if not _may_grant(request):
        raise Http404
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = acts.grant_role(user=someone, by=request.user, at=request.at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Granted: %(role)s") % {"role": membership})
            return redirect("cycles:person", someone.pk)
    return render(request, "cycles/grant.html", {"person": someone, "form": form})


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.visible_to(request.user, request.at), pk=pk)
    try:
        membership = acts.end_role(membership, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Ended: %(role)s") % {"role": membership})
    return redirect("cycles:person", membership.user_id)


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
