"""Pages of indicator sets: the board, a set with its measures and votes, and the acts on it."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency
from agencies.roles import AGENCY_ROLES, Constituency, Role
from cycles.actions import open_to, why_closed
from cycles.models import Cycle, Entry, Window
from cycles.pages import act_page, history, listed
from cycles.tables import number
from cycles.workflow import CycleState, Refused, Windows
from indicators import actions, resources
from indicators.filters import SetFilter
from indicators.forms import MeasureForm, VoteForm
from indicators.methods import METHODS, Method
from indicators.models import FULL_POINTS, Axis, IndicatorSet, Kind, Measure, Vote
from indicators.parameter_forms import written_pairs
from indicators.tables import SetTable, due, state_badge
from indicators.workflow import SETS, SetState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EDITS = {"edit", "revise"}
FORWARD = {"propose", "propose_again", "approve", "communicate"}  # drawn as what one comes to do


def _visible(request: HttpRequest, pk: int) -> IndicatorSet:
    sets = IndicatorSet.objects.visible_to(request.user, request.at).select_related("agency", "cycle")
    return get_object_or_404(sets, pk=pk)


@require_safe
def set_list(request: HttpRequest) -> HttpResponse:
    cycles = Cycle.objects.visible_to(request.user, request.at).for_list()
    windows = Window.objects.terms(Cycle.objects.living())
    narrowed = SetFilter(
        request.GET, IndicatorSet.objects.visible_to(request.user, request.at).for_list(), cycles=cycles
    )
    approved = IndicatorSet.objects.visible_to(request.user, request.at).filter(state=SetState.APPROVED)
    waiting = list(approved.select_related("agency", "cycle").order_by("cycle", "pk").distinct("cycle"))
    context = {
        "filter": narrowed,
        "table": listed(request, SetTable(narrowed.qs, at=request.at, windows=windows)),
        "beginnings": _beginnings(request, windows),
        "communicable": [
            s.cycle
            for s in waiting
            if not SETS.why_not(s, SETS["communicate"], by=request.user, at=request.at, windows=windows)
        ],
    }
    return render(request, "indicators/list.html", context)


def _beginnings(request: HttpRequest, windows: Windows) -> list[IndicatorSet]:
    """The sets that this user could begin now and nobody has begun."""
    agencies = Agency.objects.filter(pk__in=request.user.agency_ids(request.at)).order_by("sort_key", "pk")
    cycles = list(Cycle.objects.filter(state=CycleState.OPEN).for_list())
    begun = set(IndicatorSet.objects.filter(cycle__in=cycles).values_list("cycle", "kind", "agency"))
    possible = [
        IndicatorSet(cycle=cycle, kind=kind, agency=agency)
        for cycle in cycles
        for kind, agency in [(Kind.GENERAL, None), *((Kind.SPECIFIC, agency) for agency in agencies)]
        if (cycle.pk, kind, agency.pk if agency else None) not in begun
    ]
    edit = SETS["edit"]
    return [s for s in possible if not SETS.why_not(s, edit, by=request.user, at=request.at, windows=windows)]


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin the specific set of one's agency, or the general set, in an open cycle."""
    cycle = get_object_or_404(
        Cycle.objects.visible_to(request.user, request.at), pk=_key(request, "cycle"), state=CycleState.OPEN
    )
    agency, kind = None, Kind.GENERAL
    if request.POST.get("agency"):
        mine = Agency.objects.filter(pk__in=request.user.agency_ids(request.at, *AGENCY_ROLES))
        agency, kind = get_object_or_404(mine, pk=_key(request, "agency")), Kind.SPECIFIC
    try:
        indicator_set = actions.draft_set(cycle=cycle, kind=kind, agency=agency, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("indicators:list")
    return redirect("indicators:detail", indicator_set.pk)


def _key(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@dataclass(frozen=True)
class Line:
    """A measure as its card shows it."""

    measure: Measure

    @property
    def method(self) -> Method:
        return METHODS[self.measure.method]

    @property
    def formula(self) -> str:
        """The formula with the parameters that it works by."""
        m = self.measure
        return self.method.explain(None, m.points, m.scoring_params, get_language() or "fa")

    @property
    def bands(self) -> str:
        return written_pairs(self.measure.params.get("bands", ()))

    @property
    def items(self) -> int | None:
        items = self.measure.params.get("items")
        return items if items is None or isinstance(items, int) else len(items)


def _axes(indicator_set: IndicatorSet) -> list[tuple[Axis, Decimal, list[Line]]]:
    measures = Measure.objects.of(indicator_set).for_list()
    found = []
    for _pk, group in groupby(measures, key=lambda m: m.indicator.axis_id):
        lines = [Line(m) for m in group]
        points = sum((line.measure.points for line in lines), Decimal(0))
        found.append((lines[0].measure.indicator.axis, points, lines))
    return found


@dataclass(frozen=True)
class Side:
    """How one constituency votes in a round."""

    constituency: Constituency
    must_concur: bool
    votes: list[Vote]


def _rounds(indicator_set: IndicatorSet) -> list[tuple[int, list[Side]]]:
    """The votes by round, newest first, and by constituency; the current round shows who is still silent."""
    votes = list(Vote.objects.filter(set=indicator_set).select_related("member").order_by("-round", "voted_at", "pk"))
    numbers = sorted({v.round for v in votes} | ({indicator_set.round} - {0}), reverse=True)
    return [
        (
            number_,
            [
                Side(
                    side,
                    side in actions.MUST_CONCUR,
                    [v for v in votes if (v.round, v.constituency) == (number_, side)],
                )
                for side in Constituency
            ],
        )
        for number_ in numbers
    ]


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    indicator_set = _visible(request, pk)
    moves = open_to(SETS, indicator_set, by=request.user, at=request.at)
    names = {m.name for m in moves}
    axes = _axes(indicator_set)
    lines = [line for _axis, _points, own in axes for line in own]
    total = sum((line.measure.points for line in lines), Decimal(0))
    context = {
        "set": indicator_set,
        "badge": state_badge(indicator_set),
        "due": due(indicator_set, Window.objects.concerning([indicator_set]), request.at),
        "axes": axes,
        "count": len(lines),
        "total": total,
        "full": FULL_POINTS,
        "missing": FULL_POINTS - total,
        "is_composed": any(line.measure.is_composed for line in lines),
        "problems": actions.why_unready(indicator_set),
        "moves": [m for m in moves if m.target],
        "forward": FORWARD,
        "may_edit": bool(names & EDITS),
        "may_add": bool(names & EDITS) and indicator_set.agency_id is not None,
        "may_fill": bool(names & EDITS) and indicator_set.kind == Kind.GENERAL,
        "may_vote": "vote" in names,
        "rounds": _rounds(indicator_set),
        "show_names": request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, Role.MEMBER, at=request.at),
        # votes have their own section, where the agency reads reasons without names
        "history": history(Entry.objects.of(indicator_set).exclude(act="vote")),
    }
    return render(request, "indicators/detail.html", context)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    indicator_set = _visible(request, pk)
    axes = _axes(indicator_set)
    return act_page(
        request,
        SETS,
        indicator_set,
        name,
        do=lambda **said: actions.move(indicator_set, name, by=request.user, at=request.at, **said),
        then=reverse("indicators:detail", args=[pk]),
        summary="indicators/move_summary.html",
        axes=axes,
        total=sum((points for _axis, points, _lines in axes), Decimal(0)),
        count=sum(len(lines) for _axis, _points, lines in axes),
        full=FULL_POINTS,
        problems=actions.why_unready(indicator_set),
        rounds=_rounds(indicator_set)[:1],
    )


@require_http_methods(["GET", "POST"])
def communicate_all(request: HttpRequest, year: int) -> HttpResponse:
    """Communicate every approved set of a cycle in one act."""
    cycle = get_object_or_404(Cycle.objects.overseen_by(request.user, request.at), year=year)
    sets = IndicatorSet.objects.visible_to(request.user, request.at).filter(cycle=cycle, state=SetState.APPROVED)
    sets = list(sets.for_list())
    if not sets:
        messages.error(request, _("No approved set of this cycle waits to be communicated."))
        return redirect("indicators:list")
    return act_page(
        request,
        SETS,
        sets[0],
        "communicate",
        do=lambda **said: actions.communicate(sets, by=request.user, at=request.at, **said),
        then=f"{reverse('indicators:list')}?cycle={cycle.pk}",
        summary="indicators/communicate_summary.html",
        about=cycle,
        sets=sets,
    )


@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    indicator_set = _visible(request, pk)
    if request.method == "GET" and (closed := why_closed(SETS, indicator_set, "vote", by=request.user, at=request.at)):
        messages.error(request, closed)
        return redirect("indicators:detail", pk)
    form = VoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.vote(indicator_set, **form.cleaned_data, by=request.user, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your vote is recorded."))
            return redirect("indicators:detail", pk)
    return render(request, "indicators/vote.html", {"set": indicator_set, "form": form})


# --- Measures ---------------------------------------------------------------------------------------------------------


@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a draft general set's content with the catalogue of general indicators."""
    indicator_set = _visible(request, pk)
    try:
        actions.fill_general_set(indicator_set, rows=resources.general_catalogue(), by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The set now holds the catalogue of general indicators."))
    return redirect("indicators:detail", pk)


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    indicator_set = _visible(request, pk)
    agency = f"-{indicator_set.agency.code}" if indicator_set.agency else ""
    name = f"measures-{indicator_set.cycle.year}-{indicator_set.kind}{agency}.xlsx"
    return HttpResponse(
        resources.measures_as_xlsx(Measure.objects.of(indicator_set).for_list()),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
def measure_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _measure(request, _visible(request, pk), None)


@require_http_methods(["GET", "POST"])
def measure_edit(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    indicator_set = _visible(request, pk)
    return _measure(request, indicator_set, get_object_or_404(Measure.objects.of(indicator_set), pk=measure))


def _measure(request: HttpRequest, indicator_set: IndicatorSet, measure: Measure | None) -> HttpResponse:
    if request.method == "GET" and (closed := _why_no_edit(request, indicator_set)):
        messages.error(request, closed)
        return redirect("indicators:detail", indicator_set.pk)
    form = MeasureForm(request.POST or None, measure=measure)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_measure(
                indicator_set, fields=form.fields_to_save, by=request.user, at=request.at, measure=measure
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved: %(title)s (%(points)s points)") % _told(saved))
            return redirect("indicators:detail", indicator_set.pk)
    return render(request, "indicators/measure.html", {"set": indicator_set, "measure": measure, "form": form})


def _told(measure: Measure) -> dict[str, Any]:
    return {"title": measure.title, "points": number(measure.points)}


def _why_no_edit(request: HttpRequest, indicator_set: IndicatorSet) -> str:
    name = "revise" if indicator_set.state == SetState.RETURNED else "edit"
    return why_closed(SETS, indicator_set, name, by=request.user, at=request.at)


@require_POST
def measure_remove(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    indicator_set = _visible(request, pk)
    one = get_object_or_404(Measure.objects.of(indicator_set), pk=measure)
    try:
        actions.remove_measure(indicator_set, one, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Removed: %(title)s (%(points)s points)") % _told(one))
    return redirect("indicators:detail", pk)
