"""Pages of annual plans and their quarters: the list, the plan with its targets, a quarter with its
figures.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Cycle, Entry, Window
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, history, page_of
from cycles.workflow import Move, Windows
from indicators.models import LAST, Figure, Plan, Planned, QuarterReport, Sheet, lights_of
from indicators.models.sheets import Lack
from indicators.plans import actions
from indicators.plans.filters import PlanFilter
from indicators.plans.forms import FiguresForm, SheetForm, TargetsForm
from indicators.plans.tables import PlanTable, counted_lights, plan_state, report_state
from indicators.workflow import PLANS, REPORTS, ReportState

OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR, Role.HEADQUARTERS)
FORWARD = {"sign", "report"}  # drawn as what one comes to do


# --- The list -----------------------------------------------------------------------------------


@require_safe
def plan_list(request: PortalRequest) -> HttpResponse:
    cycles = Cycle.objects.visible_to(request.user, request.at).for_list()
    plans = Plan.objects.visible_to(request.user, request.at).for_list()
    narrowed = PlanFilter(request.GET, plans, cycles=cycles)
    windows = Window.objects.terms(cycles.values("pk"))
    table = page_of(request, PlanTable(narrowed.qs, at=request.at, windows=windows))
    table.lights_by_plan = lights_of(row.record for row in table.paginated_rows)
    oversees = request.user.holds(*OVERSEERS, at=request.at)
    return render(
        request,
        "indicators/plans/plans.html",
        {"filter": narrowed, "table": table, "oversees": oversees},
    )


# --- The plan -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuarterCell:
    """A quarter of a measure in the plan's grid, with the field where it may be changed."""

    quarter: int
    figure: Figure
    field: BoundField | None
    differs: bool


@dataclass(frozen=True)
class PlannedRow:
    """A measure in the plan's grid."""

    planned: Planned
    cells: list[QuarterCell]

    @property
    def is_used(self) -> bool:
        """Tell whether a target stands in it or something is wrong with what was typed."""
        return any(
            c.figure.target is not None or (c.field is not None and c.field.errors)
            for c in self.cells
        )


def _rows(sheet: Sheet, form: TargetsForm | None) -> list[PlannedRow]:
    differing = {planned.measure.pk for planned in sheet.differing}
    rows = []
    for planned in sheet.planned:
        figures = [sheet.figure(planned.measure.pk, quarter) for quarter in sheet.plan.quarters]
        cells = [
            QuarterCell(
                figure.quarter,
                figure,
                form.bound("target", figure) if form is not None else None,
                figure.quarter == LAST and planned.measure.pk in differing,
            )
            for figure in figures
        ]
        rows.append(PlannedRow(planned, cells))
    return rows


def _plan(request: PortalRequest, pk: int) -> Plan:
    plans = Plan.objects.visible_to(request.user, request.at).select_related(
        "agency__province", "cycle", "participation", "signed_by"
    )
    plan: Plan = get_object_or_404(plans.prefetch_related("reports"), pk=pk)
    return plan


