"""Pages of cycles: their windows, planning and opening, decrees and
holidays, and who takes part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency
from agencies.roles import Role
from cycles.administration_workflow import EXTENSIONS
from cycles.calendar import PHASES, Binding
from cycles.engine.perform import open_to, why_closed, why_not_administer
from cycles.models import PRACTICE, Cycle, Entry, Extension, Group, Participation, Window
from cycles.presets import PRESETS, PlannedWindow, windows_for
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.files import handed_out
from cycles.ui.pages import act_page, history, only_for, page_of
from cycles.workflow import CYCLE, CycleState, Term
from cycles.years import actions
from cycles.years.filters import ParticipationFilter
from cycles.years.forms import ExtensionForm, PlanForm, WindowsForm
from cycles.years.tables import CycleTable, ParticipationTable


@dataclass(frozen=True)
class WindowRow:
    """A statutory window as the page shows it: how it stands now, and how late acts in it were
    recorded to be.
    """

    window: Term | PlannedWindow
    state: str
    days_late: int = 0
    moved_from: datetime | None = None  # the preset's closing, where holidays moved it

    @property
    def label(self) -> str:
        return {
            "done": _("Ended"),
            "now": _("Open now"),
            "late": _("Ended late"),
            "next": _("To come"),
        }[self.state]

    @property
    def colour(self) -> str:
        return {"done": "secondary", "now": "primary", "late": "danger", "next": "secondary"}[
            self.state
        ]

    @property
    def is_duty(self) -> bool:
        return bool(self.window.binding == Binding.DUTY)


def _rows(
    terms: Iterable[Term | PlannedWindow], lateness: dict[datetime, int], at: datetime
) -> list[WindowRow]:
    rows = []
    for term in terms:
        days_late = lateness.get(term.closes_at, 0)
        if at < term.opens_at:
            state = "next"
        elif at < term.closes_at:
            state = "now"
        else:
            state = "late" if days_late else "done"
        rows.append(WindowRow(term, state, days_late))
    return rows


def _terms(cycle: Cycle) -> list[Term]:
    """Read the general windows of a cycle as decrees for all have moved them, in the order of their
    openings.
    """
    windows = Window.objects.terms([cycle.pk], [])
    return sorted(
        (windows.term(w, None) for w in windows.rows),
        key=lambda t: (t.opens_at, t.closes_at, t.quarter),
    )


def _visible(request: PortalRequest, year: int) -> Cycle:
    return get_object_or_404(Cycle.objects.visible_to(request.user, request.at), year=year)


@require_safe
def cycle_list(request: PortalRequest) -> HttpResponse:
    cycles = Cycle.objects.visible_to(request.user, request.at).for_list()
    table = CycleTable(
        cycles.annotate(agencies=Count("participations", filter=Q(participations__ended_by=None)))
    )
    may_plan = not why_not_administer("plan_cycle", by=request.user, at=request.at)
    context = {
        "table": page_of(request, table),
        "may_plan": may_plan,
        "may_practise": not why_not_administer("open_practice", by=request.user, at=request.at)
        and not Cycle.objects.filter(year=PRACTICE).exists(),
        "may_see_holidays": request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at),
    }
    return render(request, "cycles/years/list.html", context)


@require_POST
def practice(request: PortalRequest) -> HttpResponse:
    """Open the practice cycle."""
    only_for(request, "open_practice")
    with attempt(request):
        cycle = actions.open_practice(by=request.user, at=request.at)
        messages.success(
            request, _("The practice cycle is open: everybody may try everything in it.")
        )
        return redirect("cycles:detail", cycle.year)
    return redirect("cycles:list")


@require_http_methods(["GET", "POST"])
def plan(request: PortalRequest) -> HttpResponse:
    """Show what a year would look like (GET with a year), and plan it (POST)."""
    only_for(request, "plan_cycle")
    typed = request.POST or (request.GET if "year" in request.GET else None)
    form = PlanForm(
        typed, initial={"spares_holidays": True, "spreads_points": True, "keeps_signature": True}
    )
    rows: list[WindowRow] = []
    if form.is_valid():
        chosen = form.cleaned_data
        rows = _preview(chosen["year"], chosen["preset"], chosen["spares_holidays"], at=request.at)
        if request.method == "POST":
            with attempt(form):
                cycle = actions.plan_cycle(**chosen, by=request.user, at=request.at)
                messages.success(
                    request, _("The year is planned. Open it when its agencies are complete.")
                )
                return redirect("cycles:detail", cycle.year)
    return render(
        request, "cycles/years/plan.html", {"form": form, "rows": rows, "presets": PRESETS.values()}
    )


def _preview(year: int, preset: str, spares_holidays: bool, *, at: datetime) -> list[WindowRow]:
    """Show the windows a year would have, with the closings that holidays moved."""
    planned = actions.proposed_windows(preset, year, spares_holidays=spares_holidays)
    rows = []
    for row, before in zip(_rows(planned, {}, at), windows_for(preset, year), strict=True):
        moved = before.closes_at if before.closes_at != row.window.closes_at else None
        rows.append(WindowRow(row.window, row.state, moved_from=moved))
    return rows


@require_safe
def detail(request: PortalRequest, year: int) -> HttpResponse:
    cycle = _visible(request, year)
    late = (
        Entry.objects.filter(cycle_id=cycle.pk, days_late__gt=0)
        .values_list("statutory_at")
        .annotate(Max("days_late"))
    )
    seen = Participation.objects.visible_to(request.user, request.at).filter(cycle=cycle)
    context = {
        "cycle": cycle,
        "rows": _rows(_terms(cycle), dict(late), request.at),
        "decrees": Extension.objects.filter(cycle=cycle).for_list(),
        "may_extend": not why_closed(
            EXTENSIONS, Extension(cycle=cycle), "extend", by=request.user, at=request.at
        )
        and cycle.state == CycleState.OPEN,
        # what is drawn elsewhere has its page elsewhere: freezing and publishing belong to the
        # festival
        "moves": {m.name for m in open_to(CYCLE, cycle, by=request.user, at=request.at)}
        & {"open", "set_windows"},
        "groups": Group.objects.filter(cycle=cycle)
        .annotate(size=Count("participations", filter=Q(participations__ended_by=None)))
        .order_by("province", "sort_key", "pk"),
        "participants": seen.active().count(),
        "history": history(Entry.objects.of(cycle)),
    }
    return render(request, "cycles/years/detail.html", context)


@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, year: int, name: str) -> HttpResponse:
    cycle = _visible(request, year)
    return act_page(
        request,
        CYCLE,
        cycle,
        name,
        do=lambda **said: actions.open_cycle(cycle, by=request.user, at=request.at, **said),
        then=reverse("cycles:detail", args=[year]),
        summary="cycles/years/open_summary.html",
        agencies=Agency.objects.filter(is_active=True).count(),
    )


@require_http_methods(["GET", "POST"])
def windows(request: PortalRequest, year: int) -> HttpResponse:
    """Lay the dates of a planned year: look at them in both calendars (`show`), then keep them."""
    cycle = _visible(request, year)
    if closed := why_closed(CYCLE, cycle, "set_windows", by=request.user, at=request.at):
        messages.error(request, closed)
        return redirect("cycles:detail", year)
    rows = Window.objects.filter(cycle=cycle, agency=None).order_by(
        "opens_at", "closes_at", "quarter", "pk"
    )
    form = WindowsForm(request.POST or None, windows=rows)
    preview: list[PlannedWindow] = []
    if request.method == "POST" and form.is_valid():
        preview = form.typed_windows()
        if "show" not in request.POST:
            with attempt(form):
                seen = form.as_seen(lambda: WindowsForm(windows=rows.all()))
                actions.set_windows(cycle, preview, by=request.user, at=request.at, seen=seen)
                messages.success(
                    request,
                    _("The dates of the year are changed; the record keeps what they were."),
                )
                return redirect("cycles:detail", year)
    context = {"cycle": cycle, "form": form, "rows": _rows(preview, {}, request.at)}
    return render(request, "cycles/years/windows_form.html", context)


@require_http_methods(["GET", "POST"])
def extend(request: PortalRequest, year: int) -> HttpResponse:
    """Record a decree that moves a hard deadline."""
    cycle = _visible(request, year)
    closed = why_closed(
        EXTENSIONS, Extension(cycle=cycle), "extend", by=request.user, at=request.at
    )
    if closed or cycle.state != CycleState.OPEN:
        messages.error(request, closed or _("Only the deadlines of an open cycle can be extended."))
        return redirect("cycles:detail", year)
    terms = [t for t in _terms(cycle) if PHASES[t.phase].is_extendable]
    form = ExtensionForm(
        request.POST or None,
        request.FILES or None,
        cycle=cycle,
        terms=terms,
        move=EXTENSIONS["extend"],
        user=request.user,
    )
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            extension = actions.extend(cycle, **form.action_kwargs, by=request.user, at=request.at)
            messages.success(
                request, _("Recorded, and told to those concerned: %(what)s") % {"what": extension}
            )
            return redirect("cycles:detail", year)
    return render(
        request, "cycles/years/extend.html", {"cycle": cycle, "form": form, "terms": terms}
    )


@require_safe
def decree(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Send the signed paper of an extension."""
    extension = get_object_or_404(Extension.objects.select_related("cycle"), pk=pk)
    _visible(request, extension.cycle.year)
    return handed_out(extension.file, name=extension.file_name, content_type="application/pdf")


@require_safe
def participants(request: PortalRequest, year: int) -> HttpResponse:
    cycle = _visible(request, year)
    seen = Participation.objects.visible_to(request.user, request.at).filter(cycle=cycle)
    seen = (
        seen.select_related("agency", "province", "ended_by")
        .prefetch_related("groups")
        .order_by("sort_key", "pk")
    )
    narrowed = ParticipationFilter(request.GET, seen, cycle=cycle)
    table = ParticipationTable(narrowed.qs)
    context = {"cycle": cycle, "filter": narrowed, "table": page_of(request, table)}
    return render(request, "cycles/years/participants.html", context)
