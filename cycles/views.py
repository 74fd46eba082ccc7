"""Pages of cycles: their windows, planning and opening, and who takes part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from cycles import actions
from cycles.actions import open_to, why_not_administer
from cycles.calendar import PRESETS, Binding, PlannedWindow, windows_for
from cycles.filters import ParticipationFilter
from cycles.forms import PlanForm
from cycles.models import Cycle, Entry, Group, Participation, Window
from cycles.pages import act_page, history, listed, only_for
from cycles.tables import CycleTable, ParticipationTable
from cycles.workflow import CYCLE, Refused


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
    only_for(request, "plan_cycle")
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