@require_http_methods(["GET", "POST"])
def plan_detail(request: PortalRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    sheet = Sheet(plan)
    reports = sorted(plan.reports.all(), key=lambda r: r.quarter)
    reported = [r.quarter for r in reports if r.state == ReportState.REPORTED]
    form = TargetsForm(request.POST or None, sheet=sheet, reported=reported)
    seen = form.as_seen(lambda: TargetsForm(sheet=Sheet(plan), reported=reported))
    save = lambda: actions.save_plan(plan, form.targets, by=request.user, at=request.at, seen=seen)  # noqa: E731
    if request.method == "POST" and _save_form(request, form, save):
        return redirect(plan)
    windows = Window.objects.concerning([plan, *reports])
    moves = PLANS.open_to(plan, by=request.user, at=request.at, windows=windows)
    is_edited = form.is_bound or any(m.name == "plan" for m in moves)
    rows = _rows(sheet, form if is_edited else None)
    context = {
        "plan": plan,
        "form": form,
        "is_edited": is_edited,
        "shown": plan_state(plan, windows, request.at),
        "closed": windows.why_closed(Phase.MONITORING, plan, request.at),
        "term": windows.of(Phase.MONITORING, plan),
        "moves": [m for m in moves if m.target],
        "forward": FORWARD,
        "reports": [(r, report_state(r, plan, windows, request.at).cell()) for r in reports],
        "own": [row for row in rows if row.planned.is_own],
        "general": [row for row in rows if not row.planned.is_own],
        "lacks": sheet.lacks_of_plan,
        "history": history(Entry.objects.of(plan)),
    }
    return render(request, "indicators/plans/plan.html", context)


FIGURES = ("target", "actual", "explanation", "forecast")


def _figures(figures: Iterable[Figure], *names: str) -> list[list[object]]:
    """List what figures say, for the page of an act to know whether it is still what was seen."""
    ordered = sorted(figures, key=lambda figure: (figure.measure_id, figure.quarter))
    rows: list[list[object]] = []
    for figure in ordered:
        values = [getattr(figure, name) for name in names]
        if any(values):
            rows.append([figure.measure_id, figure.quarter, *values])
    return rows


def _save_form(request: PortalRequest, form: SheetForm, save: Callable[[], object]) -> bool:
    """Save what was typed, or put what stands against it beside its field or on top of the form."""
    if form.is_valid():
        with attempt(form):
            save()
            messages.success(request, _("Saved."))
            return True
    return False


@require_http_methods(["GET", "POST"])
def plan_move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    plan = _plan(request, pk)
    sheet = Sheet(plan)
    return act_page(
        request,
        PLANS,
        plan,
        name,
        do=lambda note="", seen=None: actions.move_plan(
            plan, name, by=request.user, at=request.at, note=note, seen=seen
        ),
        then=plan.get_absolute_url(),
        summary="indicators/plans/plan_summary.html",
        shown=lambda: {"targets": _figures(Sheet(plan).figures.values(), "target")},
        signs=name in FORWARD,
        rows=[row for row in _rows(sheet, None) if row.is_used],
        quarters=plan.quarters,
        lacks=sheet.lacks_of_plan if name == "sign" else [],
    )


# --- A quarter ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EnteredFigure:
    """A measure in a quarter: its figure beside the one of the quarter before, and the fields of
    who may enter it.
    """

    planned: Planned
    figure: Figure
    before: Figure | None
    form: FiguresForm | None

    @property
    def fields(self) -> list[BoundField]:
        names = ("actual", "forecast", "explanation") if self.form else ()
        return [
            field for name in names if self.form and (field := self.form.bound(name, self.figure))
        ]

    @property
    def is_main(self) -> bool:
        """Tell whether the report needs it, or something has been said of it."""
        f = self.figure
        typed = any(field.errors for field in self.fields)
        return self.planned.is_own or f.target is not None or f.actual is not None or typed

    @property
    def falls_short(self) -> bool:
        return self.planned.falls_short(self.figure.forecast)


def _entered_figures(sheet: Sheet, quarter: int, form: FiguresForm | None) -> list[EnteredFigure]:
    return [
        EnteredFigure(
            p,
            sheet.figure(p.measure.pk, quarter),
            sheet.figure(p.measure.pk, quarter - 1) if quarter - 1 in sheet.plan.quarters else None,
            form,
        )
        for p in sheet.planned
    ]


def _report(request: PortalRequest, pk: int) -> QuarterReport:
    reports = QuarterReport.objects.visible_to(request.user, request.at)
    related = (
        "agency__province",
        "cycle",
        "plan__agency",
        "plan__cycle",
        "plan__participation",
        "reported_by",
    )
    report: QuarterReport = get_object_or_404(reports.select_related(*related), pk=pk)
    return report


def _light_counts(entered: list[EnteredFigure]) -> SafeString:
    return counted_lights(Counter(e.figure.light for e in entered if e.figure.percent is not None))


def _state_moves(moves: Iterable[Move], *, is_due: bool) -> list[Move]:
    """Pick the moves that the page has a button for; a quarter is reported once it is due."""
    return [m for m in moves if m.target and (is_due or m.name != "report")]


def _lacks(report: QuarterReport, sheet: Sheet) -> list[Lack]:
    return [] if report.state == ReportState.REPORTED else sheet.lacks_of(report.quarter)


@require_http_methods(["GET", "POST"])
def quarter_detail(request: PortalRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    plan, sheet = report.plan, Sheet(report.plan)
    form = FiguresForm(request.POST or None, sheet=sheet, quarter=report.quarter)
    seen = form.as_seen(lambda: FiguresForm(sheet=Sheet(report.plan), quarter=report.quarter))
    save = lambda: actions.save_figures(  # noqa: E731
        report, form.figures, by=request.user, at=request.at, seen=seen
    )
    if request.method == "POST" and _save_form(request, form, save):
        return redirect(report)
    windows: Windows = Window.objects.concerning([plan, report])
    moves = REPORTS.open_to(report, by=request.user, at=request.at, windows=windows)
    not_due = actions.why_not_due(report, sheet, request.at)
    is_edited = form.is_bound or (not not_due and any(m.name == "enter" for m in moves))
    entered = _entered_figures(sheet, report.quarter, form if is_edited else None)
    context = {
        "report": report,
        "plan": plan,
        "form": form,
        "is_edited": is_edited,
        "shown": report_state(report, plan, windows, request.at),
        "closed": windows.why_closed(Phase.MONITORING, report, request.at) or not_due,
        "term": windows.of(Phase.MONITORING, report),
        "moves": _state_moves(moves, is_due=not not_due),
        "forward": FORWARD,
        "main": [e for e in entered if e.is_main],
        "further": [e for e in entered if not e.is_main],
        "lights": _light_counts(entered),
        "lacks": [] if not_due else _lacks(report, sheet),
        "others": QuarterReport.objects.filter(plan=plan).order_by("quarter"),
        "history": history(Entry.objects.of(report)),
    }
    return render(request, "indicators/plans/quarter.html", context)


@require_http_methods(["GET", "POST"])
def quarter_move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    report = _report(request, pk)
    sheet = Sheet(report.plan)
    entered = _entered_figures(sheet, report.quarter, None)
    return act_page(
        request,
        REPORTS,
        report,
        name,
        do=lambda note="", seen=None: actions.move_report(
            report, name, by=request.user, at=request.at, note=note, seen=seen
        ),
        then=report.get_absolute_url(),
        summary="indicators/plans/quarter_summary.html",
        shown=lambda: {
            "figures": _figures(Sheet(report.plan).of_quarter(report.quarter), *FIGURES)
        },
        signs=name in FORWARD,
        is_last=report.quarter == LAST,
        report=report,
        lights=_light_counts(entered),
        missed=[e for e in entered if e.figure.is_missed],
        short=[e for e in entered if e.falls_short],
        lacks=sheet.lacks_of(report.quarter) if name == "report" else [],
    )
