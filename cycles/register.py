"""Pages of the register: agencies, people, the roles they hold and the interests they declare."""

import hashlib
import secrets

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Interest, Membership, people_visible_to
from agencies.roles import Role
from agencies.text import localised
from cycles import people as acts
from cycles import resources
from cycles.actions import why_not_administer
from cycles.filters import AgencyFilter, PeopleFilter
from cycles.forms import GrantForm, ImportForm, InterestForm
from cycles.pages import listed, only_for
from cycles.tables import AgencyTable, PeopleTable
from cycles.workflow import Refused

UPLOAD_KEPT = 3600  # seconds between the check of a spreadsheet and its confirmation


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
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    if kind not in types:
        raise Http404
    shown = AgencyFilter(request.GET, Agency.objects.visible_to(request.user, request.at).for_list()).qs
    return HttpResponse(
        resources.exported(shown, kind),
        content_type=types[kind],
        headers={"Content-Disposition": f'attachment; filename="agencies.{kind}"'},
    )


@require_http_methods(["GET", "POST"])
def agencies_import(request: HttpRequest) -> HttpResponse:
    """Check a spreadsheet without writing, show every wrong cell or what would change, and write it when confirmed."""
    only_for(request, "import_agencies")
    if token := request.POST.get("token"):
        return _import_confirmed(request, token)
    form, check, token = ImportForm(request.POST or None, request.FILES or None), None, ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            check = resources.check(resources.read(content, file.name))
        except resources.Unreadable as error:
            form.add_error("file", str(error))
        else:
            if check.writes:
                token = secrets.token_urlsafe()
                cache.set(_upload_key(request, token), (file.name, content), UPLOAD_KEPT)
    return render(request, "cycles/agencies_import.html", {"form": form, "check": check, "token": token})


def _upload_key(request: HttpRequest, token: str) -> str:
    return f"agencies-import:{request.user.pk}:{hashlib.sha256(token.encode()).hexdigest()}"


def _import_confirmed(request: HttpRequest, token: str) -> HttpResponse:
    kept = cache.get(_upload_key(request, token))
    if kept is None:
        messages.error(request, _("The checked file is no longer at hand; please choose it again."))
        return redirect("cycles:agencies_import")
    name, content = kept
    table, digest = resources.read(content, name), hashlib.sha256(content).hexdigest()
    try:
        written = acts.import_agencies(
            lambda: resources.write(table), by=request.user, at=request.at, file_name=name, sha256=digest
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cycles:agencies_import")
    cache.delete(_upload_key(request, token))
    messages.success(
        request,
        _("The register now holds the file. Agencies added or changed: %(count)s") % {"count": localised(len(written))},
    )
    return redirect("cycles:agencies")


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
