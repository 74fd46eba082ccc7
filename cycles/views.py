"""Pages of cycles, agencies, people and the official record, and the page on which any act is confirmed."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Count, Max, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from agencies.models import Agency, Interest, Membership, people_visible_to
from agencies.roles import Role
from agencies.text import localised
from cycles import actions, resources
from cycles.actions import open_to, scope_of, why_closed, why_not_administer
from cycles.calendar import PRESETS, Binding, PlannedWindow, windows_for
from cycles.filters import AgencyFilter, LedgerFilter, ParticipationFilter, PeopleFilter
from cycles.forms import ActForm, GrantForm, ImportForm, InterestForm, PlanForm
from cycles.models import Cycle, Entry, Group, Participation, Window
from cycles.tables import AgencyTable, CycleTable, LedgerTable, ParticipationTable, PeopleTable
from cycles.workflow import CYCLE, Refused, Workflow

PER_PAGE = 25
UPLOAD_KEPT = 3600  # seconds between the check of a spreadsheet and its confirmation


def act_page(
    request: HttpRequest,
    workflow: Workflow,
    obj: Any,
    name: str,
    *,
    do: Callable[[str], Any],
    then: str,
    summary: str = "",
    about: Any = None,
    **context: Any,
) -> HttpResponse:
    """Confirm an act (GET) and do it (POST); a refusal is shown in words and nothing typed is lost.

    `do` takes the note; `then` is the URL to go to afterwards; `summary` is a template that shows what will happen;
    `about` is what the page names when the act is on more than `obj`, which then stands for all of them.
    """
    about = about or obj
    move = workflow[name]
    form = ActForm(request.POST or None, move=move, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{move.label}: {about}")
            return redirect(then)
    elif request.method == "GET" and (closed := why_closed(workflow, obj, name, by=request.user, at=request.at)):
        messages.error(request, closed)
        return redirect(then)
    context |= {"move": move, "object": about, "form": form, "then": then, "summary": summary}
    return render(request, "cycles/act.html", context)


def listed(request: HttpRequest, table: Any) -> Any:
    """A table sorted and paged as the address says."""
    return RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)


@dataclass(frozen=True)
class Told:
    """An entry of the official record as `components/history.html` shows it."""

    sentence: str
    actor: str
    at: datetime


def history(entries: Iterable[Entry]) -> list[Told]:
    """What was done, with from where to where and the note, newest first."""
    rows = []
    for entry in entries:
        change = f" ({entry.change})" if entry.change else ""
        note = f": {entry.note}" if entry.note else ""
        rows.append(Told(f"{entry.sentence}{change}{note}", entry.actor_name or _("the calendar itself"), entry.at))
    return rows


def _only_for(request: HttpRequest, act: str) -> None:
    """To those who may not do an act of administration, its page does not exist."""
    if why_not_administer(act, by=request.user, at=request.at):
        raise Http404


# --- Cycles -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A statutory window as the page shows it: how it stands now, and how late acts in it were recorded to be."""

    window: Any
    state: str
    days_late: int = 0

    @property
    def label(self) -> str:
        return {"done": _("Ended"), "now": _("Open now"), "late": _("Ended late"), "next": _("To come")}[self.state]

    @property
    def colour(self) -> str:
        return {"done": "secondary", "now": "primary", "late": "danger", "next": "secondary"}[self.state]

    @property
    def is_duty(self) -> bool:
        return self.window.binding == Binding.DUTY


def _rows(windows: list[Any], lateness: dict[datetime, int], at: datetime) -> list[Row]:
    rows = []
    for window in windows:
        days_late = lateness.get(window.closes_at, 0)
        if at < window.opens_at:
            state = "next"
        elif at < window.closes_at:
            state = "now"
        else:
            state = "late" if days_late else "done"
        rows.append(Row(window, state, days_late))
    return rows


