"""The administrators' pages: who is how far, sharing out the work, computing and communicating the scores."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from agencies.models import Membership, User, in_reach, with_roles
from agencies.roles import Role, is_assessor
from agencies.text import localised
from cycles.calendar import Phase, days_late
from cycles.forms import ActForm
from cycles.models import Cycle, Participation, Window
from cycles.workflow import Refused
from indicators.models import Axis
from submissions import actions, assessing, totals
from submissions.forms import AssignForm, BoardForm
from submissions.models import IN_WORK, Block, ScoreRun, Submission
from submissions.tables import BoardRow, BoardTable
from submissions.tasks import compute_scores
from submissions.workflow import MOVES, RUNS, SubmissionState

NEXT_PHASE = {
    SubmissionState.DRAFT: Phase.SELF_ASSESSMENT,
    SubmissionState.RETURNED: Phase.SELF_ASSESSMENT,
    SubmissionState.SUBMITTED: Phase.SCORING,
    SubmissionState.MARKED: Phase.SCORING,
    SubmissionState.COMMUNICATED: Phase.APPEAL,
}
"""The phase on whose closing a self-assessment of each state waits."""


def _authority(request: HttpRequest) -> None:
    """The board has no meaning outside the authority: to everybody else it is not there."""
    if not request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at):
        raise Http404


def _scope(request: HttpRequest, model: Any) -> QuerySet:
    return model.objects.filter(in_reach(request.user, request.at, (Role.ADMINISTRATOR, Role.AUDITOR)))


def _cycle(request: HttpRequest, pk: int) -> Cycle:
    _authority(request)
    return get_object_or_404(Cycle.objects.visible_to(request.user, request.at), pk=pk)


@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    cycle = _cycle(request, pk)
    submissions = {s.participation_id: s for s in _scope(request, Submission).filter(cycle=cycle).for_list()}
    participations = list(_scope(request, Participation).filter(cycle=cycle).order_by("sort_key", "pk"))
    windows = Window.objects.concerning([cycle, *submissions.values()])
    rows = []
    for p in participations:
        s = submissions.get(p.pk)
        phase = NEXT_PHASE.get(s.state) if s else Phase.SELF_ASSESSMENT
        window = windows.of(phase, s or cycle) if phase else None
        moves = MOVES.open_to(s, by=request.user, at=request.at, windows=windows) if s else []
        late = days_late(window.closes_at, request.at) if window else 0
        rows.append(BoardRow(p, s, window.closes_at if window else None, late, {m.name for m in moves}))
    form = BoardForm(request.GET)
    table = BoardTable(form.narrow(rows), at=request.at)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {
        "cycle": cycle,
        "form": form,
        "table": table,
        "rows": rows,
        "counts": _counts(rows),
        "acts": {m.name for m in RUNS.open_to(cycle, by=request.user, at=request.at, windows=windows)}
        | {name for row in rows for name in row.acts},
        "runs": ScoreRun.objects.visible_to(request.user, request.at)
        .filter(cycle=cycle, why__in=totals.OFFICIAL)
        .select_related("asked_by")
        .order_by("-asked_at", "-pk")[:3],
    }
    return render(request, "submissions/board.html", context)


def _counts(rows: list[BoardRow]) -> list[tuple[str, str, int]]:
    """How many agencies stand in each state, those not begun first."""
    counts = [("", _("Not begun"), sum(1 for row in rows if row.submission is None))]
    states = [row.submission.state for row in rows if row.submission]
    return counts + [(state.value, str(state.label), states.count(state)) for state in SubmissionState]


@require_POST
def assign_all(request: HttpRequest, pk: int) -> HttpResponse:
    cycle = _cycle(request, pk)
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
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one axis of a self-assessment on an assessor's desk."""
    _authority(request)
    submission = get_object_or_404(_scope(request, Submission).select_related("agency__province", "cycle"), pk=pk)
    axes = Axis.objects.filter(pk__in=submission.answers.values("measure__indicator__axis"))
    people = User.objects.filter(pk__in=Membership.objects.filter(role=Role.ASSESSOR).values("user"), is_active=True)
    fit = [u for u in with_roles(people.order_by("pk")) if is_assessor(u, submission, request.at)]
    form = AssignForm(request.POST or None, axes=axes.order_by("set__kind", "position", "pk"), assessors=fit)
    if request.method == "POST" and form.is_valid():
        try:
            assessing.assign(submission, by=request.user, at=request.at, **form.cleaned_data)
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
def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """Order the totals of a cycle; a job computes them."""
    cycle = _cycle(request, pk)
    try:
        run = actions.order_run(cycle, by=request.user, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submissions:board", pk)
    compute_scores.delay(run=run.pk)
    return redirect("submissions:run", run.pk)


@require_safe
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a computation is; asks again by itself until it is done."""
    runs = ScoreRun.objects.visible_to(request.user, request.at).select_related("cycle", "asked_by")
    run = get_object_or_404(runs, pk=pk)
    part = "#run" if request.htmx else ""
    return render(request, f"submissions/run.html{part}", {"run": run})


@require_http_methods(["GET", "POST"])
def communicate_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Communicate every marked self-assessment at once, after a look at what stands in the way of the others."""
    cycle = _cycle(request, pk)
    move = MOVES["communicate"]
    submissions = list(_scope(request, Submission).filter(cycle=cycle).for_list())
    windows = Window.objects.concerning(submissions)
    ready = [s for s in submissions if not MOVES.why_not(s, move, by=request.user, at=request.at, windows=windows)]
    waiting = [s for s in submissions if s.state in (*IN_WORK, SubmissionState.SUBMITTED)]
    form = ActForm(request.POST or None, move=move, user=request.user)
    if request.method == "POST" and ready and form.is_valid():
        try:
            actions.communicate(ready, by=request.user, at=request.at, **form.said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext(
                "The scores of %(count)s agency were communicated.",
                "The scores of %(count)s agencies were communicated.",
                len(ready),
            )
            messages.success(request, said % {"count": localised(len(ready))})
            return redirect("submissions:board", pk)
    context = {
        "cycle": cycle,
        "move": move,
        "form": form,
        "ready": ready,
        "waiting": waiting,
        "unassigned": [s for s in waiting if not s.blocks_total],
        "then": reverse("submissions:board", args=[pk]),
    }
    return render(request, "submissions/communicate.html", context)
