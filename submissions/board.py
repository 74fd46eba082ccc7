"""The administrators' pages: who is how far, sharing out the work, computing the scores."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import in_reach
from agencies.persian import localised
from agencies.roles import OVERSEERS, Role
from cycles.calendar import Phase, days_late
from cycles.engine.perform import why_closed
from cycles.jobs.queries import latest
from cycles.models import Cycle, Window
from cycles.record import embargo
from cycles.requests import PortalRequest
from cycles.ui.pages import csv_answer, listed
from cycles.workflow import JOBS, CycleState, Refused
from indicators.models import Axis
from submissions import actions, assessing, progress, resources, totals
from submissions.forms import AssignForm, BoardForm
from submissions.models import Block, ScoreRun, Submission
from submissions.pages import overseen_cycle
from submissions.progress import Progress
from submissions.tables import BoardDetail, BoardTable, WorkTable
from submissions.workflow import MOVES, RUNS, SubmissionState

NEXT_PHASE = {
    SubmissionState.DRAFT: Phase.SELF_ASSESSMENT,
    SubmissionState.RETURNED: Phase.SELF_ASSESSMENT,
    SubmissionState.SUBMITTED: Phase.SCORING,
    SubmissionState.MARKED: Phase.SCORING,
    SubmissionState.COMMUNICATED: Phase.APPEAL,
}
"""The phase on whose closing a self-assessment of each state waits."""


def _scope(request: PortalRequest, model: Any) -> QuerySet:
    return model.objects.filter(in_reach(request.user, request.at, OVERSEERS))


@require_safe
def board(request: PortalRequest, pk: int) -> HttpResponse:
    """Who is how far, and whether the scoring will be done in time: by agency, by province, by assessor."""
    cycle, by = overseen_cycle(request, pk), request.GET.get("by", "")
    provinces = request.user.province_ids(request.at, *OVERSEERS)
    rows = progress.of_agencies(cycle, provinces=provinces, at=request.at)
    windows = Window.objects.concerning([cycle])
    window = windows.of(Phase.SCORING, cycle)
    due = {"at": request.at, "closes_at": window.closes_at if window else None}
    acts = {m.name for m in RUNS.open_to(cycle, by=request.user, at=request.at, windows=windows)}
    context = {
        "cycle": cycle,
        "by": by,
        "rows": rows,
        "counts": _counts(rows),
        "pace": progress.together(rows, **due),
        "window": window,
        "acts": acts | _acts_on_all(request, cycle, rows),
        "may_export": request.user.oversees_the_country(request.at),
        "runs": ScoreRun.objects.visible_to(request.user, request.at)
        .filter(cycle=cycle, why__in=totals.OFFICIAL)
        .select_related("asked_by")
        .order_by("-asked_at", "-pk")[:3],
    }
    if by == "assessor":
        work = progress.of_assessors(cycle, provinces=provinces, at=request.at)
        context["table"] = listed(request, WorkTable(work))
    elif by == "province":
        grouped = progress.by_province(rows)
        context["provinces"] = [(name, progress.together(own, **due), len(own)) for name, own in grouped.items()]
    else:
        context["form"] = form = BoardForm(request.GET)
        context["table"] = table = listed(request, BoardTable(form.narrow(rows), at=request.at))
        table.details = _details(request, [row.record.submission for row in table.page.object_list])
    return render(request, "submissions/board.html", context)


def _details(request: PortalRequest, keys: list[int | None]) -> dict[int, BoardDetail]:
    """The closing, the lateness and the acts of the self-assessments on the page; two queries."""
    submissions = Submission.objects.select_related("agency__province", "cycle").in_bulk([k for k in keys if k])
    windows = Window.objects.concerning(submissions.values())
    details = {}
    for key, s in submissions.items():
        phase = NEXT_PHASE.get(s.state)
        window = windows.of(phase, s) if phase else None
        moves = MOVES.open_to(s, by=request.user, at=request.at, windows=windows)
        late = days_late(window.closes_at, request.at) if window else 0
        details[key] = BoardDetail(window.closes_at if window else None, late, {m.name for m in moves})
    return details


def _acts_on_all(request: PortalRequest, cycle: Cycle, rows: list[Progress]) -> set[str]:
    """The acts on several agencies at once that have something to be on; their own pages say what is closed and why."""
    if not request.user.holds(Role.ADMINISTRATOR, at=request.at) or cycle.state != CycleState.OPEN:
        return set()
    states = {row.state for row in rows}
    return {name for name in ("assign", "communicate") if MOVES[name].sources & states}


def _counts(rows: list[Progress]) -> list[tuple[str, str, int]]:
    """How many agencies stand in each state, those not begun first."""
    states = Counter(row.state for row in rows)
    named = [("", _("Not begun")), *((s.value, str(s.label)) for s in SubmissionState)]
    return [(state, label, states[state]) for state, label in named]


@require_safe
def marks_export(request: PortalRequest, pk: int) -> StreamingHttpResponse:
    """Every mark of a cycle as CSV, for those who see results before they are published; its reading is on record."""
    cycle = overseen_cycle(request, pk, whole=True)
    embargo.note_reading(cycle, what="marks", by=request.user, at=request.at)
    return csv_answer(resources.marks(cycle), f"marks-{cycle.year}")


@require_POST
def assign_all(request: PortalRequest, pk: int) -> HttpResponse:
    cycle = overseen_cycle(request, pk)
    try:
        shared = assessing.assign_all(cycle, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("%(count)s block was assigned.", "%(count)s blocks were assigned.", shared.blocks)
        messages.success(request, said % {"count": localised(shared.blocks)})
        if shared.moved:
            said = _("Blocks moved to others because whoever had them may not mark them any longer: %(count)s")
            messages.info(request, said % {"count": localised(shared.moved)})
        if shared.unread:
            said = _("Lines drawn for a second assessor that nobody else may mark: %(count)s")
            messages.warning(request, said % {"count": localised(shared.unread)})
    return redirect("submissions:board", pk)


@require_http_methods(["GET", "POST"])
def assign(request: PortalRequest, pk: int) -> HttpResponse:
    """Put one axis of a self-assessment on an assessor's desk."""
    submission = get_object_or_404(_scope(request, Submission).select_related("agency__province", "cycle"), pk=pk)
    axes = Axis.objects.filter(pk__in=submission.answers.not_stewarded().values("measure__indicator__axis"))
    fit = assessing.Pool(request.at).fit(submission)
    axes = axes.order_by("set__kind", "position", "pk")

    def form_for(data: Any = None) -> AssignForm:
        desks = Block.objects.filter(submission=submission).order_by("pk")
        shows = {"desks": list(desks.values_list("pk", "axis", "assessor", "state"))}
        return AssignForm(data, axes=axes, assessors=fit, shows=shows)

    form = form_for(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(form_for)
        try:
            assessing.assign(submission, by=request.user, at=request.at, seen=seen, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("The block is on the desk of %(name)s.")
            messages.success(request, said % {"name": form.cleaned_data["assessor"]})
            return redirect("submissions:assign", pk)
    windows = Window.objects.concerning([submission])
    blocks = Block.objects.filter(submission=submission).select_related("axis", "assessor")
    context = {
        "submission": submission,
        "form": form,
        "blocks": blocks.order_by("axis__set__kind", "axis__position", "pk"),
        "closed": MOVES.why_not(submission, MOVES["assign"], by=request.user, at=request.at, windows=windows),
    }
    return render(request, "submissions/assign.html", context)


@require_POST
def compute(request: PortalRequest, pk: int) -> HttpResponse:
    """Order the totals of a cycle; a job computes them."""
    cycle = overseen_cycle(request, pk)
    try:
        run = actions.order_run(cycle, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submissions:board", pk)
    return redirect("submissions:run", run.pk)


@require_safe
def run_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """How far a computation is; asks again by itself until it is done."""
    runs = ScoreRun.objects.visible_to(request.user, request.at).select_related("cycle", "asked_by")
    run = get_object_or_404(runs, pk=pk)
    part = "#run" if request.htmx else ""
    job = latest("scores", run.pk)
    may_try_again = job is not None and not why_closed(JOBS, job, "try_again", by=request.user, at=request.at)
    return render(request, f"submissions/run.html{part}", {"run": run, "job": job, "may_try_again": may_try_again})