@require_safe
def cycle_list(request: HttpRequest) -> HttpResponse:
    cycles = Cycle.objects.visible_to(request.user, request.at).for_list()
    table = CycleTable(cycles.annotate(agencies=Count("participations")))
    may_plan = not why_not_administer("plan_cycle", by=request.user, at=request.at)
    return render(request, "cycles/list.html", {"table": listed(request, table), "may_plan": may_plan})


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show what a year would look like (GET with a year), and plan it (POST)."""
    _only_for(request, "plan_cycle")
    form = PlanForm(request.POST or (request.GET if "year" in request.GET else None))
    preview: list[PlannedWindow] = []
    if form.is_valid():
        year, preset = form.cleaned_data["year"], form.cleaned_data["preset"]
        preview = windows_for(preset, year)
        if request.method == "POST":
            try:
                cycle = actions.plan_cycle(year=year, preset=preset, by=request.user, at=request.at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The year is planned. Open it when its agencies are complete."))
                return redirect("cycles:detail", cycle.year)
    rows = _rows(preview, {}, request.at)
    return render(request, "cycles/plan.html", {"form": form, "rows": rows, "presets": PRESETS.values()})


@require_safe
def detail(request: HttpRequest, year: int) -> HttpResponse:
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    windows = Window.objects.filter(cycle=cycle, agency=None).order_by("opens_at", "closes_at", "pk")
    late = (
        Entry.objects.filter(cycle_id=cycle.pk, days_late__gt=0).values_list("statutory_at").annotate(Max("days_late"))
    )
    context = {
        "cycle": cycle,
        "rows": _rows(list(windows), dict(late), request.at),
        # what is drawn elsewhere has its page elsewhere: freezing and publishing belong to the festival
        "moves": [m for m in open_to(CYCLE, cycle, by=request.user, at=request.at) if m.name == "open"],
        "groups": Group.objects.filter(cycle=cycle)
        .annotate(size=Count("participations"))
        .order_by("province", "sort_key", "pk"),
        "participants": Participation.objects.visible_to(request.user, request.at).filter(cycle=cycle).count(),
        "history": history(Entry.objects.of(cycle)),
    }
    return render(request, "cycles/detail.html", context)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, year: int, name: str) -> HttpResponse:
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    return act_page(
        request,
        CYCLE,
        cycle,
        name,
        do=lambda note: actions.open_cycle(cycle, by=request.user, at=request.at),
        then=reverse("cycles:detail", args=[year]),
        summary="cycles/open_summary.html",
        agencies=Agency.objects.filter(is_active=True).count(),
    )


@require_safe
def participants(request: HttpRequest, year: int) -> HttpResponse:
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)
    seen = Participation.objects.visible_to(request.user, request.at).filter(cycle=cycle)
    seen = seen.select_related("agency", "province").prefetch_related("groups").order_by("sort_key", "pk")
    narrowed = ParticipationFilter(request.GET, seen, cycle=cycle)
    table = ParticipationTable(narrowed.qs)
    context = {"cycle": cycle, "filter": narrowed, "table": listed(request, table)}
    return render(request, "cycles/participants.html", context)


# --- Agencies ---------------------------------------------------------------------------------------------------------


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
    _only_for(request, "import_agencies")
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
        written = actions.import_agencies(
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
    reach = scope_of(membership.agency, membership.province)
    why = why_not_administer("end_role", by=request.user, at=request.at, agency=reach)
    return not why and membership.in_force(request.at)


def _may_grant(request: HttpRequest) -> bool:
    """Whether there is any place in which this user may grant a role."""
    places = [scope_of(None, m.province) for m in request.user.memberships(request.at, Role.ADMINISTRATOR)]
    return any(not why_not_administer("grant_role", by=request.user, at=request.at, agency=place) for place in places)


@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    if not _may_grant(request):
        raise Http404
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.grant_role(user=someone, by=request.user, at=request.at, **form.cleaned_data)
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
        membership = actions.end_role(membership, by=request.user, at=request.at)
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
            actions.declare_interest(**form.cleaned_data, by=request.user, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded. You neither mark, review nor vote on this agency from now on."))
            return redirect("cycles:interests")
    mine = Interest.objects.filter(user=request.user).select_related("agency").order_by("declared_at", "pk")
    return render(request, "cycles/interests.html", {"form": form, "interests": mine})


# --- The official record ----------------------------------------------------------------------------------------------


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    if not request.user.holds(Role.AUDITOR, Role.ADMINISTRATOR, at=request.at):
        raise Http404
    narrowed = LedgerFilter(request.GET, Entry.objects.visible_to(request.user, request.at).order_by("-id"))
    return render(
        request, "cycles/ledger.html", {"filter": narrowed, "table": listed(request, LedgerTable(narrowed.qs))}
    )
